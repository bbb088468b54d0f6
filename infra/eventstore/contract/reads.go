package contract

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

func testReadStream(t *testing.T, k *kit) {
	s := stream("institution")
	sent := events("a", 30)
	k.append(t, s, esdb.NoStream{}, sent[:10]...)
	k.append(t, s, esdb.Revision(9), sent[10:]...)
	for _, c := range []struct {
		name      string
		direction esdb.Direction
		from      esdb.StreamPosition
		count     uint64
		want      []uint64
	}{
		{"forwards, all", esdb.Forwards, esdb.Start{}, math.MaxUint64, span(0, 29)},
		{"forwards, limit", esdb.Forwards, esdb.Start{}, 7, span(0, 6)},
		{"forwards from the middle", esdb.Forwards, esdb.Revision(12), 5, span(12, 16)},
		{"forwards from the last", esdb.Forwards, esdb.Revision(29), 5, span(29, 29)},
		{"forwards behind the last", esdb.Forwards, esdb.Revision(30), 5, nil},
		{"forwards from the end", esdb.Forwards, esdb.End{}, 5, nil},
		{"backwards, all", esdb.Backwards, esdb.End{}, math.MaxUint64, down(29, 0)},
		{"backwards, limit", esdb.Backwards, esdb.End{}, 3, down(29, 27)},
		{"backwards from the middle", esdb.Backwards, esdb.Revision(12), 5, down(12, 8)},
		{"backwards from the start", esdb.Backwards, esdb.Start{}, 5, span(0, 0)},
		{"backwards from beyond", esdb.Backwards, esdb.Revision(400), 2, down(29, 28)},
		{"nothing", esdb.Forwards, esdb.Start{}, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := k.read(t, s, esdb.ReadStreamOptions{Direction: c.direction, From: c.from}, c.count)
			require.NoError(t, err)
			require.Equal(t, c.want, nilIfEmpty(revisions(found)))
			for _, e := range found {
				require.Equal(t, sent[e.OriginalEvent().EventNumber].EventID, e.OriginalEvent().EventID)
			}
		})
	}
	t.Run("a stream that is not there", func(t *testing.T) {
		_, err := k.read(t, stream("nobody"), esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
		requireCode(t, esdb.ErrorCodeResourceNotFound, err)
	})
}

func nilIfEmpty(numbers []uint64) []uint64 {
	if len(numbers) == 0 {
		return nil
	}
	return numbers
}

func testReadAll(t *testing.T, k *kit) {
	before := k.append(t, stream("mark"), esdb.NoStream{}, events("mark", 1)...)
	a, b := stream("elder"), stream("child")
	sent := events("x", 12)
	for i := 0; i < len(sent); i += 2 { // a a b b a a …
		name := a
		if i%4 == 2 {
			name = b
		}
		k.append(t, name, esdb.Any{}, sent[i:i+2]...)
	}
	start := esdb.Position{Commit: before.CommitPosition, Prepare: before.PreparePosition}
	forward := k.readAll(t, esdb.ReadAllOptions{From: start}, 13)
	t.Run("forwards from a position holds it, and then all in commit order", func(t *testing.T) {
		require.Equal(t, before.CommitPosition, forward[0].OriginalEvent().Position.Commit)
		require.Equal(t, sentIDs(sent), ids(forward[1:]))
		for i := 1; i < len(forward); i++ {
			require.Greater(t, forward[i].OriginalEvent().Position.Commit, forward[i-1].OriginalEvent().Position.Commit)
		}
	})
	t.Run("backwards from a position leaves it out", func(t *testing.T) {
		back := k.readAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: forward[12].OriginalEvent().Position}, 11)
		for i := range back {
			require.Equal(t, sent[10-i].EventID, back[i].OriginalEvent().EventID)
		}
	})
	t.Run("backwards from the end begins with the last", func(t *testing.T) {
		back := k.readAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)
		require.Equal(t, sent[11].EventID, back[0].OriginalEvent().EventID)
	})
	t.Run("forwards from the start begins with the first, limits hold", func(t *testing.T) {
		two := k.readAll(t, esdb.ReadAllOptions{From: esdb.Start{}}, 2)
		require.Len(t, two, 2)
		again := k.readAll(t, esdb.ReadAllOptions{From: two[0].OriginalEvent().Position}, 2)
		require.Equal(t, ids(two), ids(again))
	})
	t.Run("the ends", func(t *testing.T) {
		require.Empty(t, k.readAll(t, esdb.ReadAllOptions{From: esdb.End{}}, 5))
		require.Empty(t, k.readAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.Start{}}, 5))
	})
}
