package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// testFollowBusy: who subscribes while the stream is written, from wherever, gets every event once and in order.
func testFollowBusy(t *testing.T, k *kit) {
	const total, half = 240, 120
	s, sent := stream("busy"), events("x", total)
	k.append(t, s, esdb.NoStream{}, sent[:20]...)
	var early, late [4][]*esdb.ResolvedEvent
	var g errgroup.Group
	begin := func(into *[4][]*esdb.ResolvedEvent) {
		for i, from := range []esdb.StreamPosition{esdb.Start{}, esdb.Revision(7), esdb.Revision(19), esdb.End{}} {
			h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: from})
			g.Go(func() error { into[i] = h.until(total - 1); return nil })
		}
	}
	begin(&early)
	for i := 20; i < total; i += 4 {
		k.append(t, s, esdb.Revision(uint64(i-1)), sent[i:i+4]...)
		if i == half {
			begin(&late)
		}
	}
	require.NoError(t, g.Wait())
	for _, all := range [][4][]*esdb.ResolvedEvent{early, late} {
		for i, from := range []int{0, 8, 20} {
			require.Equal(t, sentIDs(sent[from:]), ids(all[i]))
		}
		require.Equal(t, sentIDs(sent[total-len(all[3]):]), ids(all[3]))
	}
	require.LessOrEqual(t, len(late[3]), total-half)
}

// until answers the events up to the one of revision last.
func (h heard) until(last uint64) (found []*esdb.ResolvedEvent) {
	for {
		e := h.sub.Recv()
		if e.SubscriptionDropped != nil {
			return found
		}
		if e.EventAppeared == nil {
			continue
		}
		if found = append(found, e.EventAppeared); e.EventAppeared.OriginalEvent().EventNumber == last {
			return found
		}
	}
}

func testFollowChanges(t *testing.T, k *kit) {
	given := func(t *testing.T) (string, []esdb.EventData) {
		s, sent := stream("elder"), events("x", 8)
		k.append(t, s, esdb.NoStream{}, sent[:5]...)
		return s, sent
	}
	t.Run("over a soft delete and a re-creation, live", func(t *testing.T) {
		s, sent := given(t)
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Revision(2)})
		h.untilCaughtUp()
		k.delete(t, s, esdb.Any{})
		k.append(t, s, esdb.NoStream{}, sent[5:7]...)
		k.append(t, s, esdb.Revision(6), sent[7:]...)
		found := h.events(3)
		require.Equal(t, sentIDs(sent[5:]), ids(found))
		require.Equal(t, span(5, 7), revisions(found))
	})
	t.Run("a re-created stream, from its start", func(t *testing.T) {
		s, sent := given(t)
		k.delete(t, s, esdb.Any{})
		k.append(t, s, esdb.Any{}, sent[5:]...)
		require.Equal(t, span(5, 7), revisions(k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}}).events(3)))
	})
	t.Run("a deleted stream, until it is there again", func(t *testing.T) {
		k.since(t, 24, "23.10 waits for the stream without a caught-up message")
		s, sent := given(t)
		k.delete(t, s, esdb.Any{})
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
		old, _ := h.untilCaughtUp()
		require.Empty(t, old)
		k.append(t, s, esdb.Any{}, sent[5:]...)
		require.Equal(t, sentIDs(sent[5:]), ids(h.events(3)))
	})
	t.Run("what is truncated is not sent", func(t *testing.T) {
		s, _ := given(t)
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetTruncateBefore(3) })
		require.Equal(t, span(3, 4), revisions(k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Revision(0)}).events(2)))
	})
	t.Run("live, a low max count holds back nothing", func(t *testing.T) {
		s, sent := given(t)
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetMaxCount(1) })
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
		old, _ := h.untilCaughtUp()
		require.Equal(t, span(4, 4), revisions(old))
		k.append(t, s, esdb.Any{}, sent[5:]...)
		require.Equal(t, span(5, 7), revisions(h.events(3)))
	})
	t.Run("a revision that is not there yet is waited for", func(t *testing.T) {
		// EventStoreDB 24.10, StreamSubscription.GoLive: events up to the checkpoint are skipped also when they come later.
		k.since(t, 24, "the rewritten subscriptions are of 24")
		s, sent := given(t)
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Revision(6)})
		h.untilCaughtUp()
		k.append(t, s, esdb.Any{}, sent[5:]...)
		require.EqualValues(t, 7, h.event().OriginalEvent().EventNumber)
	})
	t.Run("a metadata stream", func(t *testing.T) {
		s, _ := given(t)
		h := k.toStream(t, "$$"+s, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
		for i := range 3 {
			k.append(t, "$$"+s, esdb.Any{}, metadataEvent(`{"note":1}`))
			require.EqualValues(t, i, h.event().OriginalEvent().EventNumber)
		}
	})
	t.Run("a tombstone ends it, live", func(t *testing.T) {
		s, _ := given(t)
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
		h.untilCaughtUp()
		k.tombstone(t, s, esdb.Any{})
		h.requireEnded()
	})
	t.Run("a tombstoned stream cannot be followed", func(t *testing.T) {
		s, _ := given(t)
		k.tombstone(t, s, esdb.Any{})
		sub, err := k.client.SubscribeToStream(deadline(t), s, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
		if err != nil {
			requireCode(t, esdb.ErrorCodeStreamDeleted, err)
			return
		}
		heard{t, sub}.requireEnded()
	})
}

// requireEnded: the stream is deleted for ever, which its followers are told, behind the tombstone itself at most
// (24.10 sends it to those who are live).
func (h heard) requireEnded() {
	h.t.Helper()
	e := h.sub.Recv()
	if e.EventAppeared != nil {
		require.Equal(h.t, "$streamDeleted", e.EventAppeared.OriginalEvent().EventType)
		e = h.sub.Recv()
	}
	require.NotNil(h.t, e.SubscriptionDropped)
	require.Equal(h.t, codes.FailedPrecondition, status.Code(e.SubscriptionDropped.Error), "%v", e.SubscriptionDropped.Error)
}

// since skips what servers before a major version do otherwise.
func (k *kit) since(t testing.TB, major int, why string) {
	t.Helper()
	v, err := k.client.GetServerVersion()
	require.NoError(t, err)
	if v.Major < major {
		t.Skipf("the server is of version %d.%d: %s", v.Major, v.Minor, why)
	}
}
