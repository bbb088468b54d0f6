package indicators

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/plan"
)

// demands answers what is asked of areas, as it was known at a time.
type demands struct {
	plan    *plan.Plan
	root    string
	adopted []plan.AreaTarget
	people  map[peopleKey]map[string]float64
}

type peopleKey struct {
	series string
	month  calendar.Month
}

func (a demands) of(d plan.Definition, code string, month calendar.Month) []plan.Target {
	return a.plan.TargetsOf(d, plan.Ask{
		Area: code, Root: a.root, Last: month.Last(), Adopted: a.adopted,
		People: func(series string) map[string]float64 { return a.people[peopleKey{series, month}] },
	})
}

// followed is the trajectory of a target that follows a count by division: that of the count's official target for the
// whole, over the whole's denominator; nil where it follows none or nothing is known.
func (a demands) followed(t plan.Target, d plan.Definition, month calendar.Month, denominator *float64) *float64 {
	if t.Follows == "" || denominator == nil || *denominator == 0 {
		return nil
	}
	count, _ := a.plan.FindIn(t.Follows, plan.Official, month)
	for _, whole := range a.of(count, a.root, month) {
		if expected, ok := whole.Expected(month.Last()); ok && whole.Official {
			expected = expected / *denominator * d.Scale
			return &expected
		}
	}
	return nil
}

// asking gathers what targets of these areas and months depend on, as known by a ledger number and at a time (zero: now). What is reported of people is read only where a count
// is allotted to one of the areas.
func (s *Service) asking(ctx context.Context, areas []area.Area, months []calendar.Month, codes []string, number uint64, knownAt time.Time) (demands, error) {
	a := demands{plan: s.Engine.Plan, root: s.root().Code, people: map[peopleKey]map[string]float64{}}
	if s.Adopted != nil {
		for _, t := range s.Adopted() {
			if knownAt.IsZero() || !t.RecordedAt.After(knownAt) {
				a.adopted = append(a.adopted, t)
			}
		}
	}
	below := slices.ContainsFunc(areas, func(one area.Area) bool { return one.Parent == a.root })
	wanted := slices.ContainsFunc(a.plan.Allotment, func(rule plan.Allotment) bool {
		return len(codes) == 0 || slices.ContainsFunc(rule.Codes, func(code string) bool { return slices.Contains(codes, code) })
	})
	if !below || !wanted {
		return a, nil
	}
	var err error
	a.people, err = s.people(ctx, months, number)
	return a, err
}

// people answers what each reported series says of the areas right below the prefecture, month by month.
func (s *Service) people(ctx context.Context, months []calendar.Month, number uint64) (map[peopleKey]map[string]float64, error) {
	rows, err := s.Store.Measure(ctx, Figures, Bounds{Prefecture: s.Engine.Plan.Prefecture, Number: number, Months: months, From: s.Engine.Plan.BaselineOn + 1})
	if err != nil {
		return nil, fmt.Errorf("read what is reported of people: %w", err)
	}
	people := map[peopleKey]map[string]float64{}
	for _, r := range rows {
		if a, known := s.Engine.Areas.Find(r.Area); !known || a.Parent != s.root().Code {
			continue
		}
		key := peopleKey{r.Measure, r.Month}
		if people[key] == nil {
			people[key] = map[string]float64{}
		}
		people[key][r.Area] = r.Value
	}
	return people, nil
}

// Allotted is how a count's target is shared out over the areas right below the prefecture. Whole is the target of the
// prefecture; the parts are whole numbers and add up to it. By is the series that it is shared out by, as reported by now.
type Allotted struct {
	Code   string         `json:"code"`
	Target string         `json:"target"`
	Unit   string         `json:"unit"`
	By     string         `json:"by"`
	Whole  float64        `json:"whole"`
	Parts  []AllottedPart `json:"parts"`
}

// AllottedPart is an area's part. PerHead is Value over People, and Average that of the prefecture.
type AllottedPart struct {
	Area    string  `json:"area"`
	People  float64 `json:"people"`
	Value   float64 `json:"value"`
	PerHead float64 `json:"per_head"`
	Average float64 `json:"average"`
}

// The refusals of an allotment.
var (
	ErrNotAllotted = fault.New(fault.NotFound, "not-allotted", "规划没有规定如何分解这个指标。", "The plan has no rule by which this indicator is allotted.")
	ErrNoPeople    = fault.New(fault.Refused, "nobody-reported", "尚未上报各地的人数，无法分解；请先上报：", "Nothing is reported yet by which it could be allotted; report it for each area first: ")
)

// Allotted shares out the official target of a count by the plan's rule. factors, by area, come before those of the plan.
func (s *Service) Allotted(ctx context.Context, code string, factors map[string]float64) (Allotted, error) {
	rule, ruled := s.Engine.Plan.AllotmentOf(code)
	month := calendar.DayOf(s.Now()).Month()
	d, known := s.Engine.Plan.FindIn(code, plan.Official, month)
	if !ruled || !known {
		return Allotted{}, ErrNotAllotted
	}
	number, err := s.Store.Frontier(ctx, s.Engine.Plan.Prefecture)
	if err != nil {
		return Allotted{}, fmt.Errorf("read the frontier: %w", err)
	}
	root := []area.Area{s.root()}
	a, err := s.asking(ctx, root, nil, nil, number, time.Time{})
	if err != nil {
		return Allotted{}, err
	}
	reported, err := s.people(ctx, []calendar.Month{month}, number)
	if err != nil {
		return Allotted{}, err
	}
	people := reported[peopleKey{rule.By, month}]
	if len(people) == 0 {
		return Allotted{}, fault.New(ErrNoPeople.Kind, ErrNoPeople.Code, ErrNoPeople.Chinese+rule.By+"。", ErrNoPeople.English+rule.By+".")
	}
	rule.Factors = merged(rule.Factors, factors)
	for _, t := range a.of(d, a.root, month) {
		if t.Official {
			return s.allotted(d, t, rule, people), nil
		}
	}
	return Allotted{}, ErrNotAllotted
}

func (s *Service) allotted(d plan.Definition, t plan.Target, rule plan.Allotment, people map[string]float64) Allotted {
	all := Allotted{Code: d.Code, Target: t.ID, Unit: d.Unit, By: rule.By, Whole: t.Value}
	sum := 0.0
	for _, n := range people {
		sum += n
	}
	parts := rule.Share(t.Value, people)
	for _, a := range s.Engine.Areas.Children(s.root().Code) {
		n, counted := people[a.Code]
		if !counted || n <= 0 {
			continue
		}
		all.Parts = append(all.Parts, AllottedPart{Area: a.Code, People: n, Value: parts[a.Code], PerHead: parts[a.Code] / n, Average: t.Value / sum})
	}
	return all
}

func merged(own, over map[string]float64) map[string]float64 {
	all := map[string]float64{}
	for _, m := range []map[string]float64{own, over} {
		for code, f := range m {
			all[code] = f
		}
	}
	return all
}
