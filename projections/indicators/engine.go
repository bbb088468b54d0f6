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

// Compute counts definitions for those of the months in which they are the valid version, up to a ledger number, in every
// area of the prefecture.
func (e *Engine) Compute(ctx context.Context, definitions []plan.Definition, months []calendar.Month, number uint64) ([]Number, error) {
	bounds := Bounds{Prefecture: e.Plan.Prefecture, Number: number, From: e.Plan.BaselineOn + 1}
	t := newTally(e.Areas)
	for _, n := range neededBy(definitions) {
		bounds.Measures = n.measures
		for _, bounds.Months = range portions(months) {
			rows, err := e.Store.Measure(ctx, n.group, bounds)
			if err != nil {
				return nil, fmt.Errorf("count %s: %w", n.group, err)
			}
			t.take(n.group, rows)
		}
	}
	var cells []Number
	for _, d := range definitions {
		counts := slices.DeleteFunc(slices.Clone(months), func(m calendar.Month) bool { return !e.Plan.Counts(d, m) })
		cells = append(cells, t.numbers(d, counts)...)
	}
	return cells, nil
}

// portions are months in order, in runs that are counted at once.
func portions(months []calendar.Month) [][]calendar.Month {
	months = slices.Sorted(slices.Values(months))
	var all [][]calendar.Month
	for len(months) > 0 {
		n := len(months)
		if i := slices.IndexFunc(months, func(m calendar.Month) bool { return m >= months[0]+MostMonths }); i > 0 {
			n = i
		}
		all = append(all, months[:n:n])
		months = months[n:]
	}
	return all
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

// needed is what one query is asked for.
type needed struct {
	group    Group
	measures []Asked
}

func neededBy(definitions []plan.Definition) []*needed {
	var all []*needed
	for _, d := range definitions {
		for _, m := range measuresOf(d) {
			for _, g := range m.groups() {
				i := slices.IndexFunc(all, func(n *needed) bool { return n.group == g.family() })
				if i < 0 {
					i, all = len(all), append(all, &needed{group: g.family()})
				}
				for _, a := range m.asked(d) {
					if !slices.Contains(all[i].measures, a) {
						all[i].measures = append(all[i].measures, a)
					}
				}
			}
		}
	}
	return all
}
