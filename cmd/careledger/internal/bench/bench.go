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
// answer until the prefecture's number counted it.
func (b Bench) Visible(ctx context.Context, perSecond int, during time.Duration, month string) (Times, error) {
	const portion = 25
	run := uuid.NewString()
	total := int(during.Seconds()) * perSecond
	accepted := make([]time.Time, 0, total)
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		tick := time.NewTicker(time.Second * portion / time.Duration(perSecond))
		defer tick.Stop()
		for from := 0; from < total; from += portion {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-tick.C:
			}
			if err := b.send(ctx, run, from, portion, month+"-09"); err != nil {
				return err
			}
			mu.Lock()
			for range portion {
				accepted = append(accepted, time.Now())
			}
			mu.Unlock()
		}
		return nil
	})
	var times Times
	deadline := time.Now().Add(during + time.Minute)
	for len(times) < total && time.Now().Before(deadline) && ctx.Err() == nil {
		time.Sleep(25 * time.Millisecond) // between two looks, so that looking is not what is measured
		seen, err := b.seen(ctx, month)
		if err != nil {
			return nil, errors.Join(err, group.Wait())
		}
		now := time.Now()
		mu.Lock()
		for len(times) < min(seen, len(accepted)) {
			times = append(times, now.Sub(accepted[len(times)]))
		}
		mu.Unlock()
	}
	err := group.Wait()
	if err == nil && len(times) < total {
		err = fmt.Errorf("only %d of %d visits became visible", len(times), total)
	}
	slices.Sort(times)
	return times, err
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
