package publication

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/publication"
	"github.com/careledger/careledger/projections/indicators"
)

// Rules are a plan and a table of areas, with the hashes by which the log knows them.
type Rules struct {
	Plan        *plan.Plan
	Areas       *area.Table
	PlanSHA256  string
	AreasSHA256 string
}

// NewRules hashes a plan and a table as they are adopted.
func NewRules(p *plan.Plan, areas *area.Table) (Rules, error) {
	content, err := json.Marshal(p)
	if err != nil {
		return Rules{}, fmt.Errorf("write the plan: %w", err)
	}
	return Rules{Plan: p, Areas: areas, PlanSHA256: HashOf(content), AreasSHA256: HashOf([]byte(areas.Text()))}, nil
}

// Document answers the file of a publication: as it was kept, else made anew from the log.
func (p *Publisher) Document(ctx context.Context, s publication.Sealed) ([]byte, error) {
	all, err := p.List(ctx)
	if err != nil {
		return nil, err
	}
	c, err := p.kept(ctx, s, all)
	if err != nil {
		return nil, err
	}
	return Resealed(c, s.Hash, s.Key, s.Signature)
}

// Recompute makes the file of a publication anew from the log, whether or not it was kept. ErrDiffers where the log does
// not give what was sealed.
func (p *Publisher) Recompute(ctx context.Context, s publication.Sealed) ([]byte, error) {
	all, err := p.List(ctx)
	if err != nil {
		return nil, err
	}
	c, err := p.again(ctx, s, all)
	if err != nil {
		return nil, err
	}
	return Resealed(c, s.Hash, s.Key, s.Signature)
}

// again counts what was sealed before. The facts are whole up to its position when they hold its own event, which came
// after it.
func (p *Publisher) again(ctx context.Context, s publication.Sealed, all []publication.Sealed) (Content, error) {
	counted, err := p.Store().Frontier(ctx, p.prefecture())
	if err != nil {
		return Content{}, fmt.Errorf("read the frontier: %w", err)
	}
	if counted <= s.Position {
		return Content{}, ErrCatching
	}
	return p.content(ctx, s, all)
}

// kept answers the content of a publication. What was lost is made anew, and kept again.
func (p *Publisher) kept(ctx context.Context, s publication.Sealed, all []publication.Sealed) (c Content, err error) {
	if text, there := p.Files.Get(s.Hash); there {
		return c, json.Unmarshal(text, &c)
	}
	if c, err = p.again(ctx, s, all); err != nil {
		return c, err
	}
	text, err := Canonical(c)
	if err != nil {
		return c, err
	}
	if HashOf(text) != s.Hash {
		return c, ErrDiffers
	}
	return c, p.Files.Put(s.Hash, text)
}

// content counts the cells of a publication at its position, by the rules of then.
func (p *Publisher) content(ctx context.Context, s publication.Sealed, all []publication.Sealed) (Content, error) {
	rules, err := p.rulesOf(ctx, s)
	if err != nil {
		return Content{}, err
	}
	adopted, err := p.Targets(ctx, s.Plan)
	if err != nil {
		return Content{}, fmt.Errorf("read the adopted targets: %w", err)
	}
	adopted = adopted[:min(s.Targets, len(adopted))] // others came later
	store := p.Store()
	service := indicators.Service{
		Engine: indicators.Engine{Plan: rules.Plan, Areas: rules.Areas, Store: store}, Store: store,
		Now: func() time.Time { return noon(s.SealedOn) }, Adopted: func() []plan.AreaTarget { return adopted },
	}
	counted, err := service.At(ctx, s.Period, s.Position)
	if err != nil {
		return Content{}, fmt.Errorf("count the cells: %w", err)
	}
	c := Content{
		Format: Format, Publication: s.Publication, Prefecture: rules.Areas.Root().Code, Period: s.Period, Revision: s.Revision, SealedOn: s.SealedOn,
		Position: s.Position, Head: Head{p.Ledger, s.Position, s.Root}, AreasSHA256: s.AreasSHA256, Facts: s.Facts, Areas: areasOf(rules.Areas),
		Definitions: definitionsOf(rules.Plan, s.Period), Cells: cellsOf(counted, s.Position),
		Plan: Plan{
			ID: rules.Plan.ID, Name: rules.Plan.Name, NameZh: rules.Plan.NameZh, Source: rules.Plan.Source, BaselineOn: rules.Plan.BaselineOn,
			Deadline: rules.Plan.Deadline, SHA256: s.PlanSHA256,
		},
	}
	if s.Supersedes != nil {
		c.Reasons, err = p.reasons(ctx, s, c, rules.Areas, all)
	}
	return c, err
}

// reasons compares with the publication before.
func (p *Publisher) reasons(ctx context.Context, s publication.Sealed, c Content, areas *area.Table, all []publication.Sealed) (*Reasons, error) {
	was, there := publication.State{All: all}.Find(*s.Supersedes)
	if !there {
		return nil, errors.New("the publication before is not in the log")
	}
	before, err := p.kept(ctx, was, all)
	if err != nil {
		return nil, fmt.Errorf("read the publication before: %w", err)
	}
	late, err := p.Store().Late(ctx, p.prefecture(), was.Position, s.Position)
	if err != nil {
		return nil, fmt.Errorf("count what came late: %w", err)
	}
	return &Reasons{
		Supersedes: Superseded{was.Publication, was.Revision, was.Position, was.Hash}, Cells: changes(before.Cells, c.Cells), Events: gather(areas, late),
	}, nil
}

// rulesOf answers the rules by which a publication was counted.
func (p *Publisher) rulesOf(ctx context.Context, s publication.Sealed) (Rules, error) {
	if s.PlanSHA256 == p.Rules.PlanSHA256 && s.AreasSHA256 == p.Rules.AreasSHA256 {
		return p.Rules, nil
	}
	rules, err := p.Adopted(ctx, s.Plan, s.PlanSHA256, s.AreasSHA256)
	if err != nil {
		return rules, fmt.Errorf("find the plan and areas of a publication: %w", err)
	}
	return rules, nil
}

// noon is an instant of a statistical day.
func noon(d calendar.Day) time.Time { return d.Time().Add(4 * time.Hour) }
