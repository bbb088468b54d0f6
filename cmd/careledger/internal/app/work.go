package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/reservation"
	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/infra/notify"
	"github.com/careledger/careledger/projections/alerts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/projector"
	"github.com/careledger/careledger/projections/registers"
)

// noticeCells is the kind of notice that tells pages which cells changed.
const noticeCells = "cells"

// startWork starts what the roles ask for; each part runs again when it breaks off.
func (a *App) startWork(ctx context.Context) {
	o := a.options
	keep := func(name string, work func(ctx context.Context) error) {
		a.work.Go(func() { keepRunning(ctx, o.Logger, name, work) })
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
		keep("live", a.followNotices)
		keep("alert notices", a.followAlerts)
	}
	if o.has(Relay) {
		keep("relay", a.relay)
		keep("clerk", a.clerk)
		keep("admissions", a.track(a.admit, "admissions"))
		keep("enrolments", a.track(a.enrol, "enrolments"))
	}
	if o.has(Projector) {
		keep("projector", a.project)
	}
	if o.has(Alerts) {
		keep("alerts", a.watchAlerts)
		if o.Webhook != "" {
			keep("webhook", a.tellWebhook)
		}
	}
}

// headEvery bounds how often open pages are told of a new head.
const headEvery = time.Second

// followHeads keeps the heads that the relay announces, and tells open pages of the prefecture's, so that they see that
// the numbers are behind even while nothing counts. A head never sinks while this process runs: a relay that reads the
// log anew begins low.
func (a *App) followHeads(ctx context.Context) error {
	var told uint64
	var last time.Time
	return a.engines.bus.Heads(ctx, func(prefecture string, number uint64) error {
		h, now := a.head(prefecture), time.Now()
		if number > h.Load() {
			h.Store(number)
		}
		if prefecture != a.plan.Prefecture && prefecture != wholeLedger {
			return nil
		}
		a.due.heard(a.newest(), now)
		if a.newest() > told && now.Sub(last) >= headEvery {
			told, last = a.newest(), now
			a.hub.publish("head", fmt.Appendf(nil, `{"prefecture":%q,"head":"%d"}`, a.plan.Prefecture, told))
		}
		return nil
	})
}

func (a *App) followNotices(ctx context.Context) error {
	return a.engines.bus.Notices(ctx, noticeCells, func(_ string, body []byte) error {
		a.hub.publish(noticeCells, append([]byte{}, body...))
		return nil
	})
}

// followAlerts tells open pages of alerts as they come off the bus.
func (a *App) followAlerts(ctx context.Context) error {
	return a.engines.bus.Notices(ctx, "alerts", func(_ string, body []byte) error {
		a.hub.publish("alerts", append([]byte{}, body...))
		return nil
	})
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

func (a *App) relay(ctx context.Context) error {
	return a.engines.bus.Relay(ctx, a.engines.log, bus.RelayOptions{Checkpoints: a.engines.log.Checkpoints("relay")})
}

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

func (a *App) project(ctx context.Context) error {
	w := a.engines.warehouse
	if err := w.Migrate(ctx); err != nil {
		return err
	}
	p := projector.Projector{
		Engine: indicators.Engine{Plan: a.plan, Areas: a.areas, Store: w}, Store: w, Epoch: a.engines.log.Epoch(), Mismatch: mismatch,
		Feed: func(ctx context.Context, from event.Checkpoint, take func(context.Context, []event.Recorded, bool) error) error {
			o := bus.FeedOptions{Prefecture: a.plan.Prefecture, From: from, MaxBatch: 5000, MaxWait: 50 * time.Millisecond}
			rest := pace{least: 100 * time.Millisecond, each: time.Millisecond, most: 500 * time.Millisecond}
			return a.engines.bus.Feed(ctx, a.engines.log, o, func(ctx context.Context, b bus.Batch) error {
				a.lag.Store(b.Events[len(b.Events)-1].Metadata.RecordedAt)
				err := take(ctx, b.Events, b.Live)
				rest.after(ctx, len(b.Events))
				return err
			})
		},
		Announce: func(ctx context.Context, n projector.Notice) error {
			// A notice may be lost: pages ask again by themselves.
			if err := a.engines.bus.Announce(ctx, noticeCells, n.Prefecture, n); err != nil {
				a.options.Logger.Debug("a notice of changed cells was not sent", "error", err)
			}
			return nil
		},
		Now: a.options.Now, Logger: a.options.Logger.With("part", "projector"),
	}
	return p.Run(ctx)
}

func (a *App) watchAlerts(ctx context.Context) error {
	w := alerts.Watcher{
		Cells: a.countyCells,
		Head:  a.newest,
		Open: func(ctx context.Context) ([]registers.Alert, error) {
			return a.engines.warehouse.Alerts(ctx, a.plan.Prefecture, nil, "open")
		},
		Say: a.sayAlerts, Settle: time.Duration(a.plan.AlertSettleSecs) * time.Second, Now: a.options.Now,
		Logger: a.options.Logger.With("part", "alerts"),
	}
	return w.Run(ctx)
}

// countyCells answers the official cells of every county and month.
func (a *App) countyCells(ctx context.Context) (indicators.Answer, error) {
	return a.cells.History(ctx, indicators.Counties)
}

// sayAlerts appends a verdict, each alert in its own stream.
func (a *App) sayAlerts(ctx context.Context, v alerts.Verdict) error {
	for _, r := range v.Raise {
		if err := a.sayAlert(ctx, event.Metadata{Area: r.Area}.Prefecture(), r.Alert.String(), r); err != nil && !errors.Is(err, alert.ErrAlreadyOpen) {
			return err
		}
	}
	for _, r := range v.Resolve {
		if err := a.sayAlert(ctx, a.plan.Prefecture, r.Alert.String(), r.Resolve); err != nil && !errors.Is(err, alert.ErrNotOpen) {
			return err
		}
	}
	return nil
}

func (a *App) sayAlert(ctx context.Context, prefecture, id string, c alert.Command) error {
	now := a.options.Now()
	outcome := command.Execute(ctx, a.handler, alert.Decider(), "alert-"+prefecture+"-"+id, []command.Item[alert.Command]{{
		Context: command.ProcessContext("alerts", now), OccurredOn: calendar.DayOf(now), Command: c,
	}})[0]
	if outcome.Err != nil {
		return outcome.Err
	}
	if err := a.engines.bus.Announce(ctx, "alerts", prefecture, map[string]string{"id": id}); err != nil {
		a.options.Logger.Debug("a notice of an alert was not sent", "error", err)
	}
	return nil
}

func (a *App) tellWebhook(ctx context.Context) error {
	w := notify.Webhook{
		URL: a.options.Webhook, Log: a.engines.log, Store: a.engines.log.Note("webhook"), Client: &http.Client{Timeout: 10 * time.Second},
		Now: a.options.Now, Logger: a.options.Logger.With("part", "webhook"),
	}
	return w.Run(ctx)
}
