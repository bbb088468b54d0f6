package app

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/blobs"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/publication"
)

// PublicationsDir is where the documents lie below the data directory. Each can be made again from the log by the version that
// sealed it; a backup holds them for the versions after it.
const PublicationsDir = "publications"

// publisher seals what the prefecture of this process publishes.
func (a *App) publisher() (*publication.Publisher, error) {
	rules, err := publication.NewRules(a.plan, a.areas)
	if err != nil {
		return nil, err
	}
	return &publication.Publisher{
		Rules: rules, Adopted: a.adopted, Targets: a.areaTargets, Ledger: a.engines.log.Ledger(), Facts: facts.Version, Handler: a.handler, Reach: reach(a.roots),
		Store: func() publication.Store { return a.own.sets.serving() }, Files: blobs.In(a.options.below(PublicationsDir)), Key: a.vault.Signing,
		Now: a.options.Now,
	}, nil
}

func reach(roots *eventstore.Roots) func(context.Context) (publication.Reached, error) {
	return func(ctx context.Context) (publication.Reached, error) {
		r, err := roots.Reach(ctx)
		return publication.Reached{Size: r.Size, Root: r.Root.String(), Last: r.Last}, err
	}
}

// rootsEvery is how often the ledger's root is brought up to date, so that sealing does not have to read much.
const rootsEvery = 5 * time.Minute

func (a *App) keepRoots(ctx context.Context) error {
	tick := time.NewTicker(rootsEvery)
	defer tick.Stop()
	for {
		if _, err := a.roots.Reach(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// adopted finds a plan and a table of areas that were in force once.
func (a *App) adopted(ctx context.Context, planID, planSHA256, areasSHA256 string) (rules publication.Rules, err error) {
	rules.PlanSHA256, rules.AreasSHA256 = planSHA256, areasSHA256
	content, err := a.find(ctx, plan.Stream(a.plan.Prefecture, planID), func(e event.Event) ([]byte, bool) {
		p, ok := e.(ledger.PlanAdopted)
		return p.Content, ok && p.SHA256 == planSHA256
	})
	if err != nil {
		return rules, err
	}
	if rules.Plan, err = plan.Read(bytes.NewReader(content)); err != nil {
		return rules, err
	}
	table, err := a.find(ctx, "areas-"+a.plan.Prefecture, func(e event.Event) ([]byte, bool) {
		t, ok := e.(ledger.AreasAdopted)
		return []byte(t.Content), ok && t.SHA256 == areasSHA256
	})
	if err != nil {
		return rules, err
	}
	rules.Areas, err = area.Load(strings.NewReader(string(table)))
	return rules, err
}

// areaTargets reads what was adopted for areas by a plan.
func (a *App) areaTargets(ctx context.Context, planID string) ([]plan.AreaTarget, error) {
	events, err := a.engines.log.Load(ctx, plan.Stream(a.plan.Prefecture, planID), 0)
	var all []plan.AreaTarget
	for _, r := range events {
		if t, is := plan.AreaTargetOf(r.Event); is {
			all = append(all, t)
		}
	}
	return all, err
}

// find answers what the first event of a stream says that is the one.
func (a *App) find(ctx context.Context, stream string, is func(event.Event) ([]byte, bool)) ([]byte, error) {
	events, err := a.engines.log.Load(ctx, stream, 0)
	if err != nil {
		return nil, err
	}
	for _, r := range events {
		if content, ok := is(r.Event); ok {
			return content, nil
		}
	}
	return nil, fmt.Errorf("%s does not hold it", stream)
}
