package bus

import (
	"bytes"
	"context"

	"github.com/careledger/careledger/domain/event"
)

const fullPortion = 1000 // what Log.Follow gives at most: after so many, more may be there

// portion is what the log has given at once. More says that it was full, Old that it was known when reading began. An
// error means that the checkpoint is not the log's.
type portion struct {
	events    []event.Recorded
	more, old bool
	err       error
}

// reader reads the log for a feed while it is on. Its methods belong to the feed's goroutine.
type reader struct {
	feed   *feed
	cancel context.CancelFunc
	done   chan struct{}
	out    chan portion
}

func newReader(f *feed) *reader { return &reader{feed: f} }

func (r *reader) active() bool { return r.cancel != nil }

// portions is nil, which never delivers, while the reader is off.
func (r *reader) portions() <-chan portion { return r.out }

func (r *reader) waiting() bool { return len(r.out) > 0 }

func (r *reader) start(ctx context.Context, from event.Checkpoint) {
	ctx, r.cancel = context.WithCancel(ctx)
	out, done := make(chan portion, max(2, r.feed.options.MaxBatch/fullPortion)), make(chan struct{}) // a batch ahead
	r.out, r.done = out, done
	go func() {
		defer close(done)
		r.feed.follow(ctx, from, out)
	}()
}

// stop ends reading and waits; what was not taken is dropped.
func (r *reader) stop() {
	if r.cancel == nil {
		return
	}
	r.cancel()
	<-r.done
	r.cancel, r.out, r.done = nil, nil, nil
}

// follow sends the log's events behind from, as the feed wants them. A log that is away is tried again.
func (f *feed) follow(ctx context.Context, from event.Checkpoint, out chan<- portion) {
	var wait backoff
	end, err := f.log.End(ctx)
	if err != nil {
		f.bus.logger.Debug("a feed does not know the log's end", "feed", f.label, "error", err)
	}
	for {
		err := f.log.Follow(ctx, from, func(ctx context.Context, events []event.Recorded) error {
			if len(events) == 0 {
				return nil
			}
			last := events[len(events)-1].After(f.log.Epoch())
			p := portion{events: f.ours(events), more: len(events) >= fullPortion, old: last.Position.Commit < end.Commit}
			select {
			case out <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
			from = last
			wait.reset()
			return nil
		})
		if ctx.Err() != nil {
			return
		}
		if f.bus.options.Mismatch(err) {
			select {
			case out <- portion{err: err}:
			case <-ctx.Done():
			}
			return
		}
		f.bus.logger.Warn("a feed cannot read the log just now and tries again", "feed", f.label, "number", from.Number, "error", err)
		wait.wait(ctx)
	}
}

// ours leaves the feed's events, as the bus would bring them.
func (f *feed) ours(events []event.Recorded) []event.Recorded {
	ours := events[:0]
	for i := range events {
		if r := &events[i]; f.options.Prefecture == "" || prefectureOf(r.Metadata) == f.options.Prefecture {
			f.bus.open(r)
			ours = append(ours, *r)
		}
	}
	return ours
}

// open leaves of an event what everyone may see: no sealed values and no body hash.
func (b *Bus) open(r *event.Recorded) {
	r.Metadata.BodyHash = ""
	if !maySeal(r.Data) {
		return
	}
	data, err := redact(r.Data)
	if err != nil || bytes.Equal(data, r.Data) {
		return
	}
	r.Data = data
	r.Event = b.decode(*r)
}

// decode is the Go value of an event; nil where this build does not know its type or cannot read it.
func (b *Bus) decode(r event.Recorded) event.Event {
	e, known, err := b.options.Codec.Decode(r.Type, r.Data)
	if err != nil {
		b.logger.Warn("an event cannot be read", "number", r.Number, "type", r.Type)
		return nil
	}
	if !known {
		return nil
	}
	return e
}
