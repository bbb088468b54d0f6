package feasibility

import (
	"fmt"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

// inYear is what the plan says of a measure in the year of a day: a count's baseline, else a figure.
func (b book) inYear(measure string, on calendar.Day) (plan.Stated, bool) {
	if d, t, counted := b.count(measure); counted && t.Baseline != nil && year(t.BaselineOn) == year(on) {
		return plan.Stated{Measure: measure, Value: *t.Baseline, On: t.BaselineOn, Name: d.NumeratorIs, NameZh: d.NumeratorZh}, true
	}
	for _, s := range b.Figures {
		if s.Measure == measure && year(s.On) == year(on) {
			return s, true
		}
	}
	return plan.Stated{}, false
}

// baselinesDiffer: a ratio's baseline is not what the numbers of that year give.
func (b book) baselinesDiffer() (all []Finding) {
	for _, d := range b.definitions {
		t, _ := official(d)
		if t.Baseline == nil || !d.IsRatio() || d.Minus != "" {
			continue
		}
		above, known := b.inYear(d.Numerator, t.BaselineOn)
		below, divided := b.inYear(d.Denominator, t.BaselineOn)
		if !known || !divided || below.Value == 0 || divide(above.Range(), below.Range(), d.Scale).Meets(plan.RangeOf(*t.Baseline)) {
			continue
		}
		ratio, implied := above.Value/below.Value*d.Scale, above.Value / *t.Baseline * d.Scale
		base, got := words.With(words.Exactly(*t.Baseline), d.Unit), words.With(words.Share(ratio), d.Unit)
		all = append(all, Finding{
			Rule: BaselineDiffers, Codes: []string{d.Code}, Numbers: map[string]float64{"baseline": *t.Baseline, "numerator": above.Value, "denominator": below.Value, "ratio": ratio, "implied_denominator": implied},
			Text: words.Text{
				En: fmt.Sprintf("%s in %s: a baseline of %s with %s would mean %s %s; the figure is %s, which gives %s.", d.Name, year(t.BaselineOn), base.En, words.Exactly(above.Value), words.Number(implied, 0), below.Name, words.Exactly(below.Value), got.En),
				Zh: fmt.Sprintf("%s（%s年）：基期%s、分子%s意味着%s为%s；而其数字是%s，应得%s。", d.NameZh, year(t.BaselineOn), base.Zh, words.Exactly(above.Value), below.NameZh, words.Number(implied, 0), words.Exactly(below.Value), got.Zh),
			},
		})
	}
	return all
}

// belowBaselines: what the plan itself states later lies below the baseline that its target is to lead up from.
func (b book) belowBaselines() (all []Finding) {
	for _, d := range b.definitions {
		t, _ := official(d)
		if t.Baseline == nil || !d.IsRatio() || d.Minus != "" || d.Direction == plan.Down || t.Value <= *t.Baseline {
			continue
		}
		above, known := b.StatedBy(d.Numerator, t.Deadline-1)
		below, divided := b.StatedBy(d.Denominator, above.On)
		if !known || !divided || below.Value == 0 || above.On <= t.BaselineOn {
			continue
		}
		base := plan.RangeOf(*t.Baseline)
		if divide(above.Range(), below.Range(), d.Scale).High >= base.Low {
			continue
		}
		ratio := above.Value / below.Value * d.Scale
		f := Finding{
			Rule: BelowBaseline, Codes: []string{d.Code}, Numbers: map[string]float64{"baseline": *t.Baseline, "numerator": above.Value, "denominator": below.Value, "ratio": ratio},
			Text: words.Text{
				En: fmt.Sprintf("%s: the baseline of %s is %s, yet the figures of %s give %s ÷ %s = %s", d.Name, year(t.BaselineOn), words.With(words.Exactly(*t.Baseline), d.Unit).En, year(above.On), words.Exactly(above.Value), words.Exactly(below.Value), words.With(words.Share(ratio), d.Unit).En),
				Zh: fmt.Sprintf("%s：%s年基期为%s，而%s年的数字是%s ÷ %s = %s", d.NameZh, year(t.BaselineOn), words.With(words.Exactly(*t.Baseline), d.Unit).Zh, year(above.On), words.Exactly(above.Value), words.Exactly(below.Value), words.With(words.Share(ratio), d.Unit).Zh),
			},
		}
		if c, said := b.said(d.Code, above.On); said && !divide(above.Range(), below.Range(), d.Scale).Meets(c.Range()) {
			f.Claim, f.Numbers["claim"] = c.ID, c.Value
			f.Text.En += fmt.Sprintf(" (the text says %s)", words.With(words.Exactly(c.Value), c.Unit).En)
			f.Text.Zh += fmt.Sprintf("（正文写作%s）", words.With(words.Exactly(c.Value), c.Unit).Zh)
		}
		f.Text.En, f.Text.Zh = f.Text.En+".", f.Text.Zh+"。"
		all = append(all, f)
	}
	return all
}

// said is what the text says of an indicator in the year of a day.
func (b book) said(code string, on calendar.Day) (plan.Claim, bool) {
	for _, c := range b.Claims {
		if c.Code == code && year(c.On) == year(on) {
			return c, true
		}
	}
	return plan.Claim{}, false
}

// twoValues: a sentence gives another number for an indicator than the table's baseline of the same year, or than another
// sentence.
func (b book) twoValues() (all []Finding) {
	for i, c := range b.Claims {
		for _, d := range b.definitions {
			if t, _ := official(d); d.Code == c.Code && t.Baseline != nil && year(t.BaselineOn) == year(c.On) && !plan.RangeOf(*t.Baseline).Meets(c.Range()) {
				all = append(all, two(d, c, *t.Baseline, words.Text{Zh: "指标表", En: "the table"}))
			}
			for _, other := range b.Claims[:i] {
				if d.Code == c.Code && other.Code == c.Code && other.On == c.On && !other.Range().Meets(c.Range()) {
					all = append(all, two(d, c, other.Value, words.Text{Zh: "另一处", En: "another sentence"}))
				}
			}
		}
	}
	return all
}

func two(d plan.Definition, c plan.Claim, value float64, where words.Text) Finding {
	one, other := words.With(words.Exactly(c.Value), c.Unit), words.With(words.Exactly(value), d.Unit)
	return Finding{
		Rule: TwoValues, Codes: []string{d.Code}, Claim: c.ID, Numbers: map[string]float64{"claim": c.Value, "other": value},
		Text: words.Text{
			En: fmt.Sprintf("%s in %s is %s in one sentence and %s in %s.", d.Name, year(c.On), one.En, other.En, where.En),
			Zh: fmt.Sprintf("%s（%s年）：正文写作%s，%s写作%s。", d.NameZh, year(c.On), one.Zh, where.Zh, other.Zh),
		},
	}
}
