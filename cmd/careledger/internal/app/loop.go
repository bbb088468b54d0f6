package app

import (
	"context"
	"errors"
	"time"
)

// keepRunning runs work again whenever it ends, with pauses from 100 ms to 5 s, until ctx ends.
func (a *App) keepRunning(ctx context.Context, name string, work func(ctx context.Context) error) {
	const shortest, longest = 100 * time.Millisecond, 5 * time.Second
	pause, restarts := shortest, a.metrics.restarts.WithLabelValues(name)
	for ctx.Err() == nil {
		started := time.Now()
		err := work(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) > time.Minute {
			pause = shortest
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			a.options.Logger.Warn("a part of the work broke off and is started again", "part", name, "pause", pause, "error", err)
		}
		restarts.Inc()
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
		pause = min(2*pause, longest)
	}
}

// pace keeps repeated work apart: an insert costs nearly the same for one row and for a thousand, so events that come
// close together are taken together, and the more of them come, the longer they are waited for. Work after a quiet time
// is not held up.
type pace struct {
	least, most time.Duration
	each        time.Duration // for each event taken
	last        time.Time
}

// after waits, where the work before ended less than that time ago, for the rest of it.
func (p *pace) after(ctx context.Context, events int) {
	wait := min(max(p.least, time.Duration(events)*p.each), p.most) - time.Since(p.last)
	if p.last.IsZero() || wait <= 0 {
		p.last = time.Now()
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	p.last = time.Now()
}
