package feasibility

import (
	"slices"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

// The rules, by what they find.
const (
	TargetNeedsMore  = "target-needs-more"  // a ratio to reach needs more than the count that is planned
	PartExceedsWhole = "part-exceeds-whole" // what is to be reached cannot be within what it is part of
	BaselineDiffers  = "baseline-differs"   // a ratio's baseline is not its count's baseline by the figure of that year
	BelowBaseline    = "below-baseline"     // the figures stated later lie below the baseline that is to be left behind
	StepsMiss        = "steps-miss"         // the yearly steps do not lead to the target
	StepsStart       = "steps-start"        // a year's step begins above, or ends below, what is stated for that year
	ClaimDiffers     = "claim-differs"      // no reading of a sentence gives its number
	TwoValues        = "two-values"         // two numbers for the same thing
	RiseDiffers      = "rise-differs"       // a forecast less its rise is not the figure
	ShareJumps       = "share-jumps"        // a part's share in the whole changes beyond belief
	OtherGroup       = "other-group"        // a figure counts another group than the indicators that use it
	AsksNoRise       = "asks-no-rise"       // a target that its baseline already meets, with room above
)

// Finding is a contradiction of a plan: the indicators and the claim it is about, the numbers it follows from, in their
// own units, and a sentence that says them.
type Finding struct {
	Rule    string             `json:"rule"`
	Codes   []string           `json:"codes"`
	Claim   string             `json:"claim"`
	Numbers map[string]float64 `json:"numbers"`
	Text    words.Text         `json:"text"`
}

// Check finds what in a plan cannot be true together, rule by rule, in the plan's order. A number that was rounded is
// taken for anything it may have been: what rounding explains is no contradiction.
func Check(p *plan.Plan) []Finding {
	b := book{p, slices.DeleteFunc(p.In(p.Deadline.Month()), func(d plan.Definition) bool { return d.Variant != plan.Official })}
	all := []Finding{}
	for _, rule := range []func() []Finding{
		b.targetsNeedMore, b.partsExceed, b.baselinesDiffer, b.belowBaselines, b.stepsMiss, b.stepsStart, b.claimsDiffer, b.twoValues, b.rises, b.groups, b.noRises,
	} {
		all = append(all, rule()...)
	}
	return all
}

// book is a plan with its official definitions.
type book struct {
	*plan.Plan
	definitions []plan.Definition
}

// official is the target that the plan means; a target of no number has none.
func official(d plan.Definition) (plan.Target, bool) {
	for _, t := range d.Targets {
		if t.Official {
			return t, t.Kind != plan.Rise && t.Kind != plan.Grow
		}
	}
	return plan.Target{}, false
}

// count is the definition that counts a measure and nothing else, with a target.
func (b book) count(measure string) (plan.Definition, plan.Target, bool) {
	for _, d := range b.definitions {
		if t, aimed := official(d); aimed && d.Numerator == measure && d.Minus == "" && !d.IsRatio() {
			return d, t, true
		}
	}
	return plan.Definition{}, plan.Target{}, false
}

// then is what the plan expects of a measure at a deadline: a forecast.
func (b book) then(measure string, deadline calendar.Day) (plan.Stated, bool) {
	if measure == "" {
		return plan.Stated{}, false
	}
	return b.ForecastFor(measure, deadline)
}

// divide answers what a quotient of rounded numbers may be.
func divide(a, b plan.Range, scale float64) plan.Range {
	return plan.Range{Low: a.Low / b.High * scale, High: a.High / b.Low * scale}
}

// year writes a day's year.
func year(d calendar.Day) string { return d.String()[:4] }
