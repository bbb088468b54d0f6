package plan

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/careledger/careledger/domain/ability"
	"github.com/careledger/careledger/domain/calendar"
)

//go:embed plans/*.json
var plans embed.FS

// Plan is a government plan for one prefecture. Tolerance is in the unit of each indicator, as a share of the target
// (0.01: one per cent of it). DaysUntilComplete is how many days after its end a month still gathers late records.
type Plan struct {
	ID                string       `json:"id"`
	Prefecture        string       `json:"prefecture"`
	Name              string       `json:"name"`
	NameZh            string       `json:"name_zh"`
	Source            string       `json:"source"`
	BaselineOn        calendar.Day `json:"baseline_on"`
	Deadline          calendar.Day `json:"deadline"`
	DaysUntilComplete int          `json:"days_until_complete"`
	Tolerance         float64      `json:"tolerance"`
	AlertSettleSecs   int          `json:"alert_settle_seconds"`
	// Headline is the code of the indicator whose records say which month a page opens on.
	Headline string `json:"headline"`
	// AbilityCutOffs are the lowest total scores of an ability assessment (GB/T 42195-2022, 0 to 90) by which an elder is
	// 完好, mildly, moderately and severely disabled 轻度、中度、重度失能, highest first; less is 完全失能. None: no level follows
	// from a score. Those of the embedded plan are the standard's as far as we know them, an assumption that an office
	// confirms.
	AbilityCutOffs []int `json:"ability_cut_offs,omitempty"`
	// Series are the reported figures that the plan counts with, each with its unit; none: any series is taken.
	Series map[string]string `json:"series,omitempty"`
	// Figures and Forecasts are numbers that the plan's text states, Claims are sentences that follow from them, Within
	// says which measures are part of others.
	Figures     []Stated     `json:"figures,omitempty"`
	Forecasts   []Stated     `json:"forecasts,omitempty"`
	Claims      []Claim      `json:"claims,omitempty"`
	Within      []Within     `json:"within,omitempty"`
	Allotment   []Allotment  `json:"allotment,omitempty"`
	Definitions []Definition `json:"definitions"`
}

// Definition is one indicator in one variant. Numerator and Denominator name measures (projections/indicators knows
// how each is counted); Scale turns their ratio into Unit (100 for %, 1000 for ‰); without a denominator the value is
// the numerator. A count adds up over areas, so a county does not inherit the prefecture's target for it.
//
// Versions of one code and variant stand side by side: the one that counts for a period is that with the newest ValidFrom
// not after the period's last day.
type Definition struct {
	Code          string   `json:"code"`
	Number        string   `json:"number,omitempty"`
	Variant       string   `json:"variant"`
	Version       int      `json:"version"`
	Group         string   `json:"group"`
	Name          string   `json:"name"`
	NameZh        string   `json:"name_zh"`
	Unit          string   `json:"unit"`
	Decimals      int      `json:"decimals"`
	Numerator     string   `json:"numerator_measure"`
	Minus         string   `json:"minus_measure,omitempty"`
	Denominator   string   `json:"denominator_measure,omitempty"`
	Scale         float64  `json:"scale,omitempty"`
	NumeratorIs   string   `json:"numerator"`
	NumeratorZh   string   `json:"numerator_zh"`
	DenominatorIs string   `json:"denominator,omitempty"`
	DenominatorZh string   `json:"denominator_zh,omitempty"`
	Source        string   `json:"source"`
	Targets       []Target `json:"targets,omitempty"`
	// Period is the type of period that the indicator is counted for: month when empty, quarter, year, school_year or
	// mch_year. A month of a longer one shows how far that has gone by the month's end.
	Period string `json:"period,omitempty"`
	// Rollup says what a county and the prefecture show: empty, what their townships add up to, or the Lowest of them.
	Rollup string `json:"rollup,omitempty"`
	// ValidFrom is the first day that the definition is for; a month that ends before it has no number.
	ValidFrom calendar.Day `json:"valid_from,omitzero"`
	// Direction is empty where more is better, Down where less is.
	Direction string `json:"direction,omitempty"`
}

// Lowest is the roll-up by which the lowest township counts.
const Lowest = "lowest"

// PeriodType is the type of period of a checked definition.
func (d Definition) PeriodType() calendar.PeriodType {
	t, err := calendar.ParsePeriodType(d.Period)
	if err != nil {
		return calendar.Monthly
	}
	return t
}

// Down is the direction of an indicator of which less is better; a target is then at most its value.
const Down = "down"

// Official is the variant that a code means when none is named.
const Official = "official"

// IsRatio reports whether the indicator is a ratio; its target holds for every area.
func (d Definition) IsRatio() bool { return d.Denominator != "" }

// Wenshan reads the embedded plan of Wenshan prefecture of 2022.
func Wenshan() (*Plan, error) {
	f, err := plans.Open("plans/wenshan-2022.json")
	if err != nil {
		return nil, fmt.Errorf("open the embedded plan: %w", err)
	}
	defer f.Close()
	return Read(f)
}

// Read reads and checks a plan. Unknown members are errors.
func Read(r io.Reader) (*Plan, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var p Plan
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	return &p, p.check()
}

// check refuses what cannot be counted with. Check says all that is wrong, and where.
func (p *Plan) check() error {
	if len(p.Prefecture) != 4 || p.ID == "" || p.BaselineOn == 0 || p.Deadline <= p.BaselineOn {
		return fmt.Errorf("plan %q: id, a prefecture of four digits, baseline_on and a later deadline are needed", p.ID)
	}
	if _, ok := p.Find(p.Headline, Official); !ok {
		return fmt.Errorf("plan %s: headline %q is not the code of a definition", p.ID, p.Headline)
	}
	if !cutOffs(p.AbilityCutOffs) {
		return fmt.Errorf("plan %s: ability_cut_offs are four scores within 0 to 90, each lower than the one before", p.ID)
	}
	seen := map[string]bool{}
	for _, d := range p.Definitions {
		key := fmt.Sprintf("%s/%s version %d", d.Code, d.Variant, d.Version)
		switch {
		case d.Code == "" || d.Variant == "" || d.Version < 1 || d.Numerator == "":
			return fmt.Errorf("plan %s: definition %q needs code, variant, version and numerator_measure", p.ID, key)
		case seen[key]:
			return fmt.Errorf("plan %s: definition %q stands twice", p.ID, key)
		case d.Denominator != "" && d.Scale <= 0:
			return fmt.Errorf("plan %s: definition %q needs a scale above 0", p.ID, key)
		case d.Rollup != "" && (d.Rollup != Lowest || !d.IsRatio()):
			return fmt.Errorf("plan %s: definition %q: rollup is empty or %q, and that of a ratio", p.ID, key, Lowest)
		}
		if _, err := calendar.ParsePeriodType(d.Period); d.Period != "" && err != nil {
			return fmt.Errorf("plan %s: definition %q: period: %w", p.ID, key, err)
		}
		seen[key] = true
		for _, t := range d.Targets {
			if err := t.check(); err != nil {
				return fmt.Errorf("plan %s: definition %q: %w", p.ID, key, err)
			}
		}
	}
	return nil
}

// cutOffs reports whether levels follow from scores by them, or none are named.
func cutOffs(scores []int) bool {
	if scores == nil {
		return true
	}
	falling := slices.IsSortedFunc(scores, func(a, b int) int { return b - a }) && len(slices.Compact(slices.Clone(scores))) == len(scores)
	return len(scores) == len(ability.Levels())-1 && falling && scores[0] <= ability.Most && scores[len(scores)-1] >= 0
}

// Find answers the newest version of a code and variant ("" means official).
func (p *Plan) Find(code, variant string) (Definition, bool) {
	return p.newest(code, variant, func(Definition) bool { return true })
}

// FindIn answers the version of a code and variant ("" means official) that counts in a month; ok is false where there is
// none yet.
func (p *Plan) FindIn(code, variant string, m calendar.Month) (Definition, bool) {
	return p.newest(code, variant, func(d Definition) bool { return d.valid(m) })
}

func (p *Plan) newest(code, variant string, valid func(Definition) bool) (newest Definition, ok bool) {
	if variant == "" {
		variant = Official
	}
	for _, d := range p.Definitions {
		if d.Code == code && d.Variant == variant && valid(d) && (!ok || d.ValidFrom >= newest.ValidFrom) {
			newest, ok = d, true
		}
	}
	return newest, ok
}

// valid reports whether the period that holds a month ends when the definition is valid.
func (d Definition) valid(m calendar.Month) bool { return d.ValidFrom <= d.PeriodType().Of(m).Last }

// In lists, in the plan's order, the definitions that count in a month: of each code and variant the version that is valid.
func (p *Plan) In(m calendar.Month) []Definition {
	at := map[[2]string]int{}
	var all []Definition
	for _, d := range p.Definitions {
		key := [2]string{d.Code, d.Variant}
		i, there := at[key]
		switch {
		case !d.valid(m):
		case !there:
			at[key] = len(all)
			all = append(all, d)
		case d.ValidFrom >= all[i].ValidFrom:
			all[i] = d
		}
	}
	return all
}

// Counts reports whether a definition counts in a month: it is valid, and no newer version is.
func (p *Plan) Counts(d Definition, m calendar.Month) bool {
	return d.valid(m) && !slices.ContainsFunc(p.Definitions, func(other Definition) bool {
		return other.Code == d.Code && other.Variant == d.Variant && other.ValidFrom > d.ValidFrom && other.valid(m)
	})
}
