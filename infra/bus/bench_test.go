package bus_test

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/bus"
)

const bulk = 200_000

// full is a log of visits and a bus that has none of them yet.
func full(b *testing.B) (*paper, *bus.Bus, jetstream.JetStream) {
	b.Helper()
	p, at := newPaper(), serve(b, b.TempDir())
	p.write(bulk, "532601", "532622")
	c, err := bus.Connect(b.Context(), bus.Options{URL: at, Codec: codec(b)})
	require.NoError(b, err)
	b.Cleanup(c.Close)
	return p, c, manage(b, at)
}

func rate(b *testing.B) {
	b.ReportMetric(float64(bulk)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// wait polls finely for a condition.
func wait(b *testing.B, done func() bool) {
	b.Helper()
	end := time.After(patience)
	tick := time.NewTicker(200 * time.Microsecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-end:
			b.Fatal("it takes too long")
		}
	}
}

func BenchmarkRelay(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		p, c, js := full(b)
		n := &note{}
		b.StartTimer()
		k := relay(b, c, p, n)
		wait(b, func() bool { return relayed(b, js) == bulk })
		b.StopTimer()
		k.stop()
		b.StartTimer()
	}
	rate(b)
}

// BenchmarkFeedOverTheBus: the log answers nothing in time, all comes over the bus.
func BenchmarkFeedOverTheBus(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		p, c, js := full(b)
		k := relay(b, c, p, &note{})
		wait(b, func() bool { return relayed(b, js) == bulk })
		var got basket
		b.StartTimer()
		f := start(b, func(ctx context.Context) error {
			return c.Feed(ctx, mute{p}, bus.FeedOptions{Prefecture: "5326"}, got.take)
		})
		wait(b, func() bool { return got.size() == bulk })
		b.StopTimer()
		f.stop()
		k.stop()
		b.StartTimer()
	}
	rate(b)
}

func BenchmarkFeedFromTheLog(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		p, c, _ := full(b)
		var got basket
		b.StartTimer()
		f := feed(b, c, p, bus.FeedOptions{Prefecture: "5326"}, &got)
		wait(b, func() bool { return got.size() == bulk })
		b.StopTimer()
		f.stop()
		b.StartTimer()
	}
	rate(b)
}

// BenchmarkOneEvent is from the log to take, over the bus, when all is quiet.
func BenchmarkOneEvent(b *testing.B) {
	p, c, js := full(b)
	relay(b, c, p, &note{})
	wait(b, func() bool { return relayed(b, js) == bulk })
	arrived := make(chan uint64, bulk)
	start(b, func(ctx context.Context) error {
		return c.Feed(ctx, mute{p}, bus.FeedOptions{Prefecture: "5326"}, func(_ context.Context, batch bus.Batch) error {
			arrived <- batch.Events[len(batch.Events)-1].Number
			return nil
		})
	})
	for n := range arrived {
		if n == bulk {
			break
		}
	}
	for b.Loop() {
		p.write(1, "532601")
		if n := <-arrived; n != p.size() {
			b.Fatal("another event came")
		}
	}
}

// mute is a log that never answers a follower.
type mute struct{ *paper }

func (mute) Follow(ctx context.Context, _ event.Checkpoint, _ func(context.Context, []event.Recorded) error) error {
	<-ctx.Done()
	return ctx.Err()
}

// relayed is how many messages the stream has taken.
func relayed(b *testing.B, js jetstream.JetStream) uint64 {
	b.Helper()
	s, err := js.Stream(b.Context(), "RECORDS")
	require.NoError(b, err)
	return s.CachedInfo().State.LastSeq
}
