package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

// heard is what a subscription brings, read by its test.
type heard struct {
	t   testing.TB
	sub *esdb.Subscription
}

func (k *kit) toStream(t testing.TB, s string, opts esdb.SubscribeToStreamOptions) heard {
	t.Helper()
	sub, err := k.client.SubscribeToStream(deadline(t), s, opts)
	require.NoError(t, err)
	t.Cleanup(func() { _ = sub.Close() })
	return heard{t, sub}
}

func (k *kit) toAll(t testing.TB, opts esdb.SubscribeToAllOptions) heard {
	t.Helper()
	sub, err := k.client.SubscribeToAll(deadline(t), opts)
	require.NoError(t, err)
	t.Cleanup(func() { _ = sub.Close() })
	return heard{t, sub}
}

// next answers the next message that is not one of a kind to skip.
func (h heard) next(skip func(*esdb.SubscriptionEvent) bool) *esdb.SubscriptionEvent {
	h.t.Helper()
	for {
		e := h.sub.Recv()
		if e.SubscriptionDropped != nil || !skip(e) {
			return e
		}
	}
}

// event answers the next event, past caught-up messages and checkpoints.
func (h heard) event() *esdb.ResolvedEvent {
	h.t.Helper()
	e := h.next(func(e *esdb.SubscriptionEvent) bool { return e.EventAppeared == nil })
	require.Nil(h.t, e.SubscriptionDropped, "dropped: %+v", e.SubscriptionDropped)
	return e.EventAppeared
}

func (h heard) events(n int) []*esdb.ResolvedEvent {
	h.t.Helper()
	found := make([]*esdb.ResolvedEvent, n)
	for i := range found {
		found[i] = h.event()
	}
	return found
}

// untilCaughtUp answers the events before the subscription is live.
func (h heard) untilCaughtUp() (found []*esdb.ResolvedEvent, checkpoints []esdb.Position) {
	h.t.Helper()
	for {
		e := h.sub.Recv()
		require.Nil(h.t, e.SubscriptionDropped, "dropped: %+v", e.SubscriptionDropped)
		switch {
		case e.CaughtUp != nil:
			return found, checkpoints
		case e.EventAppeared != nil:
			found = append(found, e.EventAppeared)
		case e.CheckPointReached != nil:
			checkpoints = append(checkpoints, *e.CheckPointReached)
		}
	}
}

func testSubscribeStream(t *testing.T, k *kit) {
	given := func(t *testing.T) (string, []esdb.EventData) {
		s, sent := stream("elder"), events("a", 10)
		k.append(t, s, esdb.NoStream{}, sent[:6]...)
		k.append(t, stream("other"), esdb.NoStream{}, events("other", 3)...)
		return s, sent
	}
	for _, c := range []struct {
		name string
		from esdb.StreamPosition
		want int // index of the first event before and after
	}{
		{"from the start", esdb.Start{}, 0}, {"from a revision, which is left out", esdb.Revision(2), 3},
		{"from the last", esdb.Revision(5), 6}, {"from the end", esdb.End{}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, sent := given(t)
			h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: c.from})
			old, _ := h.untilCaughtUp()
			require.Len(t, old, 6-c.want)
			k.append(t, s, esdb.Revision(5), sent[6:]...)
			all := append(old, h.events(4)...)
			require.Equal(t, sentIDs(sent[c.want:]), ids(all))
		})
	}
	t.Run("a stream that comes later", func(t *testing.T) {
		s := stream("later")
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
		h.untilCaughtUp()
		sent := events("a", 2)
		k.append(t, s, esdb.NoStream{}, sent...)
		require.Equal(t, sentIDs(sent), ids(h.events(2)))
	})
	t.Run("closing ends it", func(t *testing.T) {
		s, _ := given(t)
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.End{}})
		h.untilCaughtUp()
		require.NoError(t, h.sub.Close())
		require.NotNil(t, h.next(func(*esdb.SubscriptionEvent) bool { return true }).SubscriptionDropped)
	})
}

func testFilters(t *testing.T, k *kit) {
	mark := k.append(t, stream("mark"), esdb.NoStream{}, events("mark", 1)...)
	start := esdb.Position{Commit: mark.CommitPosition, Prepare: mark.PreparePosition}
	tag := stream("f")
	a, b := tag+"-elder-1", tag+"-child-1"
	sent := events("x", 20)
	for i := range sent {
		sent[i].EventType = []string{"Visited.v1", "Moved.v1"}[i%2] + tag
		k.append(t, []string{a, b}[i/10], esdb.Any{}, sent[i])
	}
	pick := func(keep func(i int) bool) (picked []esdb.EventData) {
		for i := range sent {
			if keep(i) {
				picked = append(picked, sent[i])
			}
		}
		return picked
	}
	for _, c := range []struct {
		name   string
		filter esdb.SubscriptionFilter
		want   []esdb.EventData
	}{
		{"stream prefix", esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"nobody-" + tag, b}}, pick(func(i int) bool { return i >= 10 })},
		{"stream regex", esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: tag + "-(elder|house)-"}, pick(func(i int) bool { return i < 10 })},
		{"event type prefix", esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"Moved.v1" + tag}}, pick(func(i int) bool { return i%2 == 1 })},
		{"event type regex", esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: "^Visited.*" + tag + "$"}, pick(func(i int) bool { return i%2 == 0 })},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := k.toAll(t, esdb.SubscribeToAllOptions{From: start, Filter: &c.filter})
			old, checkpoints := h.untilCaughtUp()
			require.Equal(t, sentIDs(c.want), ids(old))
			require.NotEmpty(t, checkpoints, "one on going live")
			last := checkpoints[len(checkpoints)-1]
			require.GreaterOrEqual(t, last.Commit, old[len(old)-1].OriginalEvent().Position.Commit)
		})
	}
	t.Run("system events can be left out", func(t *testing.T) {
		k.append(t, "$$"+a, esdb.Any{}, metadataEvent(`{"note":1}`))
		h := k.toAll(t, esdb.SubscribeToAllOptions{From: start, Filter: esdb.ExcludeSystemEventsFilter()})
		old, _ := h.untilCaughtUp()
		for _, e := range old {
			require.NotEqual(t, byte('$'), e.OriginalEvent().EventType[0])
		}
	})
}
