package indicators

import (
	"context"
	"fmt"
	"slices"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

// Measurer runs a group's query.
type Measurer interface {
	Measure(ctx context.Context, g Group, b Bounds) ([]Measured, error)
}

// Engine counts the indicators of one prefecture's plan.
type Engine struct {
	Plan  *plan.Plan
	Areas *area.Table
	Store Measurer
}

// Compute counts definitions for the months, up to a ledger number, in every area of the prefecture.
func (e *Engine) Compute(ctx context.Context, definitions []plan.Definition, months []calendar.Month, number uint64) ([]Number, error) {
	bounds := Bounds{Prefecture: e.Plan.Prefecture, Number: number, From: e.Plan.BaselineOn + 1}
	sorted := slices.Clone(months)
	slices.Sort(sorted)
	t := newTally(e.Areas)
	for _, n := range neededBy(definitions) {
		bounds.Measures, bounds.Period = n.measures, n.period
		for _, bounds.Months = range n.group.rounds(sorted) {
			rows, err := e.Store.Measure(ctx, n.group, bounds)
			if err != nil {
				return nil, fmt.Errorf("count %s: %w", n.group, err)
			}
			t.take(n.group, n.period, rows)
		}
	}
	var cells []Number
	for _, d := range definitions {
		cells = append(cells, t.numbers(d, months)...)
	}
	return cells, nil
}

// Touched lists the definitions that a group feeds.
func (e *Engine) Touched(g Group) []plan.Definition {
	var touched []plan.Definition
	for _, d := range e.Plan.Definitions {
		if slices.Contains(GroupsOf(d), g) {
			touched = append(touched, d)
		}
	}
	return touched
}

// needed is what one group is asked for, over one kind of period.
type needed struct {
	group    Group
	period   calendar.PeriodType
	measures []string
}

func neededBy(definitions []plan.Definition) []*needed {
	var all []*needed
	for _, d := range definitions {
		for _, m := range measuresOf(d) {
			for _, g := range m.groups() {
				period := m.period(d)
				i := slices.IndexFunc(all, func(n *needed) bool { return n.group == g && n.period == period })
				if i < 0 {
					i, all = len(all), append(all, &needed{group: g, period: period})
				}
				if !slices.Contains(all[i].measures, m.Word) {
					all[i].measures = append(all[i].measures, m.Word)
				}
			}
		}
	}
	return all
}
