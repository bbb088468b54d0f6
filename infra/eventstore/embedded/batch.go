package embedded

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// What one call of BatchAppend may have under way.
const (
	batchOpen        = 1024     // appends whose last part has not come; more are refused
	batchFlight      = 1024     // appends handed to the store; a client that sends faster waits
	batchFlightBytes = 32 << 20 // and their bytes; a larger append goes alone
)

// BatchAppend takes many appends over one call, each in one or more parts that bear its correlation id, and answers
// each by that id. They enter the store in the order in which their last parts came; a refused one holds up none.
func (s *streamsService) BatchAppend(call streams.Streams_BatchAppendServer) error {
	answers, ctx := errgroup.WithContext(call.Context())
	b := &batches{
		store: s.store, ctx: ctx, parts: make(chan *streams.BatchAppendReq), expired: make(chan *batch),
		open: map[uuid.UUID]*batch{}, room: semaphore.NewWeighted(batchFlightBytes), flight: make(chan *batch, batchFlight),
	}
	go b.receive(call) // ends with the call
	answers.Go(func() error { return b.answer(call) })
	err := b.run(s.stopping)
	close(b.flight)
	if failed := answers.Wait(); failed != nil {
		return failed
	}
	return err
}

// batches are the appends of one call.
type batches struct {
	store    *store.Store
	ctx      context.Context //nolint:containedctx // it is the call's, and lives as long
	parts    chan *streams.BatchAppendReq
	received error // why no more parts come, once parts is closed; nil: the client has sent all
	expired  chan *batch

	open   map[uuid.UUID]*batch // begun by the client, their last parts yet to come
	bytes  int                  // of the open ones
	room   *semaphore.Weighted  // for the bytes of those in flight
	flight chan *batch          // with the store, or refused, and not answered
}

// batch is one append.
type batch struct {
	key      uuid.UUID
	id       *shared.UUID
	options  *streams.BatchAppendReq_Options
	deadline time.Time // zero: none
	expiry   *time.Timer
	events   []store.Proposed
	bytes    int
	cancel   context.CancelFunc
	pending  *store.Pending
	err      error // why it is refused
}

func (b *batches) receive(call streams.Streams_BatchAppendServer) {
	defer close(b.parts)
	for {
		part, err := call.Recv()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b.received = err
			}
			return
		}
		select {
		case b.parts <- part:
		case <-b.ctx.Done():
			return
		}
	}
}

// run puts parts together and hands on what is whole or refused. Appends still open at its end are dropped.
func (b *batches) run(stopping <-chan struct{}) error {
	for {
		var one *batch
		select {
		case part, more := <-b.parts:
			if !more {
				return b.received
			}
			one = b.take(part)
		case late := <-b.expired:
			if b.open[late.key] != late {
				continue // its last part came first
			}
			late.err = context.DeadlineExceeded
			one = late
		case <-stopping:
			return status.Error(codes.Unavailable, "the event store is stopping: send again what was not answered")
		case <-b.ctx.Done():
			return b.ctx.Err()
		}
		if one == nil {
			continue
		}
		if err := b.pass(one); err != nil {
			return err
		}
	}
}

// take adds a part to its append and answers the append where it is whole or refused.
func (b *batches) take(part *streams.BatchAppendReq) *batch {
	key, err := parseUUID(part.GetCorrelationId())
	if err != nil {
		return &batch{id: part.GetCorrelationId(), options: part.GetOptions(), err: invalid("a batch append needs a correlation id that is a UUID")}
	}
	one := b.open[key]
	if one == nil {
		if part.GetOptions() == nil {
			return nil // what is left of a refused append; each is answered once
		}
		one = &batch{key: key, id: part.GetCorrelationId(), options: part.GetOptions()}
		one.err = b.check(one)
		b.open[key] = one
	}
	b.add(one, part.GetProposedMessages())
	if one.err != nil || part.GetIsFinal() {
		return one
	}
	if one.expiry == nil && !one.deadline.IsZero() {
		one.expiry = time.AfterFunc(time.Until(one.deadline), func() {
			select {
			case b.expired <- one:
			case <-b.ctx.Done():
			}
		})
	}
	return nil
}

// check judges the options of an append, and notes its deadline.
func (b *batches) check(one *batch) error {
	o := one.options
	if _, err := writableStream(o.GetStreamIdentifier()); err != nil {
		return err
	}
	if o.GetExpectedStreamPosition() == nil {
		return errNoExpectation
	}
	switch {
	case o.GetDeadline_21_10_0() != nil:
		one.deadline = o.GetDeadline_21_10_0().AsTime()
	case o.GetDeadline() != nil:
		one.deadline = time.Now().Add(o.GetDeadline().AsDuration())
	}
	if !one.deadline.IsZero() && !time.Now().Before(one.deadline) {
		return context.DeadlineExceeded
	}
	if len(b.open) >= batchOpen {
		return status.Errorf(codes.ResourceExhausted, "the call has begun %d appends: finish some of them first", batchOpen)
	}
	return nil
}

func (b *batches) add(one *batch, messages []*streams.BatchAppendReq_ProposedMessage) {
	for _, m := range messages {
		if one.err != nil {
			return
		}
		var e store.Proposed
		if e, one.err = proposed(m); one.err != nil {
			return
		}
		size := sizeOf(&e)
		one.events, one.bytes, b.bytes = append(one.events, e), one.bytes+size, b.bytes+size
		switch {
		case one.bytes > maxAppend:
			one.err = &tooLarge{maxAppend, "an append"}
		case b.bytes > maxAppend:
			one.err = status.Errorf(codes.ResourceExhausted, "the appends that the call has begun hold more than %d bytes: finish some of them first", maxAppend)
		}
	}
}

// pass hands an append that is no longer open to the store, unless it is refused, and on to be answered.
func (b *batches) pass(one *batch) error {
	if b.open[one.key] == one {
		delete(b.open, one.key)
		b.bytes -= one.bytes
	}
	if one.expiry != nil {
		one.expiry.Stop()
	}
	if one.err == nil {
		if err := b.room.Acquire(b.ctx, one.weight()); err != nil {
			return err
		}
		one.begin(b.ctx, b.store)
	}
	select {
	case b.flight <- one:
		return nil
	case <-b.ctx.Done():
		return b.ctx.Err()
	}
}

func (one *batch) weight() int64 { return int64(min(one.bytes, batchFlightBytes)) }

func (one *batch) begin(ctx context.Context, s *store.Store) {
	one.cancel = func() {}
	if !one.deadline.IsZero() {
		ctx, one.cancel = context.WithDeadline(ctx, one.deadline)
	}
	stream := string(one.options.GetStreamIdentifier().GetStreamName())
	one.pending, one.err = s.Begin(ctx, stream, batchExpected(one.options), one.events)
	one.events = nil
}

func batchExpected(o *streams.BatchAppendReq_Options) store.Expected {
	switch {
	case o.GetNoStream() != nil:
		return store.NoStream
	case o.GetAny() != nil:
		return store.Any
	case o.GetStreamExists() != nil:
		return store.StreamExists
	}
	return atRevision(o.GetStreamPosition())
}
