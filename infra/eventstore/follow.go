package eventstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/careledger/careledger/domain/event"
)

// ErrCheckpoint is answered when a checkpoint does not match this log: another ledger, or an older log was restored.
// What was derived from it must be thrown away and built anew.
var ErrCheckpoint = errors.New("the checkpoint does not match the log")

const followBatch = 1000

// Follow calls take with the events after from, in ledger order, numbered, in batches of at most 1,000: first what is
// there, then live, until ctx ends, take fails or the connection breaks (the caller follows again from its checkpoint).
func (l *Log) Follow(ctx context.Context, from event.Checkpoint, take func(ctx context.Context, events []event.Recorded) error) error {
	if err := l.check(ctx, from); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	subscription, err := call(ctx, l.connection, func(client *esdb.Client) (*esdb.Subscription, error) {
		subscription, err := client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: startOf(from)})
		if err != nil {
			return nil, translate(err)
		}
		return subscription, nil
	})
	if err != nil {
		return err
	}
	received := receive(ctx, subscription)
	defer func() {
		cancel()
		for range received { // until its goroutine has ended
		}
	}()
	f := follower{log: l, number: from.Number, take: take}
	return f.run(ctx, received)
}

// receive turns a subscription into a channel that closes when the subscription drops or ctx ends.
func receive(ctx context.Context, subscription *esdb.Subscription) <-chan *esdb.SubscriptionEvent {
	received := make(chan *esdb.SubscriptionEvent, followBatch)
	go func() {
		defer close(received)
		for {
			e := subscription.Recv()
			select {
			case received <- e:
			case <-ctx.Done():
				return
			}
			if e.SubscriptionDropped != nil {
				return
			}
		}
	}()
	return received
}

type follower struct {
	log    *Log
	number uint64
	batch  []event.Recorded
	take   func(context.Context, []event.Recorded) error
}

func (f *follower) run(ctx context.Context, received <-chan *esdb.SubscriptionEvent) error {
	for {
		select {
		case e := <-received:
			if err := f.add(ctx, e); err != nil {
				return err
			}
			continue
		default:
		}
		if err := f.flush(ctx); err != nil { // nothing more is waiting
			return err
		}
		select {
		case e := <-received:
			if err := f.add(ctx, e); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (f *follower) add(ctx context.Context, e *esdb.SubscriptionEvent) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case e == nil:
		return fmt.Errorf("follow the log: %w", ErrUnavailable)
	case e.SubscriptionDropped != nil:
		return fmt.Errorf("follow the log: %w", translate(e.SubscriptionDropped.Error))
	case e.EventAppeared == nil:
		return nil
	}
	r, ours := f.log.ours(e.EventAppeared.OriginalEvent())
	if !ours {
		return nil
	}
	f.number++
	r.Number = f.number
	f.batch = append(f.batch, r)
	if len(f.batch) < followBatch {
		return nil
	}
	return f.flush(ctx)
}

func (f *follower) flush(ctx context.Context) error {
	if len(f.batch) == 0 {
		return nil
	}
	batch := f.batch
	f.batch = make([]event.Recorded, 0, followBatch)
	return f.take(ctx, batch)
}

// check compares a checkpoint with the event that the log holds at its position.
func (l *Log) check(ctx context.Context, c event.Checkpoint) error {
	if c.Number == 0 {
		return nil
	}
	if c.Epoch != l.epoch {
		return ErrCheckpoint
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	at := esdb.Position{Commit: c.Position.Commit, Prepare: c.Position.Prepare}
	_, err := call(ctx, l.connection, func(client *esdb.Client) (struct{}, error) {
		read, err := client.ReadAll(ctx, esdb.ReadAllOptions{From: at}, 1)
		if err != nil {
			return struct{}{}, translate(err)
		}
		defer read.Close()
		resolved, err := read.Recv()
		switch {
		case err != nil && grpcUnavailable(err):
			return struct{}{}, translate(err)
		case err != nil || resolved.OriginalEvent().EventID != c.EventID:
			return struct{}{}, ErrCheckpoint
		}
		return struct{}{}, nil
	})
	return err
}

func startOf(c event.Checkpoint) esdb.AllPosition {
	if c.Number == 0 {
		return esdb.Start{}
	}
	return esdb.Position{Commit: c.Position.Commit, Prepare: c.Position.Prepare}
}
