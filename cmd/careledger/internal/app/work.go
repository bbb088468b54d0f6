package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/careledger/careledger/domain/reservation"
	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/notify"
)

// startWork starts what the roles ask for; each part runs again when it breaks off.
func (a *App) startWork(ctx context.Context) {
	o := a.options
	keep := func(name string, work func(ctx context.Context) error) {
		a.work.Go(func() { a.keepRunning(ctx, name, work) })
	}
	a.work.Go(func() {
		select {
		case err := <-a.engines.failed():
			a.fail(err)
		case <-ctx.Done():
		}
	})
	if o.EventStore != "" {
		keep("epoch", a.watchLog)
	}
	keep("heads", a.followHeads)
	keep("trim", a.trim)
	if o.has(API) {
		keep("live", a.followNotices(noticeCells))
		keep("alert notices", a.followNotices(noticeAlerts))
		keep("clerk", a.clerk)
		keep("roots", a.keepRoots)
		keep("erasures", a.erasePeople)
		a.prefectures.serve()
	}
	if o.has(Relay) {
		keep("relay", a.publish)
	}
	keep("prefectures", a.prefectures.follow)
	if o.has(Alerts) && o.Webhook != "" {
		keep("webhook", func(ctx context.Context) error { return a.hold(ctx, "webhook", nil, a.tellWebhook) })
	}
}

// lease is this process's claim to a piece of work that only one may do at a time.
func (a *App) lease(name string, reluctance func() time.Duration) *eventstore.Lease {
	return &eventstore.Lease{
		Log: a.engines.log, Name: name, Holder: a.instance, Alone: a.engines.storeServer != nil, Reluctance: reluctance,
	}
}

// headEvery bounds how often open pages are told of a new head.
const headEvery = time.Second

// followHeads keeps the heads that the relay announces, and tells open pages of the prefecture's, so that they see that
// the numbers are behind even while nothing counts.
func (a *App) followHeads(ctx context.Context) error {
	var told uint64
	var last time.Time
	return a.engines.bus.Heads(ctx, func(prefecture string, number uint64) error {
		now := time.Now()
		a.head(prefecture).heard(number, a.options.Now())
		if prefecture != a.plan.Prefecture && prefecture != wholeLedger {
			return nil
		}
		newest := a.newest(a.plan.Prefecture)
		a.due.heard(newest, now)
		if newest > told && now.Sub(last) >= headEvery {
			told, last = newest, now
			a.hub.publish("head", fmt.Appendf(nil, `{"prefecture":%q,"head":"%d"}`, a.plan.Prefecture, told))
		}
		return nil
	})
}

// followNotices tells open pages what the bus says of their prefecture.
func (a *App) followNotices(kind string) func(context.Context) error {
	return func(ctx context.Context) error {
		return a.engines.bus.Notices(ctx, kind, func(prefecture string, body []byte) error {
			if prefecture == a.plan.Prefecture {
				a.hub.publish(kind, append([]byte{}, body...))
			}
			return nil
		})
	}
}

const (
	// stuckFor is how long a process keeps the relay from whose hands the bus takes nothing, where others may have better
	// luck; standBack is for how long it then leaves the place free. Others look several times within it.
	stuckFor  = 15 * time.Second
	standBack = 2 * time.Second
)

// publish relays the log to the bus while no other process does.
func (a *App) publish(ctx context.Context) error {
	for {
		err := a.hold(ctx, "relay", nil, a.relay)
		if !errors.Is(err, bus.ErrStuck) {
			return err
		}
		a.options.Logger.Warn("the bus takes nothing from this process, another may relay now", "for", stuckFor)
		timer := time.NewTimer(standBack)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// relay publishes the log, and finishes beside it what hangs between two streams.
func (a *App) relay(ctx context.Context, _ uint64) error {
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer cancel()
	for name, kind := range map[string]reservation.Kind{"admissions": a.admit, "enrolments": a.enrol} {
		beside.Go(func() { a.keepRunning(ctx, name, a.track(kind, name)) })
	}
	o := bus.RelayOptions{Checkpoints: a.engines.log.Checkpoints("relay")}
	if a.engines.storeServer == nil { // others may share the log
		o.GiveUp = stuckFor
	}
	return a.engines.bus.Relay(ctx, a.engines.log, o)
}

// watchLog ends the process when the log was put back to an earlier state under it: what it remembers of commands and
// heads is of another log.
func (a *App) watchLog(ctx context.Context) error {
	const pause = 2 * time.Second
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		replaced, err := a.engines.log.Replaced(ctx)
		if err != nil {
			continue // the log is away: others say so
		}
		if replaced {
			a.fail(errReplaced)
			<-ctx.Done()
			return ctx.Err()
		}
	}
}

var errReplaced = errors.New("the log of --eventstore was restored or replaced while this process ran: start it again / 事件库已被恢复或替换，请重新启动本进程")

func (a *App) clerk(ctx context.Context) error {
	c := clerk{log: a.engines.log, prefecture: a.plan.Prefecture, area: a.areas.Root().Code, now: a.options.Now}
	content, err := json.Marshal(a.plan)
	if err != nil {
		return err
	}
	if err := c.adopt(ctx, a.plan.ID, content, a.areas.Text()); err != nil {
		return err
	}
	return c.closeDays(ctx)
}

func (a *App) track(kind reservation.Kind, name string) func(context.Context) error {
	return func(ctx context.Context) error {
		t := reservation.Tracker{
			Kind: kind, Log: a.engines.log, Store: a.engines.log.Note(name), Timeout: 30 * time.Second, Grace: 5 * time.Second,
			Now: a.options.Now, Logger: a.options.Logger.With("part", name),
		}
		return t.Run(ctx)
	}
}

func (a *App) tellWebhook(ctx context.Context, _ uint64) error {
	w := notify.Webhook{
		URL: a.options.Webhook, Log: a.engines.log, Store: a.engines.log.Note("webhook"), Client: &http.Client{Timeout: 10 * time.Second},
		Now: a.options.Now, Logger: a.options.Logger.With("part", "webhook"),
	}
	return w.Run(ctx)
}
