package kurrent

import (
	"slices"
	"testing"
	"time"

	"github.com/kurrent-io/KurrentDB-Client-Go/kurrentdb"
	"github.com/stretchr/testify/require"
)

// heard is what a subscription brings, read by its test.
type heard struct {
	t   testing.TB
	sub *kurrentdb.Subscription
}

func (k *kit) toStream(t testing.TB, s string, opts kurrentdb.SubscribeToStreamOptions) heard {
	t.Helper()
	sub, err := k.SubscribeToStream(deadline(t), s, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sub.Close()) })
	return heard{t, sub}
}

func (k *kit) toAll(t testing.TB, opts kurrentdb.SubscribeToAllOptions) heard {
	t.Helper()
	sub, err := k.SubscribeToAll(deadline(t), opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sub.Close()) })
	return heard{t, sub}
}

func (k *kit) major(t testing.TB) int {
	t.Helper()
	version, err := k.GetServerVersion()
	require.NoError(t, err)
	return version.Major
}

// sparePanic skips what this client panics of at a cluster of today: a time without a place, for a stream without events.
func (k *kit) sparePanic(t *testing.T) {
	t.Helper()
	if k.major(t) >= 25 {
		t.Skip("the client panics when it goes live on a stream without events")
	}
}

func (h heard) next() *kurrentdb.SubscriptionEvent {
	h.t.Helper()
	e := h.sub.Recv()
	require.Nil(h.t, e.SubscriptionDropped, "dropped: %+v", e.SubscriptionDropped)
	return e
}

// isCaughtUp: the client makes an empty event of a message without a place, which a stream without events has.
func isCaughtUp(e *kurrentdb.SubscriptionEvent) bool {
	return e.CaughtUp != nil || *e == kurrentdb.SubscriptionEvent{}
}

// untilCaughtUp answers what comes before the subscription is live, and the message that it is.
func (h heard) untilCaughtUp() (found []*kurrentdb.ResolvedEvent, checkpoints []kurrentdb.Position, live *kurrentdb.CaughtUp) {
	h.t.Helper()
	for {
		e := h.next()
		switch {
		case isCaughtUp(e):
			return found, checkpoints, e.CaughtUp
		case e.EventAppeared != nil:
			found = append(found, e.EventAppeared)
		case e.CheckPointReached != nil:
			checkpoints = append(checkpoints, *e.CheckPointReached)
		}
	}
}

// events answers the next n events of the streams, of all where none is named.
func (h heard) events(n int, streams ...string) (found []*kurrentdb.ResolvedEvent) {
	h.t.Helper()
	for len(found) < n {
		if e := h.next().EventAppeared; e != nil && (len(streams) == 0 || slices.Contains(streams, e.OriginalEvent().StreamID)) {
			found = append(found, e)
		}
	}
	return found
}

func testSubscribeStream(t *testing.T, k *kit) {
	for _, c := range []struct {
		name  string
		from  kurrentdb.StreamPosition
		first int
	}{
		{"from the start", kurrentdb.Start{}, 0}, {"from a revision, which is left out", kurrentdb.Revision(2), 3},
		{"from the last", kurrentdb.Revision(5), 6}, {"from the end", kurrentdb.End{}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, sent := stream("elder"), events("a", 10)
			k.append(t, s, kurrentdb.NoStream{}, sent[:6]...)
			h := k.toStream(t, s, kurrentdb.SubscribeToStreamOptions{From: c.from})
			found, _, _ := h.untilCaughtUp()
			require.Len(t, found, 6-c.first)
			k.append(t, s, kurrentdb.Revision(5), sent[6:]...)
			require.Equal(t, sentIDs(sent[c.first:]), ids(append(found, h.events(4)...)))
		})
	}
	t.Run("a stream that comes later", func(t *testing.T) {
		k.sparePanic(t)
		s, sent := stream("later"), events("a", 2)
		h := k.toStream(t, s, kurrentdb.SubscribeToStreamOptions{From: kurrentdb.Start{}})
		h.untilCaughtUp()
		k.append(t, s, kurrentdb.NoStream{}, sent...)
		require.Equal(t, sentIDs(sent), ids(h.events(2)))
	})
	t.Run("a tombstone ends it", func(t *testing.T) {
		s := stream("elder")
		k.append(t, s, kurrentdb.NoStream{}, events("a", 1)...)
		h := k.toStream(t, s, kurrentdb.SubscribeToStreamOptions{From: kurrentdb.End{}})
		h.untilCaughtUp()
		_, err := k.TombstoneStream(deadline(t), s, kurrentdb.TombstoneStreamOptions{})
		require.NoError(t, err)
		require.Equal(t, "$streamDeleted", h.events(1)[0].Event.EventType)
		require.NotNil(t, h.sub.Recv().SubscriptionDropped)
	})
}

func testSubscribeAll(t *testing.T, k *kit) {
	s, sent := stream("elder"), events("a", 8)
	k.append(t, s, kurrentdb.NoStream{}, sent[:2]...)
	r := k.append(t, s, kurrentdb.Revision(1), sent[2])
	at := kurrentdb.Position{Commit: r.CommitPosition, Prepare: r.PreparePosition}
	k.append(t, s, kurrentdb.Revision(2), sent[3:5]...)
	open := map[int]heard{}
	for first, from := range map[int]kurrentdb.AllPosition{0: kurrentdb.Start{}, 3: at, 5: kurrentdb.End{}} {
		open[first] = k.toAll(t, kurrentdb.SubscribeToAllOptions{From: from})
	}
	k.append(t, s, kurrentdb.Revision(4), sent[5:]...)
	for first, h := range open {
		require.Equal(t, sentIDs(sent[first:]), ids(h.events(len(sent)-first, s)))
	}
}

// testTurns: a subscription that goes live says when and from where it could go on; clusters do so since 25.0.
func testTurns(t *testing.T, k *kit) {
	s := stream("elder")
	k.append(t, s, kurrentdb.NoStream{}, events("a", 7)...)
	at := k.mark(t)
	_, _, live := k.toStream(t, s, kurrentdb.SubscribeToStreamOptions{From: kurrentdb.Start{}}).untilCaughtUp()
	if live == nil && k.major(t) < 25 {
		t.Skip("the server is older than 25.0 and does not say")
	}
	require.NotNil(t, live)
	require.EqualValues(t, 6, *live.StreamRevision)
	require.Nil(t, live.Position)
	require.WithinDuration(t, time.Now(), live.Date, time.Hour)
	_, _, live = k.toAll(t, kurrentdb.SubscribeToAllOptions{From: at}).untilCaughtUp()
	require.NotNil(t, live)
	require.Nil(t, live.StreamRevision)
	require.GreaterOrEqual(t, live.Position.Commit, at.Commit)
	sent := events("b", 3)
	k.append(t, s, kurrentdb.Revision(6), sent...)
	rest := k.toAll(t, kurrentdb.SubscribeToAllOptions{From: *live.Position})
	require.Equal(t, sentIDs(sent), ids(rest.events(3, s)))
}
