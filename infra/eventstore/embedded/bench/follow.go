package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// follower measures a subscription to $all while events are appended at a fixed rate, whether or not the store keeps
// up (an open loop): each append has its time, and who is late does not wait for the next.
type follower struct {
	perSecond    int
	acknowledged []atomic.Int64 // µs since the start
	seen         []atomic.Int64
	started      time.Time
}

const paced = 256 // writers that share the appends

func (b *bench) follow(ctx context.Context) (err error) {
	s, err := b.startServer(ctx, filepath.Join(b.dir, "followed"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	const perSecond = 5000
	n := perSecond * int(b.scale.follow/time.Second)
	f := &follower{perSecond: perSecond, acknowledged: make([]atomic.Int64, n), seen: make([]atomic.Int64, n)}
	subscription, err := s.client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	defer func() { _ = subscription.Close() }() // all it had to hear was heard
	f.started = time.Now()
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return f.receive(subscription) })
	for w := range paced {
		group.Go(func() error { return f.send(groupCtx, esdbWriter{s.client}, b.seed, w) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("follow the log: %w", err)
	}
	return b.reportFollow(f)
}

// send appends every paced-th event in its time.
func (f *follower) send(ctx context.Context, to writer, seed uint64, w int) error {
	maker := newMaker(seed, 500, uint64(w))
	for n := w; n < len(f.seen); n += paced {
		elder := mix(seed<<32 | uint64(n))
		e := maker.visit(elder)
		e.id = numbered(n)
		if wait := time.Until(f.dueAt(n)); wait > 0 {
			time.Sleep(wait)
		}
		if err := to.append(ctx, stream(elder), -1, e); err != nil {
			return err
		}
		f.acknowledged[n].Store(time.Since(f.started).Microseconds())
	}
	return nil
}

func (f *follower) dueAt(n int) time.Time {
	return f.started.Add(time.Duration(n) * time.Second / time.Duration(f.perSecond))
}

func numbered(n int) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:], 1)
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func (f *follower) receive(subscription *esdb.Subscription) error {
	for got := 0; got < len(f.seen); {
		e := subscription.Recv()
		if e.SubscriptionDropped != nil {
			return e.SubscriptionDropped.Error
		}
		if e.EventAppeared == nil {
			continue
		}
		n := binary.BigEndian.Uint64(e.EventAppeared.OriginalEvent().EventID[8:])
		f.seen[n].Store(time.Since(f.started).Microseconds())
		got++
	}
	return nil
}

func (b *bench) reportFollow(f *follower) error {
	delay, whole := newHistogram(), newHistogram()
	for n := range f.seen {
		seen := f.seen[n].Load()
		// a subscriber may see an event before its writer's answer has arrived
		err := delay.RecordValue(max(0, seen-f.acknowledged[n].Load()))
		due := f.dueAt(n).Sub(f.started).Microseconds()
		if err := errors.Join(err, whole.RecordValue(max(0, seen-due))); err != nil {
			return err
		}
	}
	last := f.acknowledged[len(f.acknowledged)-1].Load()
	b.report.atMost(5, "a subscriber's delay from acknowledgement, p99", float64(delay.ValueAtQuantile(99))/1000, "ms",
		fmt.Sprintf("at %.0f appends/s, paced; %s", float64(len(f.seen))/(float64(last)/1e6), percentiles(delay)))
	b.report.note("… from when the append was due, p99", float64(whole.ValueAtQuantile(99))/1000, "ms", percentiles(whole))
	return nil
}
