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
	var measured []Measured
	for _, g := range neededBy(definitions) {
		for _, some := range portions(months) {
			rows, err := e.Store.Measure(ctx, g, Bounds{Prefecture: e.Plan.Prefecture, Number: number, Months: some, From: e.Plan.BaselineOn + 1})
			if err != nil {
				return nil, fmt.Errorf("count %s: %w", g, err)
			}
			measured = append(measured, rows...)
		}
	}
	t := newTally(e.Areas, measured)
	areas := e.Areas.All()
	var cells []Number
	for _, d := range definitions {
		cells = append(cells, numbers(d, areas, months, t)...)
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

func neededBy(definitions []plan.Definition) []Group {
	var groups []Group
	for _, d := range definitions {
		for _, g := range GroupsOf(d) {
			if !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	return groups
}
