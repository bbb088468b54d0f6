package feasibility

import (
	"fmt"
	"math"
	"strings"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

// computed is a reading with its numbers.
type computed struct {
	value   float64
	within  plan.Range
	formula string
	implied float64 // the denominator that the claim would need; 0: none
	divided plan.Stated
}

// claimsDiffer: no way to read a sentence gives its number.
func (b book) claimsDiffer() (all []Finding) {
	for _, c := range b.Claims {
		var read []computed
		right := len(c.Readings) == 0
		for _, r := range c.Readings {
			if one, known := b.read(c, r); known {
				read = append(read, one)
				right = right || one.within.Meets(c.Range())
			}
		}
		if !right && len(read) > 0 {
			all = append(all, differs(c, read))
		}
	}
	return all
}

func (b book) read(c plan.Claim, r plan.Reading) (computed, bool) {
	if r.StepsOf != "" {
		d, _ := b.FindIn(r.StepsOf, plan.Official, b.Deadline.Month())
		t, aimed := official(d)
		var parts []string
		for _, s := range t.Steps {
			parts = append(parts, words.Exactly(s.Add))
		}
		return computed{value: sum(t.Steps), within: plan.Range{Low: sum(t.Steps), High: sum(t.Steps)}, formula: strings.Join(parts, " + ")}, aimed && len(parts) > 0
	}
	above, known := b.StatedBy(r.Numerator, c.On)
	if !known {
		return computed{}, false
	}
	got := computed{value: above.Value, within: above.Range(), formula: words.Exactly(above.Value)}
	if r.Minus != "" {
		less, known := b.StatedBy(r.Minus, c.On)
		if !known {
			return computed{}, false
		}
		got.value -= less.Value
		got.within = plan.Range{Low: got.within.Low - less.Range().High, High: got.within.High - less.Range().Low}
		got.formula = "(" + got.formula + " − " + words.Exactly(less.Value) + ")"
	}
	if r.Denominator == "" {
		got.formula = strings.Trim(got.formula, "()")
		return got, true
	}
	below, known := b.StatedBy(r.Denominator, c.On)
	if !known || below.Range().Low <= 0 {
		return computed{}, false
	}
	if c.Value != 0 {
		got.implied = got.value / c.Value * r.Scale
	}
	got.divided, got.value, got.within = below, got.value/below.Value*r.Scale, divide(got.within, below.Range(), r.Scale)
	got.formula += " ÷ " + words.Exactly(below.Value)
	return got, true
}

func differs(c plan.Claim, read []computed) Finding {
	f := Finding{Rule: ClaimDiffers, Codes: []string{}, Claim: c.ID, Numbers: map[string]float64{"claim": c.Value}}
	if c.Code != "" {
		f.Codes = append(f.Codes, c.Code)
	}
	var zh, en []string
	for i, r := range read {
		value := words.With(words.Share(r.value), c.Unit)
		if r.value == math.Trunc(r.value) {
			value = words.With(words.Exactly(r.value), c.Unit)
		}
		f.Numbers[fmt.Sprintf("reading_%d", i+1)] = r.value
		if r.formula == words.Exactly(r.value) {
			zh, en = append(zh, value.Zh), append(en, value.En)
			continue
		}
		zh, en = append(zh, r.formula+" = "+value.Zh), append(en, r.formula+" = "+value.En)
	}
	f.Text.En = fmt.Sprintf("“%s”: by the plan's own numbers %s", c.Text, strings.Join(en, "; "))
	f.Text.Zh = fmt.Sprintf("“%s”：按规划自己的数字为%s", c.TextZh, strings.Join(zh, "；"))
	switch only := read[0]; {
	case len(read) > 1:
		f.Text.En += "; none gives it"
		f.Text.Zh += "，均不相符"
	case only.implied > 0:
		f.Numbers["implied_denominator"] = only.implied
		f.Text.En += fmt.Sprintf("; it would take %s %s, not %s", words.Number(only.implied, 0), only.divided.Name, words.Exactly(only.divided.Value))
		f.Text.Zh += fmt.Sprintf("；要得到该数，%s应为%s，而非%s", only.divided.NameZh, words.Number(only.implied, 0), words.Exactly(only.divided.Value))
	}
	f.Text.En, f.Text.Zh = f.Text.En+".", f.Text.Zh+"。"
	return f
}
