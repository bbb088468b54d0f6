package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// fill appends events one by one with 64 writers: each elder's first event, then each one's second, … in another order
// every time, so that a stream is asked for again only when it has long left every cache.
type fill struct {
	elders  uint64
	passes  int
	windows []float64 // events a second of each window, in order
	say     func(format string, values ...any)
	raw     atomic.Int64
	done    atomic.Int64

	mu   sync.Mutex
	last time.Time
}

const (
	fillers      = 64
	windowEvents = 100_000
)

func (f *fill) run(ctx context.Context, s subject, seed uint64) error {
	f.last = time.Now()
	for pass := range f.passes {
		if err := f.pass(ctx, s, seed, pass); err != nil {
			return fmt.Errorf("append the events: %w", err)
		}
	}
	return nil
}

// pass ends when all its appends are acknowledged, since the next pass counts on them.
func (f *fill) pass(ctx context.Context, s subject, seed uint64, pass int) error {
	var next atomic.Uint64
	order := newOrder(f.elders, seed+uint64(pass))
	group, ctx := errgroup.WithContext(ctx)
	for w := range fillers {
		group.Go(func() error {
			writer, err := s.writer(ctx)
			if err != nil {
				return err
			}
			defer writer.Close()
			maker := newMaker(seed, uint64(1_000+pass), uint64(w))
			for i := next.Add(1) - 1; i < f.elders; i = next.Add(1) - 1 {
				n := order.at(i)
				e, name := maker.visit(n), stream(n)
				if err := writer.append(ctx, name, int64(pass)-1, e); err != nil {
					return err
				}
				f.count(e.raw(name))
			}
			return nil
		})
	}
	return group.Wait()
}

func (f *fill) count(raw int) {
	f.raw.Add(int64(raw))
	if f.done.Add(1)%windowEvents != 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.windows = append(f.windows, windowEvents/now.Sub(f.last).Seconds())
	f.last = now
	if len(f.windows)%10 == 0 {
		f.say("%s so far, %s in the last window", quantity(float64(f.done.Load()), "events"), quantity(f.windows[len(f.windows)-1], "/s"))
	}
}

// slope is how much the rate of the windows changes from the first to the last, by the line that fits them best, as a
// part of their mean.
func (f *fill) slope() float64 {
	n := float64(len(f.windows))
	if n < 2 {
		return 0
	}
	var sumX, sumY, sumXY, sumXX float64
	for i, y := range f.windows {
		x := float64(i)
		sumX, sumY, sumXY, sumXX = sumX+x, sumY+y, sumXY+x*y, sumXX+x*x
	}
	perWindow := (n*sumXY - sumX*sumY) / (n*sumXX - sumX*sumX)
	return perWindow * (n - 1) / (sumY / n)
}

// order is a permutation of the numbers below n: a walk of a fixed step that has no factor in common with n.
type order struct{ n, start, step uint64 }

func newOrder(n, seed uint64) order {
	o := order{n: n, start: mix(seed) % n, step: mix(seed+1)%n | 1}
	for gcd(o.step, n) != 1 {
		o.step += 2
	}
	return o
}

func (o order) at(i uint64) uint64 { return (o.start + i*o.step) % o.n }

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
