package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"
)

// subject is what appends can be measured on.
type subject interface {
	pid() int // of its server
	writer(ctx context.Context) (writer, error)
}

// writer appends events behind the revision expected of stream (-1: it is new), durable when it returns nil.
type writer interface {
	append(ctx context.Context, stream string, expected int64, events ...event) error
	io.Closer
}

// load is a closed loop: each writer sends its next append when the last one is acknowledged.
type load struct {
	writers, size int // events an append
	during        time.Duration
	seed, stage   uint64
}

// streamsKept is how many streams a writer appends to in turn; like real ledgers, many streams that grow slowly.
const streamsKept = 200

type measured struct {
	events  int64
	took    time.Duration
	latency *hdrhistogram.Histogram // of an append, µs
	used    used
}

func (m measured) rate() float64 { return float64(m.events) / m.took.Seconds() }

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, time.Minute.Microseconds(), 3)
}

// on runs the load on s.
func (l load) on(ctx context.Context, s subject) (measured, error) {
	results := make([]measured, l.writers)
	writers := make([]writer, l.writers)
	for i := range writers {
		w, err := s.writer(ctx)
		if err != nil {
			return measured{}, fmt.Errorf("open writer %d: %w", i, err)
		}
		defer w.Close()
		writers[i] = w
	}
	group, ctx := errgroup.WithContext(ctx)
	before, started := processor(s.pid()), time.Now()
	for i := range writers {
		group.Go(func() (err error) {
			results[i], err = l.write(ctx, writers[i], uint64(i), started.Add(l.during))
			return err
		})
	}
	err := group.Wait()
	total := measured{took: time.Since(started), latency: newHistogram(), used: processor(s.pid()).minus(before)}
	for _, r := range results {
		if r.latency != nil {
			total.events += r.events
			total.latency.Merge(r.latency)
		}
	}
	return total, err
}

func (l load) write(ctx context.Context, w writer, number uint64, until time.Time) (measured, error) {
	m := measured{latency: newHistogram()}
	maker := newMaker(l.seed, l.stage, number)
	revisions := [streamsKept]int64{}
	events := make([]event, l.size)
	for now := time.Now(); now.Before(until); {
		slot := maker.rand.IntN(streamsKept)
		elder := mix(l.seed<<48 | l.stage<<32 | number<<16 | uint64(slot))
		for i := range events {
			events[i] = maker.visit(elder)
		}
		begun := time.Now()
		if err := w.append(ctx, stream(elder), revisions[slot]-1, events...); err != nil {
			return m, err
		}
		now = time.Now()
		if err := m.latency.RecordValue(now.Sub(begun).Microseconds()); err != nil {
			return m, err
		}
		revisions[slot] += int64(l.size)
		m.events += int64(l.size)
	}
	return m, nil
}
