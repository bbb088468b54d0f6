package embedded

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	firstPause   = 50 * time.Millisecond
	longestPause = 5 * time.Second
	steadyAfter  = 30 * time.Second // a child that lived so long was not broken from the start
)

// keep replaces the child whenever it ends or stops answering, until ctx ends.
func (s *Supervisor) keep(ctx context.Context, c *child) {
	pause := firstPause
	for {
		began := time.Now()
		if c != nil {
			s.attend(ctx, c)
		}
		if ctx.Err() != nil {
			return
		}
		if c != nil && time.Since(began) > steadyAfter {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
		var err error
		if c, err = s.start(ctx); err != nil && ctx.Err() == nil {
			s.options.Logger.Error("warehouse did not start", "error", err, "again_in", pause)
		}
	}
}

const failuresToRestart = 3

// attend returns when c has ended: by itself, because ctx ended, or because it no longer answered.
func (s *Supervisor) attend(ctx context.Context, c *child) {
	tick := time.NewTicker(s.options.ProbeEvery)
	defer tick.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			c.stop(drainTime+stopTime, s.haste)
			return
		case <-c.over.Done():
			s.options.Logger.Warn("warehouse ended", "how", c.how())
			return
		case <-tick.C:
			switch {
			case s.answers(ctx, c, s.options.ProbeTimeout):
				failures = 0
				continue
			case ctx.Err() != nil || c.over.Err() != nil:
				continue
			}
			if failures++; failures == failuresToRestart {
				s.options.Logger.Error("warehouse does not answer and is restarted")
				c.kill()
			}
		}
	}
}

// answers reports whether the engine says that it is well. It ends with c: a probe would else wait in the listener's queue
// for the very child that is started after it.
func (s *Supervisor) answers(ctx context.Context, c *child, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	defer context.AfterFunc(c.over, cancel)()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/ping", nil)
	if err != nil {
		return false
	}
	response, err := s.probe.Do(r)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// start starts a child and waits until it answers.
func (s *Supervisor) start(ctx context.Context) (*child, error) {
	c, err := startChild(s.options, s.listener, s.password)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.options.StartTimeout)
	defer cancel()
	const again = 20 * time.Millisecond
	for !s.answers(ctx, c, time.Second) {
		select {
		case <-c.over.Done():
			return nil, fmt.Errorf("start warehouse: %w", c.why(s.options.Library))
		case <-ctx.Done():
			c.kill()
			return nil, fmt.Errorf("start warehouse: no answer: %w", ctx.Err())
		case <-time.After(again):
		}
	}
	return c, nil
}
