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
	bounds := Bounds{Prefecture: e.Plan.Prefecture, Number: number, Months: months, From: e.Plan.BaselineOn + 1}
	var measured []Measured
	for _, g := range neededBy(definitions) {
		rows, err := e.Store.Measure(ctx, g, bounds)
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", g, err)
		}
		measured = append(measured, rows...)
	}
	t := newTally(e.Areas, measured)
	areas := e.Areas.All()
	var cells []Number
	for _, d := range definitions {
		cells = append(cells, numbers(d, areas, months, t)...)
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
