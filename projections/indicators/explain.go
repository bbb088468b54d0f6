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
	due := s.due(months, codes, variant, known)
	now := s.Now().UTC()
	cells := make([]Cell, 0, len(areas)*len(due))
	for _, a := range areas {
		for _, d := range due {
			n, ok := known[cellKey{d.Code, d.Variant, a.Code, d.month}]
			if !ok {
				n = Number{Area: a.Code, Month: d.month, Position: frontier, ComputedAt: now}
			}
			c := d.cell(n, ask, s.Engine.Plan.Tolerance)
			c.Complete = c.Complete && !parked.touch(n)
			cells = append(cells, c)
		}
	}
	return cells
}

// due is a definition in a month, with what is the same for all areas: there are tens of thousands of cells.
type due struct {
	plan.Definition
	month                   calendar.Month
	period                  string
	stock, closed, complete bool
	denominator             *float64 // of the prefecture, by which a target that follows a count is divided
}

func (s *Service) due(months []calendar.Month, codes []string, variant string, known map[cellKey]Number) (all []due) {
	today, root := calendar.DayOf(s.Now()), s.root().Code
	for _, month := range months {
		for _, d := range s.Engine.Plan.In(month) {
			if len(codes) > 0 && !slices.Contains(codes, d.Code) || variant != "" && variant != d.Variant {
				continue
			}
			period, end := d.PeriodType().Of(month), month.Last()
			all = append(all, due{
				Definition: d, month: month, period: period.String(), stock: !slices.ContainsFunc(GroupsOf(d), Group.IsFlow),
				closed: end == period.Last && today > end, complete: end == period.Last && today > end+calendar.Day(s.Engine.Plan.DaysUntilComplete),
				denominator: known[cellKey{d.Code, d.Variant, root, month}].Denominator,
			})
		}
	}
	return all
}

// cell judges a number by what is asked of its area.
func (d due) cell(n Number, ask demands, tolerance float64) Cell {
	c := Cell{
		Code: d.Code, Area: n.Area, Period: d.period, Month: n.Month, Value: n.Value, Unit: d.Unit, Numerator: n.Numerator,
		Denominator: n.Denominator, Definition: DefinitionRef{d.Version, d.Variant}, Targets: []plan.Assessment{},
		ComputedAt: n.ComputedAt, Position: n.Position, Records: n.Records, Stock: d.stock,
		PeriodClosed: d.closed, Complete: d.complete, Status: plan.NoTarget,
	}
	if n.Value == nil {
		c.Status = plan.NoData
	}
	for _, t := range ask.of(d.Definition, n.Area, n.Month) {
		a := d.Assess(t, n.Value, n.Month.Last(), tolerance, ask.followed(t, d.Definition, n.Month, d.denominator))
		c.Targets = append(c.Targets, a)
		if t.Official {
			c.Target, c.Expected, c.Status = &a, a.Expected, a.Status
		}
	}
	return c
}
