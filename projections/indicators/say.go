package indicators

import (
	"context"
	"slices"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

// say puts into words how cells of one month stand. below answers numbers of the townships of an area, for the codes that
// are behind; nil: only what is missing in the area itself is said.
func (s *Service) say(ctx context.Context, cells []Cell, month calendar.Month, below func(ctx context.Context, areas, codes []string) ([]Number, error)) error {
	var behind, townships []string
	for _, c := range cells {
		d, known := s.Engine.Plan.FindIn(c.Code, c.Definition.Variant, month)
		if below == nil || c.Status != plan.Behind || !known || !d.IsRatio() || len(s.townships(c.Area)) == 0 {
			continue
		}
		behind, townships = append(behind, c.Code), append(townships, s.townships(c.Area)...)
	}
	known := map[cellKey]Number{}
	if len(behind) > 0 {
		slices.Sort(townships)
		slices.Sort(behind)
		numbers, err := below(ctx, slices.Compact(townships), slices.Compact(behind))
		if err != nil {
			return err
		}
		for _, n := range numbers {
			known[cellKey{n.Code, n.Variant, n.Area, n.Month}] = n
		}
	}
	for i, c := range cells {
		d, _ := s.Engine.Plan.FindIn(c.Code, c.Definition.Variant, month)
		standing := words.Standing{Plan: s.Engine.Plan, Definition: d, Value: c.Value, Numerator: c.Numerator, Denominator: c.Denominator, Target: c.Target}
		if c.Status == plan.Behind {
			standing.Below = s.shortBelow(standing, c.Area, month, known)
		}
		cells[i].Words = words.Of(standing)
	}
	return nil
}

// shortBelow counts the townships of an area that are short of the area's line.
func (s *Service) shortBelow(of words.Standing, code string, month calendar.Month, known map[cellKey]Number) (short words.Below) {
	for _, township := range s.townships(code) {
		n, there := known[cellKey{of.Definition.Code, of.Definition.Variant, township, month}]
		if !there || n.Value == nil {
			continue
		}
		of.Value, of.Numerator, of.Denominator = n.Value, n.Numerator, n.Denominator
		if missing, counted := of.Missing(); counted && missing > 0 {
			short.Townships++
			short.Missing += missing
		}
	}
	return short
}

// townships lists the codes of the townships below an area; none of a township.
func (s *Service) townships(code string) []string {
	var codes []string
	for _, a := range s.Engine.Areas.Within(code) {
		if a.Code != code && a.Level == area.Township {
			codes = append(codes, a.Code)
		}
	}
	return codes
}
