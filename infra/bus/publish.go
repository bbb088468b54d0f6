package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/semaphore"

	"github.com/careledger/careledger/domain/event"
)

const (
	maxPending      = 4096     // messages not yet acknowledged
	maxPendingBytes = 32 << 20 // and their bytes

	contentTypeHeader = "Content-Type"
)

// errRefused is answered where the stream did not take a message at the place it was meant for.
var errRefused = errors.New("the stream has another last message than expected")

// publisher is one session's pipeline: messages go out without waiting, each bound to its place in the stream, and are
// acknowledged in order.
type publisher struct {
	relay    *relay
	js       jetstream.JetStream
	sequence uint64            // of the last message sent
	previous map[string]uint64 // last number sent, by prefecture
	other    uint64            // the same for a prefecture not in it
	pending  chan sent
	room     *semaphore.Weighted
}

// sent is a message on its way, or, without future, an event that the bus cannot carry.
type sent struct {
	future     jetstream.PubAckFuture
	sequence   uint64
	bytes      int64
	prefecture string
	at         event.Checkpoint
	done       func(error) // who watches it; nil: nobody
}

// end tells who watches how it went.
func (s sent) end(err error) {
	if s.done != nil {
		s.done(err)
	}
}

func newPublisher(r *relay, js jetstream.JetStream, sequence uint64) *publisher {
	p := &publisher{relay: r, js: js, sequence: sequence, pending: make(chan sent, maxPending), room: semaphore.NewWeighted(maxPendingBytes)}
	p.previous, p.other = r.chain.previous()
	return p
}

// run follows the log behind from until something fails, and waits for its collector.
func (p *publisher) run(ctx context.Context, from event.Checkpoint) error {
	defer p.js.CleanupPublisher()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.collect(ctx, cancel)
	}()
	err := p.relay.log.Follow(ctx, from, p.take)
	close(p.pending)
	<-done
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return fmt.Errorf("follow the log: %w", err)
}

// take sends a batch; it waits while too much is on its way.
func (p *publisher) take(ctx context.Context, events []event.Recorded) error {
	for _, e := range events {
		s, err := p.send(ctx, e)
		if err != nil {
			s.end(err)
			return err
		}
		select {
		case p.pending <- s:
		case <-ctx.Done():
			s.end(ctx.Err())
			return ctx.Err()
		}
	}
	return nil
}

func (p *publisher) send(ctx context.Context, e event.Recorded) (sent, error) {
	s := sent{prefecture: prefectureOf(e.Metadata), at: e.After(p.relay.log.Epoch())}
	previous, known := p.previous[s.prefecture]
	if !known {
		previous = p.other
	}
	p.previous[s.prefecture] = e.Number
	p.relay.board.read(s.prefecture, tip{number: e.Number, id: e.ID})
	body, err := Encode(e, previous)
	if err != nil || int64(len(body)) > p.relay.bus.nc.MaxPayload()-1024 {
		p.relay.skip(e, err)
		return s, nil
	}
	s.bytes = int64(len(body)) + 512
	if err := p.room.Acquire(ctx, min(s.bytes, maxPendingBytes)); err != nil {
		return s, err
	}
	if p.relay.bus.options.Publishing != nil {
		s.done = p.relay.bus.options.Publishing(e)
	}
	message := &nats.Msg{Subject: Subject(e), Data: body, Header: nats.Header{contentTypeHeader: {ContentType}}}
	s.future, err = p.js.PublishMsgAsync(message, jetstream.WithMsgID(e.ID.String()),
		jetstream.WithExpectLastSequence(p.sequence), jetstream.WithRetryAttempts(0))
	if err != nil {
		return s, fmt.Errorf("publish event %d: %w", e.Number, err)
	}
	p.sequence++
	s.sequence = p.sequence
	return s, nil
}

// skip leaves a gap in the chain: feeds meet it and read the event from the log.
func (r *relay) skip(e event.Recorded, err error) {
	r.bus.metrics.skipped.Inc()
	r.bus.logger.Warn("an event does not go over the bus; feeds read it from the log", "number", e.Number, "type", e.Type, "bytes", len(e.Data), "error", err)
}

// collect waits for the acknowledgements in order. The first that fails ends the session; the rest is let go.
func (p *publisher) collect(ctx context.Context, cancel context.CancelCauseFunc) {
	var failed error
	for s := range p.pending {
		if failed == nil {
			if failed = p.settle(ctx, s); failed != nil {
				cancel(failed)
			}
		}
		s.end(failed)
		if s.bytes > 0 {
			p.room.Release(min(s.bytes, maxPendingBytes))
		}
	}
}

func (p *publisher) settle(ctx context.Context, s sent) error {
	if s.future != nil {
		if err := acknowledged(ctx, s); err != nil {
			return fmt.Errorf("publish event %d: %w", s.at.Number, err)
		}
		p.relay.bus.metrics.published.Inc()
	}
	p.relay.chain.took(s.prefecture, s.at)
	p.relay.bus.metrics.lag.Set(float64(p.relay.board.newest() - s.at.Number))
	return nil
}

func acknowledged(ctx context.Context, s sent) error {
	select {
	case ack := <-s.future.Ok():
		if ack.Duplicate || ack.Sequence != s.sequence { // another relay has sent the same event
			return errRefused
		}
		return nil
	case err := <-s.future.Err():
		var refused *jetstream.APIError
		if errors.As(err, &refused) && (refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
			refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
			return fmt.Errorf("%w (%w)", errRefused, err)
		}
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
