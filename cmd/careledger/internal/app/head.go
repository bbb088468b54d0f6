package app

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// head is the newest ledger number as far as it is known, and when it rose.
type head struct {
	atomic.Uint64

	mu   sync.Mutex
	rose []rise // one a second, oldest first
}

// rise says that a number was not there before an instant.
type rise struct {
	number uint64
	at     time.Time
}

const (
	riseEvery = time.Second
	mostRises = 600
)

// heard takes a number that was announced. A head never sinks while this process runs: a relay that reads the log anew
// begins low.
func (h *head) heard(number uint64, now time.Time) {
	if number <= h.Load() {
		return
	}
	h.Store(number)
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.rose); n > 0 && now.Sub(h.rose[n-1].at) < riseEvery {
		h.rose[n-1].number = number
		return
	}
	h.rose = append(h.rose, rise{number, now})
	if len(h.rose) > mostRises {
		h.rose = slices.Delete(h.rose, 0, 1)
	}
}

// since answers when the first number behind one was heard of; false where that is longer ago than is remembered.
func (h *head) since(number uint64) (time.Time, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.rose, func(r rise) bool { return r.number > number })
	if i < 1 {
		return time.Time{}, false
	}
	return h.rose[i].at, true
}

// lag is how many seconds numbers that fold the ledger up to counted are behind a prefecture's head. projected is when the
// newest event was recorded that is turned into facts; it stands in where the head rose before this process knew of it.
func (a *App) lag(prefecture string, counted uint64, projected time.Time) float64 {
	if a.newest(prefecture) <= counted {
		return 0
	}
	at, known := a.head(prefecture).since(counted)
	if !known {
		at = projected
	}
	if at.IsZero() {
		return 0
	}
	return max(0, a.options.Now().Sub(at).Seconds())
}

// wholeLedger is how the relay calls the head of all prefectures.
const wholeLedger = "all"

// newest is a prefecture's newest ledger number as far as it is known. A relay that lost the bus does not know a
// prefecture's before its next event: the ledger's stands in, so that numbers that are behind are not taken for new.
func (a *App) newest(prefecture string) uint64 {
	if number := a.head(prefecture).Load(); number > 0 {
		return number
	}
	return a.head(wholeLedger).Load()
}

func (a *App) head(prefecture string) *head {
	h, _ := a.heads.LoadOrStore(prefecture, &head{})
	return h.(*head)
}
