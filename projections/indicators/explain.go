package indicators

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

type cellKey struct {
	code, variant, area string
	month               calendar.Month
}

type stockKey struct {
	code, variant string
	version       int
}

func stockOf(d plan.Definition) stockKey { return stockKey{d.Code, d.Variant, d.Version} }

// explain turns kept numbers into cells. What is parked is asked after they were read: an event that was parked before
// they were counted is then seen.
func (s *Service) explain(ctx context.Context, kept []Number, areas []area.Area, months []calendar.Month, codes []string, variant string, f Folded) ([]Cell, error) {
	var all []Doubt
	var ask demands
	var failed [2]error
	var both sync.WaitGroup
	both.Go(func() { all, failed[0] = s.Store.Doubts(ctx, s.Engine.Plan.Prefecture, f) })
	both.Go(func() { ask, failed[1] = s.asking(ctx, areas, months, codes, f.Number, time.Time{}) })
	both.Wait()
	if err := errors.Join(failed[:]...); err != nil {
		return nil, err
	}
	return s.judge(kept, areas, months, codes, variant, f.Number, ask, newDoubts(s.Engine.Areas, all)), nil
}

// judge makes cells, for each area and month in the plan's order, with targets and status.
func (s *Service) judge(kept []Number, areas []area.Area, months []calendar.Month, codes []string, variant string, frontier uint64, ask demands, parked doubts) []Cell {
	known := make(map[cellKey]Number, len(kept))
	for _, n := range kept {
		known[cellKey{n.Code, n.Variant, n.Area, n.Month}] = n
	}
	root := s.root().Code
	definitions := make([][]plan.Definition, len(months))
	for i, month := range months {
		definitions[i] = s.Engine.Plan.In(month)
	}
	stocks := map[stockKey]bool{} // looked up once for each definition: there are tens of thousands of cells
	for _, d := range s.Engine.Plan.Definitions {
		stocks[stockOf(d)] = !slices.ContainsFunc(GroupsOf(d), Group.IsFlow)
	}
	var cells []Cell
	for _, a := range areas {
		for i, month := range months {
			for _, d := range definitions[i] {
				if len(codes) > 0 && !slices.Contains(codes, d.Code) || variant != "" && variant != d.Variant {
					continue
				}
				n, ok := known[cellKey{d.Code, d.Variant, a.Code, month}]
				if !ok {
					n = Number{Area: a.Code, Month: month, Position: frontier, ComputedAt: s.Now().UTC()}
				}
				c := s.cell(d, n, ask, known[cellKey{d.Code, d.Variant, root, month}].Denominator)
				c.Stock = stocks[stockOf(d)]
				c.Complete = c.Complete && !parked.touch(n)
				cells = append(cells, c)
			}
		}
	}
	return cells
}

// cell judges a number by what is asked of its area. prefectureDenominator is what a target that follows a count is divided
// by.
func (s *Service) cell(d plan.Definition, n Number, ask demands, prefectureDenominator *float64) Cell {
	p := s.Engine.Plan
	today, end := calendar.DayOf(s.Now()), n.Month.Last()
	period := d.PeriodType().Of(n.Month)
	c := Cell{
		Code: d.Code, Area: n.Area, Period: period.String(), Month: n.Month, Value: n.Value, Unit: d.Unit, Numerator: n.Numerator,
		Denominator: n.Denominator, Definition: DefinitionRef{d.Version, d.Variant}, Targets: []plan.Assessment{},
		ComputedAt: n.ComputedAt, Position: n.Position, Records: n.Records,
		PeriodClosed: end == period.Last && today > end, Complete: end == period.Last && today > end+calendar.Day(p.DaysUntilComplete),
		Status: plan.NoTarget,
	}
	if n.Value == nil {
		c.Status = plan.NoData
	}
	for _, t := range ask.of(d, n.Area, n.Month) {
		a := d.Assess(t, n.Value, end, p.Tolerance, ask.followed(t, d, n.Month, prefectureDenominator))
		c.Targets = append(c.Targets, a)
		if t.Official {
			c.Target, c.Expected, c.Status = &a, a.Expected, a.Status
		}
	}
	return c
}
