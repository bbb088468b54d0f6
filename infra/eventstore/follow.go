package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"

	"github.com/careledger/careledger/domain/event"
)

// ErrCheckpoint is answered when a checkpoint does not match this log: another ledger, or an older log was restored.
// What was derived from it must be thrown away and built anew.
var ErrCheckpoint = errors.New("the checkpoint does not match the log")

const (
	followBatch  = 1000
	searchWindow = 32 // events that the log looks through at a time; after 1,000 such windows it tells where it is
)

// Follow calls take with the events after from, in ledger order, numbered, in batches of at most 1,000: first what is
// there, then live, until ctx ends, take fails or the connection breaks (the caller follows again from its checkpoint).
func (l *Log) Follow(ctx context.Context, from event.Checkpoint, take func(ctx context.Context, events []event.Recorded) error) error {
	if err := l.Check(ctx, from); err != nil {
		return err
	}
	number := from.Number
	f := follower{log: l, take: func(ctx context.Context, events []event.Recorded, _ event.Position) error {
		if len(events) == 0 {
			return nil
		}
		for i := range events {
			number++
			events[i].Number = number
		}
		return take(ctx, events)
	}}
	return f.run(ctx, esdb.SubscribeToAllOptions{From: startOf(from.Position)})
}

// Watch calls take with the events of some types after a position, in ledger order, not numbered, in batches of at most
// 1,000, until ctx ends, take fails or the connection breaks. At is how far the log has been looked through; from time
// to time take is called without events, only to tell it. The log sends nothing else over: it is the cheap way to wait
// for what is rare.
func (l *Log) Watch(
	ctx context.Context, from event.Position, types []string, take func(ctx context.Context, events []event.Recorded, at event.Position) error,
) error {
	f := follower{log: l, take: take}
	return f.run(ctx, esdb.SubscribeToAllOptions{
		From: startOf(from), MaxSearchWindow: searchWindow, CheckpointInterval: followBatch,
		Filter: &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: types},
	})
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
	log   *Log
	batch []event.Recorded
	at    event.Position
	told  event.Position
	take  func(context.Context, []event.Recorded, event.Position) error
}

func (f *follower) run(ctx context.Context, o esdb.SubscribeToAllOptions) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	subscription, err := call(ctx, f.log.connection, func(client *esdb.Client) (*esdb.Subscription, error) {
		subscription, err := client.SubscribeToAll(ctx, o)
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
	return f.follow(ctx, received)
}

func (f *follower) follow(ctx context.Context, received <-chan *esdb.SubscriptionEvent) error {
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
		if err := f.flush(ctx); err != nil { // what lies before what is damaged
			return err
		}
		return fmt.Errorf("follow the log: %w", f.log.connection.note(translate(e.SubscriptionDropped.Error)))
	case e.CheckPointReached != nil:
		f.at = event.Position{Commit: e.CheckPointReached.Commit, Prepare: e.CheckPointReached.Prepare}
		return nil
	case e.EventAppeared == nil:
		return nil
	}
	n := len(f.batch)
	f.batch = append(f.batch, event.Recorded{})
	if !f.log.ours(e.EventAppeared.OriginalEvent(), &f.batch[n]) {
		f.batch = f.batch[:n]
		return nil
	}
	f.at = f.batch[n].Position
	if len(f.batch) < followBatch {
		return nil
	}
	return f.flush(ctx)
}

func (f *follower) flush(ctx context.Context) error {
	if len(f.batch) == 0 && f.at == f.told { // a store may keep its first event at position zero
		return nil
	}
	batch := f.batch
	f.batch, f.told = make([]event.Recorded, 0, len(batch)), f.at
	return f.take(ctx, batch, f.at)
}

// End is where the log ends just now, whatever lies there; zero where it is empty.
func (l *Log) End(ctx context.Context) (event.Position, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return call(ctx, l.connection, func(client *esdb.Client) (event.Position, error) {
		read, err := client.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.End{}, Direction: esdb.Backwards}, 1)
		if err != nil {
			return event.Position{}, translate(err)
		}
		defer read.Close()
		resolved, err := read.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return event.Position{}, nil
		case err != nil:
			return event.Position{}, translate(err)
		}
		at := resolved.OriginalEvent().Position
		return event.Position{Commit: at.Commit, Prepare: at.Prepare}, nil
	})
}

// Check compares a checkpoint with the event that the log holds at its position; ErrCheckpoint where they differ.
func (l *Log) Check(ctx context.Context, c event.Checkpoint) error {
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
		case err != nil && (grpcUnavailable(err) || grpcCode(err) == codes.DataLoss):
			return struct{}{}, translate(err)
		case err != nil || resolved.OriginalEvent().EventID != c.EventID:
			return struct{}{}, ErrCheckpoint
		}
		return struct{}{}, nil
	})
	return err
}

func startOf(p event.Position) esdb.AllPosition {
	if p == (event.Position{}) {
		return esdb.Start{}
	}
	return esdb.Position{Commit: p.Commit, Prepare: p.Prepare}
}
