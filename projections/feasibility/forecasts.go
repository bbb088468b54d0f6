package feasibility

import (
	"fmt"
	"math"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

// jump is by how much a part's share in the whole may change until the forecast before it is beyond belief.
const jump = 0.10

// rises: a forecast less its rise is not the figure of then; or means a share that the forecast's is far from.
func (b book) rises() (all []Finding) {
	for _, s := range b.Forecasts {
		if s.RiseSince == 0 {
			continue
		}
		before := plan.Stated{Value: s.Value - s.Rise, RoundedTo: s.RoundedTo}
		if then, known := b.StatedBy(s.Measure, s.RiseSince); known {
			slack := plan.Range{Low: before.Range().Low - s.RoundedTo/2, High: before.Range().High + s.RoundedTo/2}
			if !slack.Meets(then.Range()) {
				all = append(all, Finding{
					Rule: RiseDiffers, Codes: b.using(s.Measure), Numbers: map[string]float64{"forecast": s.Value, "rise": s.Rise, "before": before.Value, "figure": then.Value},
					Text: words.Text{
						En: fmt.Sprintf("%s: %s after a rise of %s means %s in %s; the figure is %s.", s.Name, words.Exactly(s.Value), words.Exactly(s.Rise), words.Exactly(before.Value), year(s.RiseSince), words.Exactly(then.Value)),
						Zh: fmt.Sprintf("%s：预测%s、增加%s，即%s年为%s；而其数字是%s。", s.NameZh, words.Exactly(s.Value), words.Exactly(s.Rise), year(s.RiseSince), words.Exactly(before.Value), words.Exactly(then.Value)),
					},
				})
			}
		}
		for _, w := range b.Within {
			if w.Measure == s.Measure {
				all = append(all, b.jumps(s, before.Value, w)...)
			}
		}
	}
	return all
}

func (b book) jumps(s plan.Stated, before float64, w plan.Within) []Finding {
	then, known := b.StatedBy(w.Of, s.RiseSince)
	later, forecast := b.ForecastFor(w.Of, s.On)
	if !known || !forecast || then.Value == 0 || later.Value == 0 {
		return nil
	}
	was, will := before/then.Value, s.Value/later.Value
	if math.Abs(was-will) <= jump && was <= 1 {
		return nil
	}
	percent := func(v float64) words.Text { return words.With(words.Number(v*100, 0), "%") }
	return []Finding{{
		Rule: ShareJumps, Codes: b.using(s.Measure), Numbers: map[string]float64{"forecast": s.Value, "rise": s.Rise, "before": before, "share_before": was, "share_forecast": will},
		Text: words.Text{
			En: fmt.Sprintf("%s: %s in %s after a rise of %s means %s in %s, %s of all %s (%s); the forecast makes it %s.", s.Name, words.Exactly(s.Value), year(s.On), words.Exactly(s.Rise), words.Exactly(before), year(s.RiseSince),
				percent(was).En, then.Name, words.Exactly(then.Value), percent(will).En),
			Zh: fmt.Sprintf("%s：%s年预测%s、增加%s，即%s年为%s，占%s（%s）的%s；而按预测只占%s。", s.NameZh, year(s.On), words.Exactly(s.Value), words.Exactly(s.Rise), year(s.RiseSince), words.Exactly(before),
				then.NameZh, words.Exactly(then.Value), percent(was).Zh, percent(will).Zh),
		},
	}}
}

// groups: the text counts another group than the indicators that use its figure.
func (b book) groups() (all []Finding) {
	said := map[string]bool{}
	for _, list := range [][]plan.Stated{b.Figures, b.Forecasts} {
		for _, s := range list {
			if s.Counts == "" || said[s.Measure+s.Counts] {
				continue
			}
			said[s.Measure+s.Counts] = true
			all = append(all, Finding{
				Rule: OtherGroup, Codes: b.using(s.Measure), Numbers: map[string]float64{"figure": s.Value},
				Text: words.Text{
					En: fmt.Sprintf("The text counts %s (%s); the indicators count %s.", s.Counts, words.Exactly(s.Value), s.Name),
					Zh: fmt.Sprintf("正文统计的是%s（%s），指标用的是%s。", s.CountsZh, words.Exactly(s.Value), s.NameZh),
				},
			})
		}
	}
	return all
}
