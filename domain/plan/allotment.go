package plan

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/careledger/careledger/domain/calendar"
)

// Allotment is the plan's rule by which counts are shared out over the areas below (分解下达): by the reported series By,
// with the areas of Above standing above the average by Factor. Factors, by area, replace 1 or Factor.
type Allotment struct {
	Codes   []string           `json:"codes"`
	By      string             `json:"by"`
	Above   []string           `json:"above,omitempty"`
	Factor  float64            `json:"factor,omitempty"`
	Factors map[string]float64 `json:"factors,omitempty"`
	Source  string             `json:"source"`
}

// AllotmentOf answers the rule by which a count is allotted.
func (p *Plan) AllotmentOf(code string) (Allotment, bool) {
	for _, a := range p.Allotment {
		if slices.Contains(a.Codes, code) {
			return a, true
		}
	}
	return Allotment{}, false
}

// Share shares whole units out over areas by what By says of each (people, by area's code). The parts are whole numbers
// and add up to whole exactly; nobody is left out whose number is above 0. nil where nothing is known of anybody.
func (a Allotment) Share(whole float64, people map[string]float64) map[string]float64 {
	weights := map[string]float64{}
	for area, n := range people {
		if n > 0 {
			weights[area] = n * a.factor(area)
		}
	}
	return shared(whole, weights)
}

func (a Allotment) factor(area string) float64 {
	if f, own := a.Factors[area]; own {
		return f
	}
	if slices.Contains(a.Above, area) && a.Factor > 0 {
		return a.Factor
	}
	return 1
}

// shared gives each its whole part, and one more to those with the largest remainders, ties by code.
func shared(whole float64, weights map[string]float64) map[string]float64 {
	sum := 0.0
	for _, area := range slices.Sorted(maps.Keys(weights)) {
		sum += weights[area]
	}
	if sum <= 0 {
		return nil
	}
	type part struct {
		area      string
		remainder float64
	}
	parts, all, left := map[string]float64{}, []part(nil), math.Round(whole)
	for _, area := range slices.Sorted(maps.Keys(weights)) {
		quota := math.Round(whole) * weights[area] / sum
		parts[area] = math.Floor(quota)
		left -= parts[area]
		all = append(all, part{area, quota - parts[area]})
	}
	slices.SortStableFunc(all, func(a, b part) int { return cmp.Compare(b.remainder, a.remainder) })
	for i := 0; i < int(left); i++ {
		parts[all[i%len(all)].area]++
	}
	return parts
}

// Ask is a question for the targets of an area; Root is the plan's own, Last the last day of the period. Adopted is what
// was adopted for areas by event; People what a series says of each area right below the root, by code (nil: nothing).
type Ask struct {
	Area, Root string
	Last       calendar.Day
	Adopted    []AreaTarget
	People     func(series string) map[string]float64
}

// TargetsOf answers what is asked of an area: what was adopted for it, else what the plan names for it, else what its
// rule allots, else the plan's own target where the indicator is a ratio or the area the plan's. A target that was
// withdrawn, for the area or for the whole, is left out.
func (p *Plan) TargetsOf(d Definition, ask Ask) []Target {
	var all []Target
	for _, t := range d.Targets {
		if own, there := p.targetOf(d, t, ask); there {
			all = append(all, own)
		}
	}
	return all
}

func (p *Plan) targetOf(d Definition, t Target, ask Ask) (Target, bool) {
	part := ask.Area != ask.Root && !d.IsRatio()
	if adopted, there := InForce(ask.Adopted, Held{d.Code, t.ID, ask.Area}, ask.Last); there {
		return t.of(part, adopted.Value), !adopted.Withdrawn
	}
	if value, named := t.Areas[ask.Area]; named {
		return t.of(part, value), true
	}
	if whole, there := InForce(ask.Adopted, Held{d.Code, t.ID, ask.Root}, ask.Last); there {
		if whole.Withdrawn {
			return Target{}, false
		}
		t = t.of(false, whole.Value)
	}
	if !part {
		return t.of(false, t.Value), true
	}
	rule, ruled := p.AllotmentOf(d.Code)
	if !ruled || ask.People == nil {
		return Target{}, false
	}
	value, known := rule.Share(t.Value, ask.People(rule.By))[ask.Area]
	return t.of(true, value), known
}

// of is the target with another value. An area's part of a count goes the whole's way in proportion; any other revised
// target goes straight from its baseline.
func (t Target) of(part bool, value float64) Target {
	t.Areas = nil
	switch {
	case value == t.Value:
		return t
	case !part || t.Value == 0:
		t.Value, t.Steps, t.Follows = value, nil, ""
		return t
	}
	share := value / t.Value
	steps := make([]Step, len(t.Steps))
	for i, s := range t.Steps {
		steps[i] = Step{s.Year, s.Add * share}
	}
	if t.Baseline != nil {
		b := *t.Baseline * share
		t.Baseline = &b
	}
	t.Value, t.Steps = value, steps
	return t
}
