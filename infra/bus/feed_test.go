package bus_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/bus"
)

func TestAFeedBringsOnePrefectureCompleteAndInOrder(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	b := connect(t, url, 0)
	p.write(500, "532601", "530102")
	var a, k, all basket
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &a)
	feed(t, b, p, bus.FeedOptions{Prefecture: "5301"}, &k)
	feed(t, b, p, bus.FeedOptions{}, &all)
	relay(t, b, p, &note{})
	for range 20 {
		p.write(50, "530102", "532601", "532622101")
	}
	complete(t, p, "5326", &a)
	complete(t, p, "5301", &k)
	complete(t, p, "", &all)
	require.Eventually(t, func() bool {
		p.write(1, "532601")
		complete(t, p, "5326", &a)
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.last.Live && a.last.Head == p.size()
	}, patience, 5*time.Millisecond)
}

func TestAFeedComesBackWhereItStood(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	b := connect(t, url, 0)
	relay(t, b, p, &note{})
	var k basket
	p.write(100, "532601")
	first := feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &k)
	complete(t, p, "5326", &k)
	first.stop()
	p.write(100, "532601", "530102")
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326", From: k.events[len(k.events)-1].After(1)}, &k)
	complete(t, p, "5326", &k)
}

func TestARefusedBatchComesAgain(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	b := connect(t, url, 0)
	relay(t, b, p, &note{})
	p.write(100, "532601")
	full := errors.New("the warehouse is away")
	var k basket
	failing := start(t, func(ctx context.Context) error {
		return b.Feed(ctx, p, bus.FeedOptions{Prefecture: "5326", MaxBatch: 7}, func(ctx context.Context, batch bus.Batch) error {
			if k.size() >= 50 {
				return full
			}
			return k.take(ctx, batch)
		})
	})
	require.ErrorIs(t, failing.wait(t), full)
	require.LessOrEqual(t, k.most, 7)
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326", From: k.events[len(k.events)-1].After(1)}, &k)
	complete(t, p, "5326", &k)
}

func TestAFeedOfAnotherLogsCheckpointGivesUp(t *testing.T) {
	p := newPaper()
	p.write(10, "532601")
	b := connect(t, serve(t, t.TempDir()), 0)
	k := feed(t, b, p, bus.FeedOptions{Prefecture: "5326", From: event.Checkpoint{Epoch: 1, Number: 5, EventID: uuid.New()}}, &basket{})
	require.ErrorIs(t, k.wait(t), errMismatch)
}

// The log was put back to an earlier state and has gone on differently, the bus holds what came after: nobody counts on
// from there, and what was lost is not taken for the log's.
func TestAFeedBeyondARestoredLogGivesUp(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	b, js := connect(t, url, 0), manage(t, url)
	var lost basket
	published := relay(t, b, p, &note{})
	p.write(100, "532601")
	counting := feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &lost)
	complete(t, p, "5326", &lost)
	stream(t, js, 100)
	counting.stop()
	published.stop()

	p.cut(50)
	p.write(100, "532601")
	relay(t, b, p, &note{})
	counting = start(t, func(ctx context.Context) error { // the log is slow to be read, and the bus is faster
		return b.Feed(ctx, mute{p}, bus.FeedOptions{Prefecture: "5326", From: lost.events[99].After(1)}, lost.take)
	})
	require.ErrorIs(t, counting.wait(t), errMismatch)
	require.Equal(t, 100, lost.size())

	stream(t, js, 150)
	var k basket
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &k)
	complete(t, p, "5326", &k)
	for i, e := range k.events {
		require.Equal(t, p.events[i].ID, e.ID)
	}
}

func TestAFeedHealsFromTheLog(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, url string){
		"its consumer deleted": func(t *testing.T, url string) {
			require.NoError(t, manage(t, url).DeleteConsumer(t.Context(), "RECORDS", "projector-5326"))
		},
		"the stream deleted": clearT,
		"the stream purged": func(t *testing.T, url string) {
			s, err := manage(t, url).Stream(t.Context(), "RECORDS")
			require.NoError(t, err)
			require.NoError(t, s.Purge(t.Context()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, p := serve(t, t.TempDir()), newPaper()
			b := connect(t, url, 0)
			relay(t, b, p, &note{})
			var k basket
			feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &k)
			p.write(300, "532601", "530102")
			complete(t, p, "5326", &k)
			onTheBus(t, url, p)
			p.write(300, "532601", "530102")
			harm(t, url)
			p.write(300, "532601", "530102")
			complete(t, p, "5326", &k)
			p.write(1, "532601")
			complete(t, p, "5326", &k)
		})
	}
}

// onTheBus waits until the feed of 5326 has acknowledged a new event over the bus.
func onTheBus(t *testing.T, url string, p *paper) {
	t.Helper()
	p.write(1, "532601")
	resumed(t, url, p)
	s, err := manage(t, url).Stream(t.Context(), "RECORDS")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		c, err := s.Consumer(t.Context(), "projector-5326")
		return err == nil && c.CachedInfo().AckFloor.Stream == s.CachedInfo().State.LastSeq
	}, patience, 10*time.Millisecond)
}

func clearT(t *testing.T, url string) { clear(t, url) }

func TestWhatTheSizeLimitRemovedComesFromTheLog(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	const limit = 256 << 10
	b, js := connect(t, url, limit), manage(t, url)
	relay(t, b, p, &note{})
	var k basket
	first := feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &k)
	p.write(20, "532601")
	complete(t, p, "5326", &k)
	first.stop()
	p.write(2000, "532601", "530102")
	require.Eventually(t, func() bool {
		s, err := js.Stream(t.Context(), "RECORDS")
		return err == nil && s.CachedInfo().State.LastSeq == 2020
	}, patience, 5*time.Millisecond)
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326", From: k.events[19].After(1)}, &k)
	complete(t, p, "5326", &k)
}

func TestAFeedNeedsNoBusAtAll(t *testing.T) {
	p := newPaper()
	p.write(100, "532601")
	b := connect(t, "nats://127.0.0.1:1", 0)
	var k basket
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &k)
	complete(t, p, "5326", &k)
	p.write(100, "532601")
	complete(t, p, "5326", &k)
	require.ErrorIs(t, b.Healthy(t.Context()), bus.ErrUnavailable)
}

func TestSealedValuesReachNoOne(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	b, js := connect(t, url, 0), manage(t, url)
	p.put(registered())
	var first, later basket
	log := feed(t, b, p, bus.FeedOptions{Prefecture: "5326", Name: "first"}, &first) // no relay: from the log
	complete(t, p, "5326", &first)
	log.stop()
	relay(t, b, p, &note{})
	m := stored(t, js, 1)
	require.NotContains(t, string(m[0].Data), "ciphertext")
	p.put(registered())
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326", From: first.events[0].After(1)}, &later)
	require.Eventually(t, func() bool { return later.size() == 1 }, patience, time.Millisecond)
	for _, e := range slices.Concat(first.events, later.events) {
		r, ok := e.Event.(elder.Registered)
		require.True(t, ok)
		require.Nil(t, r.Personal)
		require.Equal(t, elder.Sex("female"), r.Sex)
		require.Empty(t, e.Metadata.BodyHash)
	}
	require.Equal(t, first.events[0].Data, later.events[0].Data, "from the log and from the bus alike")
}

func registered() event.Recorded {
	r := visit(uuid.Nil, 1, "532601")
	r.Type, r.Event = "ElderRegistered.v1", nil
	r.Metadata.BodyHash = "b0d1"
	r.Data = []byte(`{"elder":"0190b4f0-0000-7000-8000-000000000001","area":"532601","registered_on":"2022-11-03","sex":"female","birth_month":"1950-02",` +
		`"personal":{"subject":"0190b4f0-0000-7000-8000-000000000002","ciphertext":"c2VjcmV0"}}`)
	r.Metadata.OccurredOn = calendar.Date(2022, 11, 3)
	return r
}
