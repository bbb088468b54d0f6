package kurrent

import (
	"testing"

	"github.com/google/uuid"
	"github.com/kurrent-io/KurrentDB-Client-Go/kurrentdb"
	"github.com/stretchr/testify/require"
)

// given is 20 events, 10 in each of two streams, every other one Visited and Moved.
type given struct {
	tag, a, b string
	from      kurrentdb.Position
	sent      []kurrentdb.EventData
}

func (k *kit) given(t testing.TB) given {
	t.Helper()
	g := given{tag: uuid.NewString()[:8], sent: events("x", 20), from: k.mark(t)}
	g.a, g.b = "elder-"+g.tag+"-1", "child-"+g.tag+"-1"
	for i := range g.sent {
		g.sent[i].EventType = []string{"Visited.v1-", "Moved.v1-"}[i%2] + g.tag
	}
	k.append(t, g.a, kurrentdb.NoStream{}, g.sent[:10]...)
	k.append(t, g.b, kurrentdb.NoStream{}, g.sent[10:]...)
	return g
}

func testFilters(t *testing.T, k *kit) {
	for _, c := range []struct {
		name   string
		filter func(g given) kurrentdb.SubscriptionFilter
		keep   func(i int) bool
	}{
		{"stream names by prefix", func(g given) kurrentdb.SubscriptionFilter {
			return kurrentdb.SubscriptionFilter{Type: kurrentdb.StreamFilterType, Prefixes: []string{"nobody", g.b}}
		}, func(i int) bool { return i >= 10 }},
		{"stream names by regex", func(g given) kurrentdb.SubscriptionFilter {
			return kurrentdb.SubscriptionFilter{Type: kurrentdb.StreamFilterType, Regex: "^(elder|house)-" + g.tag + `-\d$`}
		}, func(i int) bool { return i < 10 }},
		{"event types by prefix", func(g given) kurrentdb.SubscriptionFilter {
			return kurrentdb.SubscriptionFilter{Type: kurrentdb.EventFilterType, Prefixes: []string{"Moved.v1-" + g.tag}}
		}, func(i int) bool { return i%2 == 1 }},
		{"event types by regex", func(g given) kurrentdb.SubscriptionFilter {
			return kurrentdb.SubscriptionFilter{Type: kurrentdb.EventFilterType, Regex: "^Visited.*" + g.tag + "$"}
		}, func(i int) bool { return i%2 == 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := k.given(t)
			f := c.filter(g)
			h := k.toAll(t, kurrentdb.SubscribeToAllOptions{From: g.from, Filter: &f})
			old, checkpoints, _ := h.untilCaughtUp()
			require.Equal(t, sentIDs(kept(g.sent, c.keep)), ids(old))
			require.NotEmpty(t, checkpoints, "one on going live")
			live := events("live", 20)
			for i := range live {
				live[i].EventType = g.sent[i].EventType
			}
			k.append(t, g.a, kurrentdb.Any{}, live[:10]...)
			k.append(t, g.b, kurrentdb.Any{}, live[10:]...)
			require.Equal(t, sentIDs(kept(live, c.keep)), ids(h.events(10)))
		})
	}
	t.Run("system events can be left out", func(t *testing.T) {
		g := k.given(t)
		_, err := k.SetStreamMetadata(deadline(t), g.a, kurrentdb.AppendToStreamOptions{}, kurrentdb.StreamMetadata{})
		require.NoError(t, err)
		old, _, _ := k.toAll(t, kurrentdb.SubscribeToAllOptions{From: g.from, Filter: kurrentdb.ExcludeSystemEventsFilter()}).untilCaughtUp()
		require.Equal(t, sentIDs(g.sent), ids(ofStream(old, g.a, g.b)))
		for _, e := range old {
			require.NotEqual(t, byte('$'), e.Event.EventType[0])
		}
	})
}

func kept(sent []kurrentdb.EventData, keep func(i int) bool) (some []kurrentdb.EventData) {
	for i := range sent {
		if keep(i) {
			some = append(some, sent[i])
		}
	}
	return some
}

func testCheckpoints(t *testing.T, k *kit) {
	t.Run("come though nothing passes, and rise", func(t *testing.T) {
		g := k.given(t)
		f := kurrentdb.SubscriptionFilter{Type: kurrentdb.StreamFilterType, Prefixes: []string{"nobody-" + g.tag}}
		h := k.toAll(t, kurrentdb.SubscribeToAllOptions{From: g.from, Filter: &f, MaxSearchWindow: 2, CheckpointInterval: 3})
		found, checkpoints, _ := h.untilCaughtUp()
		require.Empty(t, found)
		require.GreaterOrEqual(t, len(checkpoints), 20/6)
		k.append(t, g.a, kurrentdb.Any{}, events("live", 12)...)
		for _, at := range append(checkpoints[1:], *h.next().CheckPointReached) {
			require.Greater(t, at.Commit, checkpoints[0].Commit)
			checkpoints = checkpoints[1:]
		}
	})
	t.Run("are places to go on from without loss", func(t *testing.T) {
		g := k.given(t)
		o := kurrentdb.SubscribeToAllOptions{From: g.from, MaxSearchWindow: 1, CheckpointInterval: 4}
		o.Filter = &kurrentdb.SubscriptionFilter{Type: kurrentdb.StreamFilterType, Prefixes: []string{g.a, g.b}}
		found, checkpoints, _ := k.toAll(t, o).untilCaughtUp()
		require.Equal(t, sentIDs(g.sent), ids(found))
		for _, at := range checkpoints {
			seen := 0
			for seen < len(found) && found[seen].Event.Position.Commit <= at.Commit {
				seen++
			}
			o.From = at
			rest, _, _ := k.toAll(t, o).untilCaughtUp()
			require.Equal(t, sentIDs(g.sent[seen:]), ids(rest))
		}
	})
}
