package plan

import (
	"fmt"
	"math"
	"slices"
)

// statements looks at the numbers and sentences of the plan's text.
func (c *checker) statements() {
	for name, list := range map[string][]Stated{"figures": c.p.Figures, "forecasts": c.p.Forecasts} {
		for i, s := range list {
			c.stated(fmt.Sprintf("/%s/%d", name, i), s)
		}
	}
	for i, s := range c.p.Figures {
		c.doubtful(fmt.Sprintf("/figures/%d", i), s)
	}
	ids := map[string]bool{}
	for i, claim := range c.p.Claims {
		at := fmt.Sprintf("/claims/%d", i)
		if ids[claim.ID] && claim.ID != "" {
			c.fail(at+"/id", problem("claim-twice", "编号“"+claim.ID+"”重复。", "The claim \""+claim.ID+"\" stands twice."))
		}
		ids[claim.ID] = true
		c.claim(at, claim)
	}
	whole := map[string][]string{}
	for i, w := range c.p.Within {
		at := fmt.Sprintf("/within/%d", i)
		for name, m := range map[string]string{"measure": w.Measure, "of": w.Of} {
			if m == "" {
				c.missing(at + "/" + name)
			}
		}
		whole[w.Measure] = append(whole[w.Measure], w.Of)
	}
	for i, w := range c.p.Within {
		if w.Measure != "" && leads(whole, w.Of, w.Measure, map[string]bool{}) {
			c.fail(fmt.Sprintf("/within/%d", i), problem("within-itself", "“"+w.Measure+"”经 within 成了自身的一部分，请断开循环。", "\""+w.Measure+"\" becomes part of itself by within; break the circle."))
		}
	}
}

// leads reports whether to is at, or at is part of it, directly or over others.
func leads(whole map[string][]string, at, to string, seen map[string]bool) bool {
	if at == to {
		return true
	}
	if seen[at] {
		return false
	}
	seen[at] = true
	return slices.ContainsFunc(whole[at], func(next string) bool { return leads(whole, next, to, seen) })
}

// doubtful warns of a figure that can hardly be right.
func (c *checker) doubtful(at string, s Stated) {
	if c.against.Today != 0 && s.On > c.against.Today {
		c.warn(at+"/on", problem("figure-in-the-future", "这是未来某日的数字，请核对日期；预测请写在 forecasts 中。", "This is a number of a day to come: check the day, and put what is foreseen into forecasts."))
	}
	var before Stated
	for _, other := range c.p.Figures {
		if other.Measure == s.Measure && other.On < s.On && other.On >= before.On {
			before = other
		}
	}
	if before.Value != 0 && s.Value != 0 && (s.Value >= 10*before.Value || s.Value <= before.Value/10) {
		c.warn(at+"/value", problem("figure-tenfold", "数值是此前（"+before.On.String()+"）的十倍以上或不足十分之一，请核对单位与小数点。", "The value is ten times that of "+before.On.String()+", or a tenth of it; check unit and decimal point."))
	}
}

func (c *checker) stated(at string, s Stated) {
	for name, empty := range map[string]bool{"measure": s.Measure == "", "on": s.On == 0, "value": !c.has(at + "/value"), "name": s.Name == "", "name_zh": s.NameZh == "", "source": s.Source == ""} {
		if empty {
			c.missing(at + "/" + name)
		}
	}
	if s.RoundedTo < 0 {
		c.fail(at+"/rounded_to", errRounded)
	}
	if (s.Rise != 0) != (s.RiseSince != 0) || s.RiseSince > s.On {
		c.fail(at+"/rise_since", problem("rise-since", "增量 rise 要同时写明起算日 rise_since，且早于该数字的日期。", "A rise needs the day since when, before the number's own."))
	}
}

var errRounded = problem("rounded-to", "rounded_to 须大于 0（如 100 表示取整到百）。", "rounded_to must be above 0 (100: rounded to hundreds).")

func (c *checker) claim(at string, claim Claim) {
	for name, empty := range map[string]bool{"id": claim.ID == "", "text": claim.Text == "", "text_zh": claim.TextZh == "", "on": claim.On == 0, "value": !c.has(at + "/value"), "unit": claim.Unit == ""} {
		if empty {
			c.missing(at + "/" + name)
		}
	}
	if claim.RoundedTo < 0 {
		c.fail(at+"/rounded_to", errRounded)
	}
	if claim.Unit != "" {
		c.unit(at+"/unit", claim.Unit)
	}
	if _, known := c.p.Find(claim.Code, Official); claim.Code != "" && !known {
		c.fail(at+"/code", errUnknownCode(claim.Code))
	}
	if len(claim.Readings) == 0 && claim.Code == "" {
		c.fail(at, problem("claim-without-reading", "请用 readings 写明这句话如何计算，或用 code 写明它说的是哪个指标。", "Say by readings how the sentence is counted, or by code of which indicator it speaks."))
	}
	for i, r := range claim.Readings {
		c.reading(fmt.Sprintf("%s/readings/%d", at, i), claim, r)
	}
}

func (c *checker) reading(at string, claim Claim, r Reading) {
	if r.StepsOf != "" {
		if d, known := c.p.Find(r.StepsOf, Official); !known {
			c.fail(at+"/steps_of", errUnknownCode(r.StepsOf))
		} else if len(d.Targets) == 0 || len(d.Targets[0].Steps) == 0 {
			c.fail(at+"/steps_of", problem("no-steps", "“"+r.StepsOf+"”没有年度任务。", "\""+r.StepsOf+"\" has no yearly steps."))
		}
		return
	}
	if r.Numerator == "" {
		c.missing(at + "/numerator_measure")
	}
	for name, m := range map[string]string{"numerator_measure": r.Numerator, "minus_measure": r.Minus, "denominator_measure": r.Denominator} {
		if m == "" {
			continue
		}
		s, known := c.p.StatedBy(m, claim.On)
		switch {
		case !known:
			c.fail(at+"/"+name, problem("nothing-stated", "规划正文未给出“"+m+"”在该日之前的数字，请在 figures 或 forecasts 中补上。", "No number of \""+m+"\" is stated for that day or before; add it to figures or forecasts."))
		case name == "denominator_measure" && s.Value == 0:
			c.fail(at+"/"+name, problem("divides-by-nothing", "除数“"+m+"”为 0。", "It divides by \""+m+"\", which is 0."))
		}
	}
	if r.Denominator != "" && (r.Scale <= 0 || math.IsInf(r.Scale, 0)) {
		c.fail(at+"/scale", problem("scale-missing", "比率需要大于 0 的 scale（% 为 100，‰ 为 1000）。", "A ratio needs a scale above 0 (100 for %, 1000 for ‰)."))
	}
}
