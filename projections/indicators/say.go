package indicators

import (
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

// say puts into words how cells of one month stand. numbers of the areas below them say where what is missing is missing;
// without any, only what is missing in the area itself is said.
func (s *Service) say(cells []Cell, month calendar.Month, numbers []Number) {
	below := make(map[cellKey]Number, len(numbers))
	for _, n := range numbers {
		below[cellKey{n.Code, n.Variant, n.Area, n.Month}] = n
	}
	townships := map[string][]string{}
	for i, c := range cells {
		d, _ := s.Engine.Plan.FindIn(c.Code, c.Definition.Variant, month)
		standing := words.Standing{Plan: s.Engine.Plan, Definition: d, Value: c.Value, Numerator: c.Numerator, Denominator: c.Denominator, Target: c.Target}
		if c.Status == plan.Behind && d.IsRatio() && len(below) > 0 {
			if _, known := townships[c.Area]; !known {
				townships[c.Area] = s.townships(c.Area)
			}
			standing.Below = shortBelow(standing, townships[c.Area], month, below)
		}
		cells[i].Words = words.Of(standing)
	}
}

// shortBelow counts the townships of an area that are short of the area's line.
func shortBelow(of words.Standing, townships []string, month calendar.Month, known map[cellKey]Number) (short words.Below) {
	for _, township := range townships {
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
