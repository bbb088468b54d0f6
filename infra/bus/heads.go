package bus

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
)

const announceEvery = 100 * time.Millisecond

// announcement of a head on heads.<prefecture>: the last event that the relay has read from the log.
type announcement struct {
	Number  uint64    `json:"number,string"`
	EventID uuid.UUID `json:"event_id"`
	At      time.Time `json:"at"`
}

// board holds the heads that the relay announces while a session runs. When none runs it is silent, so that feeds turn
// to the log.
type board struct {
	mu     sync.Mutex
	active bool
	heads  map[string]tip
}

func newBoard() *board { return &board{heads: map[string]tip{}} }

// show begins a session that goes on behind from.
func (b *board) show(known map[string]tip, from event.Checkpoint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.active = true
	b.heads = map[string]tip{wholeLedger: {number: from.Number, id: from.EventID}}
	for prefecture, t := range known {
		if t.number != UnknownPrevious {
			b.heads[prefecture] = t
		}
	}
}

func (b *board) pause() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.active = false
}

// read notes an event that the log holds.
func (b *board) read(prefecture string, t tip) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heads[prefecture], b.heads[wholeLedger] = t, t
}

// still reports whether a session runs that has read nothing beyond a number.
func (b *board) still(number uint64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.active && b.heads[wholeLedger].number <= number
}

func (b *board) newest() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.heads[wholeLedger].number
}

// announce says the heads every 100 ms until ctx ends.
func (b *board) announce(ctx context.Context, bus *Bus) error {
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			b.say(bus, now.UTC())
		}
	}
}

func (b *board) say(bus *Bus, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.active {
		return
	}
	for prefecture, t := range b.heads {
		body, err := json.Marshal(announcement{Number: t.number, EventID: t.id, At: now})
		if err != nil {
			continue
		}
		if err := bus.nc.Publish(heads+"."+prefecture, body); err != nil {
			return // it is said again soon
		}
	}
}

// Heads calls take with the last ledger number of each prefecture, and of the whole ledger as "all", as the relay
// announces them (each every 100 ms), until ctx ends or take fails. Announcements may be lost.
func (b *Bus) Heads(ctx context.Context, take func(prefecture string, number uint64) error) error {
	return b.subscribe(ctx, heads+".*", func(subject string, body []byte) error {
		var a announcement
		if json.Unmarshal(body, &a) != nil {
			return nil
		}
		return take(strings.TrimPrefix(subject, heads+"."), a.Number)
	})
}
