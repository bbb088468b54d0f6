package bus_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/bus"
)

func TestNoticesReachTheOtherProcesses(t *testing.T) {
	at := serve(t, t.TempDir())
	here, there := connect(t, at, 0), connect(t, at, 0)
	heard := make(chan string, 100)
	start(t, func(ctx context.Context) error {
		return there.Notices(ctx, "slab", func(prefecture string, body []byte) error {
			heard <- prefecture + " " + string(body)
			return nil
		})
	})
	require.Eventually(t, func() bool { // the first may come before anyone listens
		require.NoError(t, here.Announce(t.Context(), "other", "5326", 1))
		require.NoError(t, here.Announce(t.Context(), "slab", "5326", map[string]int{"number": 7}))
		select {
		case got := <-heard:
			return got == `5326 {"number":7}`
		case <-time.After(50 * time.Millisecond):
			return false
		}
	}, patience, time.Millisecond)
}

func TestHeadsTellHowFarTheLogIs(t *testing.T) {
	b, p := connect(t, serve(t, t.TempDir()), 0), newPaper()
	p.write(10, "532601", "530102")
	relay(t, b, p, &note{})
	var mine, all atomic.Uint64
	start(t, func(ctx context.Context) error {
		return b.Heads(ctx, func(prefecture string, number uint64) error {
			switch prefecture {
			case "5326":
				mine.Store(number)
			case "all":
				all.Store(number)
			}
			return nil
		})
	})
	require.Eventually(t, func() bool { return mine.Load() == 9 && all.Load() == 10 }, patience, time.Millisecond)
	require.NoError(t, b.Healthy(t.Context()))
}

// An event that the bus cannot carry leaves a gap in the chain, which the feed fills from the log.
func TestAnEventTooLargeForTheBusStopsNothing(t *testing.T) {
	at, p := serve(t, t.TempDir()), newPaper()
	b, js := connect(t, at, 0), manage(t, at)
	relay(t, b, p, &note{})
	var k basket
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &k)
	p.write(10, "532601")
	stream(t, js, 10)
	large := visit(p.ledger, 0, "532601")
	large.Type, large.Event = "Unknown.v9", nil
	large.Data = append(append([]byte(`{"x":"`), make([]byte, 9<<20)...), `"}`...)
	for i := range large.Data[6 : len(large.Data)-2] {
		large.Data[6+i] = 'x'
	}
	p.put(large)
	broken := visit(p.ledger, 0, "532601")
	broken.Data, broken.Event = []byte(`{`), nil
	p.put(broken)
	complete(t, p, "5326", &k) // nothing follows: the head tells
	p.write(10, "532601")
	complete(t, p, "5326", &k)
	stream(t, js, 20)
	require.Nil(t, k.events[10].Event)
}

func TestAnEventAloneDoesNotWait(t *testing.T) {
	b, p := connect(t, serve(t, t.TempDir()), 0), newPaper()
	relay(t, b, p, &note{})
	var k basket
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326", MaxWait: time.Hour}, &k)
	for range 20 {
		p.write(1, "532601")
		complete(t, p, "5326", &k)
	}
}
