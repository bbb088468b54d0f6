package feasibility

import (
	"fmt"
	"math"
	"slices"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

func sum(steps []plan.Step) (all float64) {
	for _, s := range steps {
		all += s.Add
	}
	return all
}

// since are the steps of a day's year and later.
func since(steps []plan.Step, on calendar.Day) []plan.Step {
	return slices.DeleteFunc(slices.Clone(steps), func(s plan.Step) bool { return s.Year < on.Time().Year() })
}

// stepsMiss: baseline and steps do not make the target.
func (b book) stepsMiss() (all []Finding) {
	for _, d := range b.definitions {
		t, aimed := official(d)
		if !aimed || len(t.Steps) == 0 || t.Baseline == nil || math.Abs(*t.Baseline+sum(t.Steps)-t.Value) < 1e-6 {
			continue
		}
		added, reached := sum(t.Steps), *t.Baseline+sum(t.Steps)
		f := Finding{
			Rule: StepsMiss, Codes: []string{d.Code}, Numbers: map[string]float64{"baseline": *t.Baseline, "steps": added, "reached": reached, "target": t.Value},
			Text: words.Text{
				En: fmt.Sprintf("%s: %s + %s = %s, %s %s", d.Name, words.Exactly(*t.Baseline), words.Exactly(added), words.Exactly(reached), words.Exactly(math.Abs(t.Value-reached)), beside(reached, t.Value).En) + " " + words.Exactly(t.Value),
				Zh: fmt.Sprintf("%s：%s + %s = %s，比目标%s%s%s", d.NameZh, words.Exactly(*t.Baseline), words.Exactly(added), words.Exactly(reached), words.Exactly(t.Value), beside(reached, t.Value).Zh, words.Exactly(math.Abs(t.Value-reached))),
			},
		}
		if s, stated := b.statedLater(d, t); stated {
			from := s.Value + sum(since(t.Steps, s.On))
			f.Numbers["stated"], f.Numbers["from_stated"] = s.Value, from
			f.Text.En += fmt.Sprintf("; from the %s stated for %s: %s", words.Exactly(s.Value), year(s.On), words.Exactly(from))
			f.Text.Zh += fmt.Sprintf("；从%s年的%s起算则为%s", year(s.On), words.Exactly(s.Value), words.Exactly(from))
		}
		f.Text.En, f.Text.Zh = f.Text.En+".", f.Text.Zh+"。"
		all = append(all, f)
	}
	return all
}

func beside(reached, target float64) words.Text {
	if reached < target {
		return words.Text{Zh: "少", En: "short of"}
	}
	return words.Text{Zh: "多", En: "above"}
}

// statedLater is the figure of a count that is stated between its baseline and its deadline.
func (b book) statedLater(d plan.Definition, t plan.Target) (plan.Stated, bool) {
	if d.Minus != "" || d.IsRatio() {
		return plan.Stated{}, false
	}
	s, known := b.StatedBy(d.Numerator, t.Deadline-1)
	return s, known && s.On > t.BaselineOn
}

// stepsStart: what is stated for a day of a step's year lies outside of that step, going back from the target.
func (b book) stepsStart() (all []Finding) {
	for _, d := range b.definitions {
		t, aimed := official(d)
		s, stated := b.statedLater(d, t)
		left := since(t.Steps, s.On)
		if !aimed || !stated || len(left) == 0 || left[0].Year != s.On.Time().Year() {
			continue
		}
		added := sum(left)
		start, from := t.Value-added, s.Value+added
		if s.Range().High >= start && s.Range().Low <= start+left[0].Add {
			continue
		}
		f := Finding{
			Rule: StepsStart, Codes: []string{d.Code},
			Numbers: map[string]float64{"target": t.Value, "steps": added, "start": start, "stated": s.Value, "from_stated": from},
			Text: words.Text{
				En: fmt.Sprintf("%s: %s − %s = %s at the end of %d, %s the %s stated for %s; %s + %s = %s, not %s", d.Name, words.Exactly(t.Value), words.Exactly(added), words.Exactly(start), left[0].Year-1,
					against(start, s.Value).En, words.Exactly(s.Value), year(s.On), words.Exactly(s.Value), words.Exactly(added), words.Exactly(from), words.Exactly(t.Value)),
				Zh: fmt.Sprintf("%s：%s − %s = %s（%d年末），%s%s年的%s；%s + %s = %s，而非%s", d.NameZh, words.Exactly(t.Value), words.Exactly(added), words.Exactly(start), left[0].Year-1,
					against(start, s.Value).Zh, year(s.On), words.Exactly(s.Value), words.Exactly(s.Value), words.Exactly(added), words.Exactly(from), words.Exactly(t.Value)),
			},
		}
		b.asRatio(&f, d, t, from)
		f.Text.En, f.Text.Zh = f.Text.En+".", f.Text.Zh+"。"
		all = append(all, f)
	}
	return all
}

func against(start, stated float64) words.Text {
	if start > stated {
		return words.Text{Zh: "多于", En: "more than"}
	}
	return words.Text{Zh: "少于", En: "less than"}
}

// asRatio adds what a count would be of the forecast that a ratio divides it by.
func (b book) asRatio(f *Finding, count plan.Definition, t plan.Target, value float64) {
	for _, d := range b.definitions {
		if d.Numerator != count.Numerator || !d.IsRatio() || d.Minus != "" {
			continue
		}
		if of, known := b.then(d.Denominator, t.Deadline); known {
			ratio := value / of.Value * d.Scale
			f.Numbers["ratio"] = ratio
			f.Text.En += fmt.Sprintf(" (%s of the forecast %s)", words.With(words.Share(ratio), d.Unit).En, words.Number(of.Value, 0))
			f.Text.Zh += fmt.Sprintf("（按预测%s计为%s）", words.Number(of.Value, 0), words.With(words.Share(ratio), d.Unit).Zh)
			return
		}
	}
}
