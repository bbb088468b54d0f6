package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/cmd/careledger/internal/demo"
)

// Bench measures a server that holds the demonstration.
type Bench struct{ Client *client.Client }

// Times are sorted durations.
type Times []time.Duration

// At answers a percentile, 0 to 100.
func (t Times) At(p float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	return t[min(len(t)-1, int(float64(len(t))*p/100))]
}

// Scoreboard asks n times for every indicator of every county of November 2022.
func (b Bench) Scoreboard(ctx context.Context, n int) (Times, error) {
	var times Times
	for range n {
		started := time.Now()
		var raw []byte
		if err := b.Client.Get(ctx, "/api/v1/indicators?area=532600&period=2022-11&level=county", &raw); err != nil {
			return nil, err
		}
		times = append(times, time.Since(started))
	}
	slices.Sort(times)
	return times, nil
}

// visit is a home visit of the demonstration's n-th elder, with a key of its own in this run.
func visit(run string, n int, on string) (path string, c demo.Command) {
	elder := demo.ID("elder", n%10_000).String()
	body := fmt.Appendf(nil, `{"occurred_on":%q,"mode":"home","outcome":"seen"}`, on)
	return "/api/v1/elders/" + elder + "/visits", demo.Command{
		Key: fmt.Sprintf("bench/%s/%d", run, n), Type: "log-home-visit", Target: map[string]string{"elder": elder}, Body: body,
	}
}

// Single sends single visits at a rate for a while; the times are from sending to the durable answer.
func (b Bench) Single(ctx context.Context, perSecond int, during time.Duration) (Times, error) {
	run := uuid.NewString()
	var mu sync.Mutex
	var times Times
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(64)
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for n := range int(during.Seconds()) * perSecond {
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), group.Wait())
		case <-tick.C:
		}
		group.Go(func() error {
			path, c := visit(run, n, "2022-12-05")
			started := time.Now()
			if err := b.Client.Send(ctx, path, c.Key, c.Body); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, time.Since(started))
			return nil
		})
	}
	err := group.Wait()
	slices.Sort(times)
	return times, err
}

// Batch sends visits in batches, each visit to another stream, a few batches at a time, and answers how many were
// durable each second.
func (b Bench) Batch(ctx context.Context, batches, size, beside int) (float64, error) {
	run := uuid.NewString()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(beside)
	started := time.Now()
	for i := range batches {
		group.Go(func() error { return b.send(ctx, run, i*size, size, fmt.Sprintf("2023-%02d-15", 1+i%12)) })
	}
	err := group.Wait()
	return float64(batches*size) / time.Since(started).Seconds(), err
}

func (b Bench) send(ctx context.Context, run string, from, size int, on string) error {
	commands := make([]demo.Command, size)
	for i := range commands {
		_, commands[i] = visit(run, from+i, on)
	}
	var answer struct {
		Results []struct {
			Status string `json:"status"`
		} `json:"results"`
	}
	if err := b.Client.Post(ctx, "/api/v1/commands", map[string]any{"commands": commands}, &answer); err != nil {
		return err
	}
	for _, r := range answer.Results {
		if r.Status != "accepted" {
			return fmt.Errorf("a visit was %s", r.Status)
		}
	}
	return nil
}

// Visible sends visits of people not yet seen in a month at a rate, and answers how long each took from its durable
// answer until an open page could show it: the server had told of new cells, and had answered the prefecture's number that
// counts the visit.
func (b Bench) Visible(ctx context.Context, perSecond int, during time.Duration, month string) (Times, error) {
	total := int(during.Seconds()) * perSecond
	ctx, cancel := context.WithTimeout(ctx, during+time.Minute)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	told := make(chan struct{}, 1)
	group.Go(func() error {
		err := b.Client.Live(ctx, func(event string) {
			if event != "cells" {
				return
			}
			select {
			case told <- struct{}{}:
			default:
			}
		})
		if ctx.Err() != nil { // all is seen
			return nil
		}
		return errors.Join(err, errors.New("the stream of changes broke off"))
	})
	s := sent{portion: max(25, perSecond/20), month: month}
	group.Go(func() error { return s.sendAll(ctx, b, total, perSecond) })
	var times Times
	group.Go(func() error {
		defer cancel()
		for len(times) < total {
			select {
			case <-told:
			case <-time.After(time.Second): // a page asks by itself too
			case <-ctx.Done():
				return fmt.Errorf("only %d of %d visits became visible: %w", len(times), total, ctx.Err())
			}
			seen, err := b.seen(ctx, month)
			if err != nil {
				return err
			}
			times = s.visible(times, seen)
		}
		return nil
	})
	err := group.Wait()
	slices.Sort(times)
	return times, err
}

// sent are visits that a server has accepted, in order.
type sent struct {
	portion int
	month   string

	mu       sync.Mutex
	accepted []time.Time
}

func (s *sent) sendAll(ctx context.Context, b Bench, total, perSecond int) error {
	run := uuid.NewString()
	tick := time.NewTicker(time.Second * time.Duration(s.portion) / time.Duration(perSecond))
	defer tick.Stop()
	for from := 0; from < total; from += s.portion {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := b.send(ctx, run, from, s.portion, s.month+"-09"); err != nil {
			return err
		}
		s.mu.Lock()
		for range s.portion {
			s.accepted = append(s.accepted, time.Now())
		}
		s.mu.Unlock()
	}
	return nil
}

// visible adds the times of those that are seen now.
func (s *sent) visible(times Times, seen int) Times {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(times) < min(seen, len(s.accepted)) {
		times = append(times, now.Sub(s.accepted[len(times)]))
	}
	return times
}

// seen is how many people the prefecture's monthly visit rate counts as seen.
func (b Bench) seen(ctx context.Context, month string) (int, error) {
	var answer struct {
		Items []struct {
			Numerator *float64 `json:"numerator"`
		} `json:"items"`
	}
	err := b.Client.Get(ctx, "/api/v1/indicators?area=532600&code=monthly-visit-rate&period="+month, &answer)
	if err != nil || len(answer.Items) == 0 || answer.Items[0].Numerator == nil {
		return 0, err
	}
	return int(*answer.Items[0].Numerator), nil
}
