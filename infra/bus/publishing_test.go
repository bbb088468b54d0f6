package bus_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/bus"
)

// watcher notes what is published, and how each event's way ended.
type watcher struct {
	mu    sync.Mutex
	begun map[uint64]int
	ended map[uint64][]error
}

func (w *watcher) publishing(r event.Recorded) func(error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begun[r.Number]++
	if r.Number%2 == 0 {
		return nil // nobody asks how it ends
	}
	return func(err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ended[r.Number] = append(w.ended[r.Number], err)
	}
}

func watched(t *testing.T, url string) (*bus.Bus, *watcher) {
	t.Helper()
	w := &watcher{begun: map[uint64]int{}, ended: map[uint64][]error{}}
	b, err := bus.Connect(t.Context(), bus.Options{URL: url, Codec: codec(t), Logger: logger(t), Publishing: w.publishing})
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b, w
}

func TestWhoWatchesIsToldOfEachEventOnceItIsOnTheBus(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	b, w := watched(t, url)
	p.write(50, "532601", "530102")
	k := relay(t, b, p, &note{})
	stored(t, manage(t, url), 50)
	k.stop()
	require.Len(t, w.begun, 50)
	require.Len(t, w.ended, 25)
	for number, ends := range w.ended {
		require.Len(t, ends, 1, number)
		require.Equal(t, 1, w.begun[number])
	}
	require.NoError(t, w.ended[1][0])
}

func TestWhoWatchesIsToldWhereTheBusDoesNotTakeAnEvent(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	b, w := watched(t, url)
	p.write(1, "532601")
	stale := relay(t, b, p, &note{})
	js := manage(t, url)
	stored(t, js, 1)
	other := relay(t, connect(t, url, 0), p, &note{})
	require.Eventually(t, func() bool { // events make the two meet
		p.write(1, "532601")
		select {
		case <-stale.done:
			return true
		default:
			return false
		}
	}, patience, 20*time.Millisecond)
	require.ErrorIs(t, stale.err, bus.ErrFenced)
	other.stop()
	for number, ends := range w.ended {
		require.Len(t, ends, w.begun[number], "each try ends once, whatever becomes of it")
	}
}
