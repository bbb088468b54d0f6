package bus

import (
	"context"
	"time"

	"github.com/careledger/careledger/domain/event"
)

const (
	// staleAfter: an announced head that the feed has not reached for so long was lost on the way.
	staleAfter = 300 * time.Millisecond
	// goneAfter: so long without anything from the log that is being read, there is nothing more, or it is away.
	goneAfter = 2 * time.Second
	// silentAfter: so long without an announcement, no relay is at work or the bus is away.
	silentAfter = time.Second
	checkEvery  = 50 * time.Millisecond
	// near: a message of the bus within so many numbers of what the log has given shows that the bus keeps up.
	near = 5000
)

// add puts an event that follows the last one into the batch.
func (f *feed) add(r *event.Recorded) {
	f.batch = append(f.batch, *r)
	f.bytes += len(r.Data) + 512
	f.last = r.After(f.log.Epoch())
	f.reached.Store(r.Number)
	f.suspect = time.Time{}
}

// deliver looks at a message of the bus: known already, next in the chain, or beyond a hole.
func (f *feed) deliver(ctx context.Context, d delivery) error {
	switch {
	case d.event.Number <= f.last.Number:
		f.acks = d
		if d.event.Number+near > f.last.Number {
			f.keepsUp()
		}
	case f.connects(d):
		f.acks = d
		d.event.Event = f.bus.decode(d.event)
		f.add(&d.event)
		f.fromBus.Inc()
		f.keepsUp()
	default:
		f.held = &d
		f.readLog(ctx, "hole")
	}
	return nil
}

// keepsUp leaves the log, unless it is still giving what it held at first: it is far ahead of a bus that is being filled.
func (f *feed) keepsUp() {
	if !f.catching.Load() {
		f.reader.stop()
		f.partial = false
	}
}

// connects reports whether nothing is missing between the last event and d.
func (f *feed) connects(d delivery) bool {
	if f.options.Prefecture == "" {
		return d.event.Number == f.last.Number+1
	}
	return d.previous <= f.last.Number
}

// portion takes what the log has given; what was held may connect now.
func (f *feed) portion(ctx context.Context, p portion) error {
	if p.err != nil {
		return p.err
	}
	f.partial, f.given = p.more, time.Now()
	f.catching.Store(p.old)
	for i := range p.events {
		if r := &p.events[i]; r.Number > f.last.Number {
			f.add(r)
			f.fromLog.Inc()
		}
	}
	if d := f.held; d != nil && (d.event.Number <= f.last.Number || f.connects(*d)) {
		f.held = nil
		return f.deliver(ctx, *d)
	}
	return nil
}

// check acknowledges what needed no taking, and turns to the log where the bus cannot be trusted to bring what there is.
func (f *feed) check(ctx context.Context) {
	if len(f.batch) == 0 {
		f.acknowledge()
	}
	now := time.Now()
	if now.Sub(f.given) > goneAfter { // the log's last events are not of the ledger, or it is away
		f.catching.Store(false)
	}
	if f.head.number() <= f.last.Number {
		f.suspect = time.Time{}
	} else if f.suspect.IsZero() {
		f.suspect = now
	}
	switch {
	case !f.head.attached():
		f.readLog(ctx, "detached")
	case now.Sub(f.head.heard()) > silentAfter:
		f.readLog(ctx, "silent")
	case !f.suspect.IsZero() && now.Sub(f.suspect) > staleAfter:
		f.readLog(ctx, "stale")
	}
}

func (f *feed) readLog(ctx context.Context, reason string) {
	if f.reader.active() {
		return
	}
	f.bus.metrics.heals.WithLabelValues(f.label, reason).Inc()
	f.bus.logger.Debug("a feed reads the log", "feed", f.label, "reason", reason, "number", f.last.Number)
	f.reader.start(ctx, f.last)
}
