package app

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/plan"
)

// targets are what a plan's stream says of targets of areas.
type targets struct {
	app    *App
	stream string
	known  atomic.Pointer[[]plan.AreaTarget]
}

func newTargets(a *App, p *plan.Plan) *targets {
	return &targets{app: a, stream: plan.Stream(p.Prefecture, p.ID)}
}

// adopted answers them in the log's order.
func (t *targets) adopted() []plan.AreaTarget {
	if all := t.known.Load(); all != nil {
		return *all
	}
	return nil
}

func (t *targets) load(ctx context.Context) error {
	events, err := t.app.engines.log.Load(ctx, t.stream, 0)
	if err != nil {
		return err
	}
	all := []plan.AreaTarget{}
	for _, r := range events {
		if a, is := plan.AreaTargetOf(r.Event); is {
			a.RecordedAt = r.Metadata.RecordedAt
			all = append(all, a)
		}
	}
	t.known.Store(&all)
	return nil
}

// follow reads them anew whenever the stream has gained one, until ctx ends.
func (t *targets) follow(ctx context.Context) error {
	from, err := t.app.engines.log.End(ctx) // what is appended from here on is heard, and all before is read
	if err != nil {
		return err
	}
	if err := t.load(ctx); err != nil {
		return err
	}
	var types []string
	for _, typ := range plan.Types() {
		types = append(types, typ.Name)
	}
	return t.app.engines.log.Watch(ctx, from, types, func(ctx context.Context, events []event.Recorded, _ event.Position) error {
		if slices.ContainsFunc(events, func(r event.Recorded) bool { return r.Stream == t.stream }) {
			return t.load(ctx)
		}
		return nil
	})
}
