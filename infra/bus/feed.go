package bus

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/event"
)

const (
	defaultBatch  = 2000
	maxBatchBytes = 32 << 20
)

// FeedOptions: which events, from where, in what portions.
type FeedOptions struct {
	// Prefecture, four digits ("0000": what belongs to the whole ledger); empty for every event of the ledger.
	Prefecture string
	// Name of the durable consumer, before "-<prefecture>"; "projector" where empty. Two feeds of one name and
	// prefecture disturb each other (they stay complete, by reading the log).
	Name string
	// From is the checkpoint behind which to begin.
	From event.Checkpoint
	// MaxBatch is the largest batch; 0 means 2,000.
	MaxBatch int
	// MaxWait is how long a batch may wait to fill while more is known to come. An event that is alone never waits.
	MaxWait time.Duration
}

// Batch is 1 or more events in ledger order. Head is the newest number known, at least that of the last event; Live
// says that nothing is known beyond this batch, as far as the relay's announcements (every 100 ms) go; without a relay,
// as far as the log has answered.
type Batch struct {
	Events []event.Recorded
	Head   uint64
	Live   bool
}

// Feed calls take with the events behind o.From in ledger order, each once, without a hole, until ctx ends or take
// fails (its error, wrapped). It reads the log until there is hardly more, then the bus; and the log again wherever the
// bus has a hole, is stale, silent or away. Events look the same from either: without sealed values and body hash.
//
// An error other than take's or ctx's says that From is not a checkpoint of this log: what was built must be rebuilt.
func (b *Bus) Feed(ctx context.Context, log Log, o FeedOptions, take func(ctx context.Context, batch Batch) error) error {
	if o.Name == "" {
		o.Name = "projector"
	}
	if o.MaxBatch <= 0 {
		o.MaxBatch = defaultBatch
	}
	f := &feed{bus: b, log: log, options: o, take: take, last: o.From, head: newHead(),
		deliveries: make(chan delivery, defaultBatch), attached: make(chan struct{})}
	f.reached.Store(o.From.Number)
	f.catching.Store(true)
	f.given = time.Now()
	f.label = f.durable()
	f.fromBus, f.fromLog = b.metrics.fed.WithLabelValues(f.label, "bus"), b.metrics.fed.WithLabelValues(f.label, "log")
	f.reader = newReader(f)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return f.receive(ctx) })
	group.Go(func() error { return f.listen(ctx) })
	group.Go(func() error { return f.run(ctx) })
	return group.Wait()
}

// feed is one run. Its fields belong to run's goroutine, except head and deliveries.
type feed struct {
	bus        *Bus
	log        Log
	options    FeedOptions
	take       func(context.Context, Batch) error
	label      string
	head       *head
	deliveries chan delivery
	attached   chan struct{} // a consumer has been found: what it brings may be of another state of the log
	reader     *reader       // of the log

	last    event.Checkpoint // taken or in batch
	reached atomic.Uint64    // its number, for receive
	batch   []event.Recorded
	bytes   int
	held    *delivery // from the bus, beyond a hole
	acks    delivery  // the last delivery that needs nothing more but take
	suspect time.Time // since when a head is announced that last has not reached; zero while there is none
	partial bool      // the log has given a full portion: more may be there
	given   time.Time // when it gave the last one

	catching atomic.Bool // the log is giving what it held when its reading began

	fromBus, fromLog prometheus.Counter
}

func (f *feed) run(ctx context.Context) error {
	defer f.reader.stop()
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	f.head.await(ctx, staleAfter) // without it, whether a batch is live would be a guess
	f.readLog(ctx, "start")
	for {
		if err := f.wait(ctx, tick.C); err != nil {
			return ended(ctx, err)
		}
		if len(f.batch) == 0 {
			continue
		}
		if err := f.fill(ctx); err != nil {
			return ended(ctx, err)
		}
		if err := f.flush(ctx); err != nil {
			return err
		}
	}
}

// wait blocks for one thing to happen.
func (f *feed) wait(ctx context.Context, tick <-chan time.Time) error {
	select {
	case <-f.attached:
		return f.confirm(ctx)
	case d := <-f.open():
		return f.deliver(ctx, d)
	case p := <-f.reader.portions():
		return f.portion(ctx, p)
	case <-tick:
		f.check(ctx)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// confirm begins with a consumer. It drops what another has brought, and gives up where the last event is not the log's
// (any more): the bus would not show that, since what it brings looks known already. A log that cannot be asked just now
// says so another time.
func (f *feed) confirm(ctx context.Context) error {
	for len(f.deliveries) > 0 {
		<-f.deliveries
	}
	f.held, f.acks = nil, delivery{}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := f.log.Check(ctx, f.last)
	if err != nil && f.bus.options.Mismatch(err) {
		return err
	}
	return nil
}

// fill adds what is there already, and while more is known to come waits for it, but not beyond MaxWait.
func (f *feed) fill(ctx context.Context) error {
	var deadline <-chan time.Time
	for !f.full() {
		select {
		case d := <-f.open():
			if err := f.deliver(ctx, d); err != nil {
				return err
			}
			continue
		case p := <-f.reader.portions():
			if err := f.portion(ctx, p); err != nil {
				return err
			}
			continue
		default:
		}
		if f.options.MaxWait <= 0 || !f.behind() && !f.catching.Load() {
			return nil
		}
		if deadline == nil {
			timer := time.NewTimer(f.options.MaxWait)
			defer timer.Stop()
			deadline = timer.C
		}
		select {
		case d := <-f.open():
			if err := f.deliver(ctx, d); err != nil {
				return err
			}
		case p := <-f.reader.portions():
			if err := f.portion(ctx, p); err != nil {
				return err
			}
		case <-deadline:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// open is the channel of deliveries, closed to us while one is held.
func (f *feed) open() <-chan delivery {
	if f.held != nil {
		return nil
	}
	return f.deliveries
}

func (f *feed) full() bool { return len(f.batch) >= f.options.MaxBatch || f.bytes >= maxBatchBytes }

// behind reports whether more is known than the batch holds.
func (f *feed) behind() bool {
	unsure := f.partial && time.Since(f.head.heard()) > silentAfter
	return f.head.number() > f.last.Number || f.held != nil || unsure || len(f.deliveries) > 0 || f.reader.waiting()
}

// flush hands the batch over, and acknowledges. A full one that is caught up with keeps its last event for the next: that
// one then says whether more was there.
func (f *feed) flush(ctx context.Context) error {
	kept, room := 0, min(f.options.MaxBatch, 256)
	if f.catching.Load() {
		room = max(room, len(f.batch)) // the next one will be as large
		if f.full() && len(f.batch) > 1 {
			kept = 1
		}
	}
	for len(f.batch) > kept {
		n := min(len(f.batch)-kept, f.options.MaxBatch)
		b := Batch{Events: f.batch[:n:n], Head: max(f.head.number(), f.last.Number), Live: n == len(f.batch) && !f.behind()}
		if err := f.take(ctx, b); err != nil {
			return fmt.Errorf("take %d events from number %d: %w", n, b.Events[0].Number, err)
		}
		f.batch = f.batch[n:]
	}
	f.batch = append(make([]event.Recorded, 0, room), f.batch...)
	f.bytes = 0
	f.acknowledge()
	return nil
}

// acknowledge tells the bus what has been taken; everything before is meant too. A lost one only means that it comes
// again and is dropped.
func (f *feed) acknowledge() {
	if f.acks.message == nil {
		return
	}
	if err := f.acks.message.Ack(); err != nil {
		f.bus.logger.Debug("acknowledge", "feed", f.label, "error", err)
	}
	f.acks = delivery{}
}

// durable is the consumer's name.
func (f *feed) durable() string {
	if f.options.Prefecture == "" {
		return token(f.options.Name) + "-" + wholeLedger
	}
	return token(f.options.Name) + "-" + token(f.options.Prefecture)
}
