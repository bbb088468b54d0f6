package feasibility

import (
	"fmt"
	"math"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

// targetsNeedMore: a ratio's target of the forecast needs so many; fewer are planned.
func (b book) targetsNeedMore() (all []Finding) {
	for _, d := range b.definitions {
		t, aimed := official(d)
		if !aimed || !d.IsRatio() || d.Minus != "" || d.Direction == plan.Down {
			continue
		}
		of, known := b.then(d.Denominator, t.Deadline)
		count, planned, counted := b.count(d.Numerator)
		if !known || !counted || planned.Deadline > t.Deadline {
			continue
		}
		if planned.Value >= t.Value*of.Range().Low/d.Scale-1e-9 {
			continue
		}
		needed, ratio, enough := math.Ceil(t.Value*of.Value/d.Scale-1e-9), planned.Value/of.Value*d.Scale, planned.Value/t.Value*d.Scale
		need, plans := words.With(words.Number(needed, 0), count.Unit), words.Number(planned.Value, 0)
		all = append(all, Finding{
			Rule: TargetNeedsMore, Codes: []string{d.Code, count.Code},
			Numbers: map[string]float64{"target": t.Value, "forecast": of.Value, "needed": needed, "planned": planned.Value, "ratio": ratio, "enough_for": enough},
			Text: words.Text{
				En: fmt.Sprintf("%s of %s %s (forecast for %s) needs %s; the plan builds %s (%s), which is enough for %s.",
					words.With(words.Exactly(t.Value), d.Unit).En, words.Number(of.Value, 0), of.Name, year(of.On), need.En, plans, words.With(words.Share(ratio), d.Unit).En, words.Number(enough, 0)),
				Zh: fmt.Sprintf("%s年预测%s%s，按%s需要%s；规划只到%s（%s），仅够%s。",
					year(of.On), of.NameZh, words.Number(of.Value, 0), words.With(words.Exactly(t.Value), d.Unit).Zh, need.Zh, plans, words.With(words.Share(ratio), d.Unit).Zh, words.Number(enough, 0)),
			},
		})
	}
	return all
}

// partsExceed: what a ratio's target asks for of the forecast is part of something of which less is planned; or a stated
// part is more than the whole.
func (b book) partsExceed() (all []Finding) {
	for _, w := range b.Within {
		for _, d := range b.definitions {
			t, aimed := official(d)
			of, known := b.then(d.Denominator, t.Deadline)
			count, planned, counted := b.count(w.Of)
			if !aimed || !known || !counted || d.Numerator != w.Measure || d.Minus != "" || planned.Value >= t.Value*of.Range().Low/d.Scale-1e-9 {
				continue
			}
			needed, most := math.Ceil(t.Value*of.Value/d.Scale-1e-9), planned.Value/of.Value*d.Scale
			all = append(all, Finding{
				Rule: PartExceedsWhole, Codes: []string{d.Code, count.Code},
				Numbers: map[string]float64{"target": t.Value, "forecast": of.Value, "needed": needed, "planned": planned.Value, "most": most},
				Text: words.Text{
					En: fmt.Sprintf("%s of %s %s (forecast for %s) is %s, against %s planned: %s at most.", words.With(words.Exactly(t.Value), d.Unit).En,
						words.Number(of.Value, 0), of.Name, year(of.On), words.Number(needed, 0), words.With(words.Number(planned.Value, 0), count.Unit).En, words.With(words.Share(most), d.Unit).En),
					Zh: fmt.Sprintf("%s年预测%s%s，%s即%s；而规划只有%s，至多%s。", year(of.On), of.NameZh, words.Number(of.Value, 0), words.With(words.Exactly(t.Value), d.Unit).Zh,
						words.Number(needed, 0), words.With(words.Number(planned.Value, 0), count.Unit).Zh, words.With(words.Share(most), d.Unit).Zh),
				},
			})
		}
		all = append(all, b.statedAbove(w)...)
	}
	return all
}

func (b book) statedAbove(w plan.Within) (all []Finding) {
	for _, list := range [][]plan.Stated{b.Figures, b.Forecasts} {
		for _, part := range list {
			for _, whole := range list {
				if part.Measure != w.Measure || whole.Measure != w.Of || part.On != whole.On || part.Range().Low <= whole.Range().High {
					continue
				}
				all = append(all, Finding{
					Rule: PartExceedsWhole, Codes: b.using(w.Measure), Numbers: map[string]float64{"part": part.Value, "whole": whole.Value},
					Text: words.Text{
						En: fmt.Sprintf("%s (%s, %s) are part of %s, of which there are only %s.", part.Name, words.Exactly(part.Value), part.On, whole.Name, words.Exactly(whole.Value)),
						Zh: fmt.Sprintf("%s（%s，%s）是%s的一部分，而后者只有%s。", part.NameZh, words.Exactly(part.Value), part.On, whole.NameZh, words.Exactly(whole.Value)),
					},
				})
			}
		}
	}
	return all
}

// using lists the indicators that count or divide by a measure.
func (b book) using(measure string) []string {
	codes := []string{}
	for _, d := range b.definitions {
		if d.Numerator == measure || d.Minus == measure || d.Denominator == measure {
			codes = append(codes, d.Code)
		}
	}
	return codes
}

// noRises: a target that its baseline already meets, while there is room above. Whether it is met must be judged by its
// kind: a value below it is not what it is about.
func (b book) noRises() (all []Finding) {
	for _, d := range b.definitions {
		t, aimed := official(d)
		full := d.Unit == "%" && t.Value >= 100
		if !aimed || t.Baseline == nil || full || d.Direction == plan.Down || t.Kind == plan.Above || t.Kind == plan.Reach || t.Value > *t.Baseline {
			continue
		}
		base, value := words.With(words.Exactly(*t.Baseline), d.Unit), words.With(words.Exactly(t.Value), d.Unit)
		text := words.Text{
			En: fmt.Sprintf("%s: the target of %s asks for no more than the baseline of %s; it is judged as a level to keep.", d.Name, value.En, base.En),
			Zh: fmt.Sprintf("%s：目标%s并不高于基期%s，只能按“保持”判断。", d.NameZh, value.Zh, base.Zh),
		}
		if t.Kind == plan.Floor {
			text = words.Text{
				En: fmt.Sprintf("%s: the target of %s asks for no more than the baseline of %s; it is judged as a floor.", d.Name, value.En, base.En),
				Zh: fmt.Sprintf("%s：目标%s并不高于基期%s，只能按“底线”判断。", d.NameZh, value.Zh, base.Zh),
			}
		}
		if t.Value < *t.Baseline {
			text = words.Text{
				En: fmt.Sprintf("%s: the target of %s lies below the baseline of %s; a fall to it is no failure, and it is judged as a floor.", d.Name, value.En, base.En),
				Zh: fmt.Sprintf("%s：目标%s低于基期%s，降到该值也不算落后，须按“底线”判断。", d.NameZh, value.Zh, base.Zh),
			}
		}
		all = append(all, Finding{Rule: AsksNoRise, Codes: []string{d.Code}, Numbers: map[string]float64{"target": t.Value, "baseline": *t.Baseline}, Text: text})
	}
	return all
}
