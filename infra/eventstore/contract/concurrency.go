package contract

import (
	"errors"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func testConcurrency(t *testing.T, k *kit) {
	t.Run("of many at one revision exactly one wins", func(t *testing.T) {
		s := stream("race")
		k.append(t, s, esdb.NoStream{}, events("a", 1)...)
		var won sync.Map
		var g errgroup.Group
		for i := range 40 {
			g.Go(func() error {
				_, err := k.client.AppendToStream(deadline(t), s, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(0)}, events("b", 1)...)
				var e *esdb.Error
				if errors.As(err, &e) && e.Code() == esdb.ErrorCodeWrongExpectedVersion {
					return nil
				}
				won.Store(i, true)
				return err
			})
		}
		require.NoError(t, g.Wait())
		winners := 0
		won.Range(func(any, any) bool { winners++; return true })
		require.Equal(t, 1, winners)
		require.Len(t, k.whole(t, s), 2)
	})
	t.Run("subscribers see every append once, in one order, while many write", func(t *testing.T) { testFollowers(t, k) })
}

const (
	writers        = 16
	appendsAWriter = 60
)

func testFollowers(t *testing.T, k *kit) {
	tag := "busy" + uuid.NewString()[:8]
	mark := k.append(t, stream("mark"), esdb.NoStream{}, events("mark", 1)...)
	from := esdb.Position{Commit: mark.CommitPosition, Prepare: mark.PreparePosition}
	filter := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{tag}}
	var seen [3][]*esdb.ResolvedEvent
	var g errgroup.Group
	total := 0
	for w := range writers {
		total += appendsAWriter * (w%3 + 1)
	}
	early := k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: filter})
	g.Go(func() error { seen[0] = early.events(total); return nil })
	for w := range writers {
		g.Go(func() error { return k.write(t, tag, w) })
	}
	g.Go(func() error { // joins in the middle
		seen[1] = k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: filter}).events(total)
		return nil
	})
	require.NoError(t, g.Wait())
	seen[2] = k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: filter}).events(total)
	for _, one := range seen {
		requireOneOrder(t, one)
		require.Equal(t, ids(seen[2]), ids(one))
	}
}

func (k *kit) write(t testing.TB, tag string, writer int) error {
	s := tag + "-" + uuid.NewString()
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	for range appendsAWriter {
		result, err := k.client.AppendToStream(deadline(t), s, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events("w", writer%3+1)...)
		if err != nil {
			return err
		}
		expected = esdb.Revision(result.NextExpectedVersion)
	}
	return nil
}

// requireOneOrder checks that positions rise and that every stream's revisions come from 0 without a gap.
func requireOneOrder(t *testing.T, found []*esdb.ResolvedEvent) {
	t.Helper()
	next := map[string]uint64{}
	var last uint64
	for _, r := range found {
		e := r.OriginalEvent()
		require.Greater(t, e.Position.Commit, last)
		require.Equal(t, next[e.StreamID], e.EventNumber, "stream %s", e.StreamID)
		last = e.Position.Commit
		next[e.StreamID]++
	}
}
