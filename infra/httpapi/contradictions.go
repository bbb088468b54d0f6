package httpapi

import (
	"cmp"
	"slices"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/feasibility"
)

// Contradiction is a finding with the passages of the plan that it follows from, so that it can be looked up.
type Contradiction struct {
	feasibility.Finding
	Unit    string   `json:"unit" doc:"Of the claim's number and of its readings; empty where it is about no claim"`
	Sources []string `json:"sources" doc:"The passages of the plan: of the claim, of the figures, of the indicators' targets"`
}

// statedNumbers are the numbers of a finding that the plan's text may state of a measure.
var statedNumbers = []string{"forecast", "figure", "stated", "numerator", "denominator", "part", "whole"}

func contradictionOf(p *plan.Plan, f feasibility.Finding) Contradiction {
	c := Contradiction{Finding: f, Sources: []string{}}
	cite := func(source string) {
		if source != "" && !slices.Contains(c.Sources, source) {
			c.Sources = append(c.Sources, source)
		}
	}
	for _, claim := range p.Claims {
		if claim.ID == f.Claim {
			c.Unit = claim.Unit
			cite(claim.Source)
		}
	}
	for _, s := range slices.Concat(p.Figures, p.Forecasts) {
		if slices.ContainsFunc(statedNumbers, func(name string) bool { n, there := f.Numbers[name]; return there && n == s.Value }) {
			cite(s.Source)
		}
	}
	for _, code := range f.Codes {
		d, _ := p.Find(code, plan.Official)
		cite(cmp.Or(officialSource(d), d.Source))
	}
	return c
}

func officialSource(d plan.Definition) string {
	for _, t := range d.Targets {
		if t.Official {
			return t.Source
		}
	}
	return ""
}
