package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/projection"
	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/projections/alerts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/lineage"
	"github.com/careledger/careledger/projections/projector"
	"github.com/careledger/careledger/projections/registers"
)

// prefecture is what is done for one prefecture: its facts and cells are kept, its cells judged. Whichever process holds
// the lease on a part of it does it.
type prefecture struct {
	app     *App
	plan    *plan.Plan
	areas   *area.Table
	sets    *sets
	targets *targets

	discarded map[int]bool // sets
	progress  progress
}

func (a *App) newPrefecture(p *plan.Plan, areas *area.Table) *prefecture {
	return &prefecture{app: a, plan: p, areas: areas, sets: newSets(a, p.Prefecture), targets: newTargets(a, p), discarded: map[int]bool{}}
}

// cells answers numbers from the set that serves just now.
func (p *prefecture) cells() *indicators.Service {
	shelf, _ := p.sets.shelf()
	return p.cellsOf(shelf)
}

func (p *prefecture) cellsOf(s indicators.Store) *indicators.Service {
	return &indicators.Service{Engine: indicators.Engine{Plan: p.plan, Areas: p.areas, Store: s}, Store: s, Now: p.app.options.Now, Adopted: p.targets.adopted}
}

// lineage answers what is behind cells, all from the set that serves just now.
func (p *prefecture) lineage() *lineage.Service {
	shelf, w := p.sets.shelf()
	return &lineage.Service{Plan: p.plan, Areas: p.areas, Cells: p.cellsOf(shelf), Store: w}
}

func (p *prefecture) code() string { return p.plan.Prefecture }

// run does what the process's roles ask for until ctx ends; each part runs again when it breaks off.
func (p *prefecture) run(ctx context.Context) {
	var parts sync.WaitGroup
	defer parts.Wait()
	parts.Go(func() { p.app.keepRunning(ctx, "sets-"+p.code(), p.sets.follow) })
	parts.Go(func() { p.app.keepRunning(ctx, "targets-"+p.code(), p.targets.follow) })
	if !p.sets.wait(ctx) {
		return
	}
	if p.app.options.has(Projector) {
		parts.Go(func() { p.feedSets(ctx) })
		parts.Go(func() { p.keep(ctx, "builder-"+p.code(), p.build) })
	}
	if p.app.options.has(Alerts) {
		parts.Go(func() { p.keep(ctx, "alerts-"+p.code(), p.watchAlerts) })
	}
}

// keep does a piece of work whenever this process holds the lease on it.
func (p *prefecture) keep(ctx context.Context, name string, work func(ctx context.Context, term uint64) error) {
	p.app.keepRunning(ctx, name, func(ctx context.Context) error { return p.app.hold(ctx, name, p.reluctance, work) })
}

// reluctance spreads the prefectures over the processes that share a log: each is first taken by the one that serves its
// page, then by whoever projects the fewest.
func (p *prefecture) reluctance() time.Duration {
	wait := time.Duration(p.app.projecting.Load()) * 200 * time.Millisecond
	if !p.app.options.has(API) || p.code() != p.app.plan.Prefecture {
		wait += 400 * time.Millisecond
	}
	return min(wait, time.Second)
}

func (p *prefecture) project(ctx context.Context, term uint64, set int) error {
	a := p.app
	a.projecting.Add(1)
	defer a.projecting.Add(-1)
	w := a.engines.warehouse.Set(set)
	if err := w.Migrate(ctx); err != nil {
		return err
	}
	m := a.metrics.meter(p.code(), set)
	if err := m.begin(ctx, p); err != nil {
		return err
	}
	defer a.metrics.following.begin(m, p)()
	a.options.Logger.Info("this process projects", "prefecture", p.code(), "set", set, "term", term)
	way := a.spans.trail(func() bool { return p.sets.serves(set) })
	store := way.store(w)
	work := projector.Projector{
		Engine: indicators.Engine{Plan: p.plan, Areas: p.areas, Store: store}, Store: store, Epoch: a.engines.log.Epoch(), Term: term, Mismatch: mismatch, Meter: m,
		Quiet: func() bool { return !p.sets.serves(set) }, Now: a.options.Now, Logger: a.options.Logger.With("part", "projector", "prefecture", p.code(), "set", set),
		Feed: func(ctx context.Context, from event.Checkpoint, take func(context.Context, []event.Recorded, bool) error) error {
			return p.feed(ctx, set, from, way.take(take))
		},
		Announce: func(ctx context.Context, n projector.Notice) error { return p.announce(ctx, set, n, way) },
		Lookup:   a.engines.log.Event, Replays: p.replays, Worth: worth,
	}
	return work.Run(ctx)
}

// announce tells open pages what has changed in the set that serves. It may be lost: they ask again by themselves.
func (p *prefecture) announce(ctx context.Context, set int, n projector.Notice, way *trail) error {
	if !p.sets.serves(set) {
		return nil
	}
	done := way.announce(n)
	err := p.app.engines.bus.Announce(ctx, noticeCells, n.Prefecture, n)
	done(err)
	if err != nil {
		p.app.options.Logger.Debug("a notice of changed cells was not sent", "error", err)
	}
	return nil
}

func (p *prefecture) feed(ctx context.Context, set int, from event.Checkpoint, take func(context.Context, []event.Recorded, bool) error) error {
	o := bus.FeedOptions{Name: consumerOf(set), Prefecture: p.code(), From: from, MaxBatch: 40_000, MaxWait: 50 * time.Millisecond}
	rest := pace{least: 100 * time.Millisecond, each: time.Millisecond, most: 500 * time.Millisecond}
	return p.app.engines.bus.Feed(ctx, p.app.engines.log, o, func(ctx context.Context, b bus.Batch) error {
		late := p.app.options.Now().Sub(b.Events[len(b.Events)-1].Metadata.RecordedAt) > farBehind
		err := take(ctx, b.Events, b.Live || !late)
		if !late {
			rest.after(ctx, len(b.Events))
		}
		return err
	})
}

// farBehind is from when on a projector does not wait for batches to fill, and hardly counts, until it has caught up.
const farBehind = 10 * time.Second

// worth is some times what two questions about single subjects take: they are asked at once, and for a moment leave little to
// whoever sends a command.
const worth = 500 * time.Millisecond

func consumerOf(set int) string {
	if set == projection.First {
		return "projector"
	}
	return fmt.Sprintf("projector-set%d", set)
}

func (p *prefecture) watchAlerts(ctx context.Context, _ uint64) error {
	a := p.app
	w := alerts.Watcher{
		Cells: func(ctx context.Context) (indicators.Answer, error) {
			return p.cells().History(ctx, p.plan.BaselineOn.Month(), indicators.Counties)
		},
		Head: func() uint64 { return a.newest(p.code()) },
		Open: func(ctx context.Context) ([]registers.Alert, error) {
			return p.sets.serving().Alerts(ctx, p.code(), nil, "open")
		},
		Say: p.sayAlerts, Settle: time.Duration(p.plan.AlertSettleSecs) * time.Second, Now: a.options.Now,
		Logger: a.options.Logger.With("part", "alerts", "prefecture", p.code()),
	}
	return w.Run(ctx)
}

// sayAlerts appends a verdict, each alert in its own stream.
func (p *prefecture) sayAlerts(ctx context.Context, v alerts.Verdict) error {
	for _, r := range v.Raise {
		if err := p.sayAlert(ctx, r.Alert.String(), r); err != nil && !errors.Is(err, alert.ErrAlreadyOpen) {
			return err
		}
	}
	for _, r := range v.Resolve {
		if err := p.sayAlert(ctx, r.Alert.String(), r.Resolve); err != nil && !errors.Is(err, alert.ErrNotOpen) {
			return err
		}
	}
	return nil
}

func (p *prefecture) sayAlert(ctx context.Context, id string, c alert.Command) error {
	now := p.app.options.Now()
	outcome := command.Execute(ctx, p.app.handler, alert.Decider(), "alert-"+p.code()+"-"+id, []command.Item[alert.Command]{{
		Context: command.ProcessContext("alerts", now), OccurredOn: calendar.DayOf(now), Command: c,
	}})[0]
	if outcome.Err != nil {
		return outcome.Err
	}
	if err := p.app.engines.bus.Announce(ctx, noticeAlerts, p.code(), alertNotice{ID: id}); err != nil {
		p.app.options.Logger.Debug("a notice of an alert was not sent", "error", err)
	}
	return nil
}
