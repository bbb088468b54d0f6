package contract

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// testCaughtUp: a subscription says that it is live once behind what was there, and again only after it fell behind.
func testCaughtUp(t *testing.T, k *kit) {
	s, from := stream("elder"), k.mark(t)
	k.append(t, s, esdb.NoStream{}, events("x", 40)...)
	prefix := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{s}}
	for name, begin := range map[string]func(t *testing.T) heard{
		"stream":        func(t *testing.T) heard { return k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}}) },
		"$all":          func(t *testing.T) heard { return k.toAll(t, esdb.SubscribeToAllOptions{From: from}) },
		"$all filtered": func(t *testing.T) heard { return k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: prefix}) },
	} {
		t.Run(name, func(t *testing.T) {
			h := begin(t)
			sent := events("live", 30)
			var g errgroup.Group
			g.Go(func() error { // some before it is live, some after
				for i := range sent {
					if err := k.send(t, s, esdb.Any{}, sent[i]); err != nil {
						return err
					}
				}
				return nil
			})
			h.requireTransitions(sent[len(sent)-1].EventID, false)
			require.NoError(t, g.Wait())
		})
	}
	t.Run("at the end at once", func(t *testing.T) {
		h := k.toAll(t, esdb.SubscribeToAllOptions{From: esdb.End{}})
		old, _ := h.untilCaughtUp()
		require.Empty(t, old)
	})
}

// requireTransitions answers the events up to last, and goes on to a caught-up message where none was heard. Between two
// of those there must have been something to fall behind.
func (h heard) requireTransitions(last uuid.UUID, live bool) (found []*esdb.ResolvedEvent) {
	h.t.Helper()
	since, seen := 1, false
	if live {
		since = 0
	}
	for !seen || !live {
		e := h.sub.Recv()
		require.Nil(h.t, e.SubscriptionDropped, "dropped: %+v", e.SubscriptionDropped)
		if e.CaughtUp != nil {
			require.Positive(h.t, since, "caught up twice with nothing between")
			live, since = true, 0
			continue
		}
		since++
		if e.EventAppeared != nil {
			found = append(found, e.EventAppeared)
			seen = seen || e.EventAppeared.OriginalEvent().EventID == last
		}
	}
	return found
}

func testFollowAllFrom(t *testing.T, k *kit) {
	t.Run("from the start, over the catch-up to live", func(t *testing.T) {
		first := ids(k.readAll(t, esdb.ReadAllOptions{From: esdb.Start{}}, 200))
		h := k.toAll(t, esdb.SubscribeToAllOptions{From: esdb.Start{}})
		require.Equal(t, first, ids(h.events(len(first))))
	})
	t.Run("from every event of an append", func(t *testing.T) {
		s, sent := stream("elder"), events("x", 5)
		k.append(t, s, esdb.NoStream{}, sent...)
		for i, e := range k.whole(t, s)[:4] {
			h := k.toAll(t, esdb.SubscribeToAllOptions{From: e.Event.Position})
			require.Equal(t, sentIDs(sent[i+1:]), ids(h.eventsOf(s, 4-i)))
			other, live := stream("other"), events("live", 2)
			k.append(t, other, esdb.NoStream{}, live...)
			require.Equal(t, sentIDs(live), ids(h.eventsOf(other, 2)))
		}
	})
	last := k.mark(t)
	for name, from := range map[string]esdb.AllPosition{"the end": esdb.End{}, "the last position there is": last} {
		t.Run("from "+name+", only what comes", func(t *testing.T) {
			s, sent := stream("elder"), events("x", 2)
			h := k.toAll(t, esdb.SubscribeToAllOptions{From: from})
			old, _ := h.untilCaughtUp()
			k.append(t, s, esdb.NoStream{}, sent...)
			require.Equal(t, sentIDs(sent), ids(h.eventsOf(s, 2)))
			for _, e := range old {
				require.Greater(t, e.OriginalEvent().Position.Commit, last.Commit)
			}
		})
	}
	t.Run("metadata, deletes and tombstones are seen", func(t *testing.T) {
		s, from := stream("elder"), k.mark(t)
		k.append(t, s, esdb.NoStream{}, events("x", 1)...)
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetMaxCount(9) })
		k.delete(t, s, esdb.Any{})
		k.append(t, s, esdb.Any{}, events("x", 1)...)
		k.tombstone(t, s, esdb.Any{})
		h := k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{s, "$$" + s}}})
		want := map[string][]uint64{s: {0, 1, math.MaxInt64}, "$$" + s: {0, 1, 2}}
		found := map[string][]uint64{}
		for _, e := range h.events(6) {
			name := e.OriginalEvent().StreamID
			found[name] = append(found[name], e.OriginalEvent().EventNumber)
			if name != s {
				require.Equal(t, "$metadata", e.OriginalEvent().EventType)
			}
		}
		require.Equal(t, want, found)
	})
}

// eventsOf answers the next n events of a stream.
func (h heard) eventsOf(s string, n int) (found []*esdb.ResolvedEvent) {
	h.t.Helper()
	for len(found) < n {
		if e := h.event(); e.OriginalEvent().StreamID == s {
			found = append(found, e)
		}
	}
	return found
}
