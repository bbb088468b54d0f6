package bus

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// listen follows the relay's announcements until ctx ends.
func (f *feed) listen(ctx context.Context) error {
	mine := f.options.Prefecture
	if mine == "" {
		mine = wholeLedger
	}
	hear := func(_ string, body []byte) error {
		var a announcement
		if json.Unmarshal(body, &a) == nil {
			f.head.hear(a.Number)
		}
		return nil
	}
	if mine != wholeLedger { // a prefecture without events has no head: the ledger's shows that the relay is there
		done := make(chan struct{})
		defer func() { <-done }()
		go func() {
			defer close(done)
			_ = f.bus.subscribe(ctx, heads+"."+wholeLedger, func(string, []byte) error { f.head.hear(0); return nil })
		}()
	}
	err := f.bus.subscribe(ctx, heads+"."+token(mine), hear)
	if ctx.Err() != nil {
		return nil // run says why
	}
	return err
}

// head is what a feed knows of the bus: the newest number announced, when, and whether a consumer is attached.
type head struct {
	mu        sync.Mutex
	newest    uint64
	last      time.Time
	connected bool
	first     chan struct{} // closed with the first announcement
	once      sync.Once
}

func newHead() *head { return &head{last: time.Now(), first: make(chan struct{})} }

// await waits for the first announcement, but no longer than atMost.
func (h *head) await(ctx context.Context, atMost time.Duration) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-h.first:
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (h *head) hear(number uint64) {
	h.once.Do(func() { close(h.first) })
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = time.Now()
	if number > h.newest {
		h.newest = number
	}
}

func (h *head) number() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.newest
}

func (h *head) heard() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

func (h *head) attach() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connected = true
}

func (h *head) detach() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connected = false
}

func (h *head) attached() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.connected
}
