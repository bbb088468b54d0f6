package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/careledger/careledger/domain/event"
)

const (
	pullMessages  = 2000
	pullBytes     = 16 << 20
	heartbeat     = time.Second
	ackWait       = 2 * time.Minute // longer than any insert; what comes again is dropped
	maxAckPending = 50_000
	keepConsumer  = 7 * 24 * time.Hour
)

// delivery is a message of the bus.
type delivery struct {
	event    event.Recorded
	previous uint64
	message  jetstream.Msg
}

// far behind the head, and while it gives what it held at first, the log is read without the bus: what a consumer would
// bring is known already, or soon will be.
const far = 20_000

// receive keeps a durable consumer at work until ctx ends, made again wherever it is gone.
func (f *feed) receive(ctx context.Context) error {
	var wait backoff
	f.approach(ctx)
	for {
		err := f.attach(ctx, &wait)
		f.head.detach()
		if ctx.Err() != nil {
			return nil // run says why
		}
		f.bus.logger.Debug("a feed is not on the bus just now", "feed", f.label, "error", err)
		wait.wait(ctx)
	}
}

// approach waits while the log brings the feed nearer to the head from far behind.
func (f *feed) approach(ctx context.Context) {
	f.head.await(ctx, staleAfter)
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	at, moved := f.reached.Load(), time.Now()
	for f.catching.Load() || f.head.number() > f.reached.Load()+far {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := f.reached.Load(); now != at {
			at, moved = now, time.Now()
		} else if time.Since(moved) > goneAfter {
			return // the log is away, or slow: the bus may have what it has not
		}
	}
}

// attach makes or finds the consumer and passes its messages on until something fails.
func (f *feed) attach(ctx context.Context, wait *backoff) error {
	consumer, err := f.consumer(ctx)
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(pullMessages, pullBytes), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return fmt.Errorf("pull from %s: %w", f.label, err)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	select {
	case f.attached <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	f.head.attach()
	for {
		m, err := messages.Next()
		if err != nil {
			return fmt.Errorf("pull from %s: %w", f.label, err)
		}
		wait.reset()
		d, ok := f.read(m)
		if !ok {
			continue
		}
		select {
		case f.deliveries <- d:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var errOtherStream = errors.New("the stream holds another ledger or epoch, or no relay has claimed it yet")

func (f *feed) consumer(ctx context.Context) (jetstream.Consumer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	s, err := f.bus.js.Stream(ctx, streamName)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", streamName, err)
	}
	if !holds(s, f.log) {
		return nil, errOtherStream
	}
	filter := records + ".>"
	if f.options.Prefecture != "" {
		filter = records + "." + token(f.options.Prefecture) + ".>"
	}
	c, err := s.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: f.label, FilterSubject: filter, DeliverPolicy: jetstream.DeliverAllPolicy,
		AckPolicy: jetstream.AckAllPolicy, AckWait: ackWait, MaxAckPending: maxAckPending, InactiveThreshold: keepConsumer,
	})
	if err != nil {
		return nil, fmt.Errorf("consumer %s: %w", f.label, err)
	}
	return c, nil
}

// read opens a message, without its event's Go value; one that is not the relay's is passed over, and where an event is missing for it, the chain
// shows the hole.
func (f *feed) read(m jetstream.Msg) (delivery, bool) {
	r, previous, err := Decode(m.Data())
	if err != nil || r.Metadata.Ledger != f.log.Ledger() {
		f.bus.logger.Warn("a message that is not the relay's is passed over", "feed", f.label, "subject", m.Subject())
		return delivery{}, false
	}
	return delivery{event: r, previous: previous, message: m}, true
}
