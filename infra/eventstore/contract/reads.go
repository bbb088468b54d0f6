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
