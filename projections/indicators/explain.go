package indicators

import (
	"context"
	"slices"

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
	all, err := s.Store.Doubts(ctx, s.Engine.Plan.Prefecture, f)
	if err != nil {
		return nil, err
	}
	return s.judge(kept, areas, months, codes, variant, f.Number, newDoubts(s.Engine.Areas, all)), nil
}

// judge makes cells, for each area and month in the plan's order, with targets and status.
func (s *Service) judge(kept []Number, areas []area.Area, months []calendar.Month, codes []string, variant string, frontier uint64, parked doubts) []Cell {
	known := make(map[cellKey]Number, len(kept))
	for _, n := range kept {
		known[cellKey{n.Code, n.Variant, n.Area, n.Month}] = n
	}
	root := s.root().Code
	var cells []Cell
	for _, a := range areas {
		for _, month := range months {
			for _, d := range s.Engine.Plan.Definitions {
				if len(codes) > 0 && !slices.Contains(codes, d.Code) || variant != "" && variant != d.Variant {
					continue
				}
				n, ok := known[cellKey{d.Code, d.Variant, a.Code, month}]
				if !ok {
					n = Number{Area: a.Code, Month: month, Position: frontier, ComputedAt: s.Now().UTC()}
				}
				c := s.cell(d, n, a.Code == root, known[cellKey{d.Code, d.Variant, root, month}].Denominator)
				c.Complete = c.Complete && !parked.touch(n)
				cells = append(cells, c)
			}
		}
	}
	return cells
}

// cell judges a number by the plan. whole says that its area is the plan's own; prefectureDenominator is what a target
// that follows a count is divided by.
func (s *Service) cell(d plan.Definition, n Number, whole bool, prefectureDenominator *float64) Cell {
	p := s.Engine.Plan
	today, end := calendar.DayOf(s.Now()), n.Month.Last()
	period := d.PeriodType().Of(n.Month)
	c := Cell{
		Code: d.Code, Area: n.Area, Period: period.String(), Month: n.Month, Value: n.Value, Unit: d.Unit, Numerator: n.Numerator,
		Denominator: n.Denominator, Definition: DefinitionRef{d.Version, d.Variant}, Targets: []plan.Assessment{},
		ComputedAt: n.ComputedAt, Position: n.Position, Records: n.Records,
		PeriodClosed: end == period.Last && today > end, Complete: end == period.Last && today > end+calendar.Day(p.DaysUntilComplete),
		Status: plan.NoTarget, Stock: !slices.ContainsFunc(GroupsOf(d), Group.IsFlow),
	}
	if n.Value == nil {
		c.Status = plan.NoData
	}
	if !whole && !d.IsRatio() {
		return c // a count's target is the prefecture's until it is allotted
	}
	for _, t := range d.Targets {
		a := t.Assess(n.Value, d.Unit, end, p.Tolerance, s.followed(t, d, end, prefectureDenominator))
		c.Targets = append(c.Targets, a)
		if t.Official {
			c.Target, c.Expected, c.Status = &a, a.Expected, a.Status
		}
	}
	return c
}

// followed is the trajectory of a target that follows a count by division.
func (s *Service) followed(t plan.Target, d plan.Definition, end calendar.Day, denominator *float64) *float64 {
	if t.Follows == "" || denominator == nil || *denominator == 0 {
		return nil
	}
	count, ok := s.Engine.Plan.Find(t.Follows, plan.Official)
	if !ok || len(count.Targets) == 0 {
		return nil
	}
	expected, ok := count.Targets[0].Expected(end)
	if !ok {
		return nil
	}
	expected = expected / *denominator * d.Scale
	return &expected
}
