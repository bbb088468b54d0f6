package words

import (
	"math"
	"strconv"
	"strings"

	"github.com/careledger/careledger/domain/plan"
)

// Standing is a number with what is asked of it. Below, where known, are the areas below that are short of the same line.
type Standing struct {
	Plan        *plan.Plan
	Definition  plan.Definition
	Value       *float64
	Numerator   *float64
	Denominator *float64
	Target      *plan.Assessment // the official one; nil: none
	Below       Below
}

// Below is how many townships are short of their area's line, and how much is missing in them together.
type Below struct {
	Townships int
	Missing   float64
}

// lines is what a value is held against, by the kind of its target.
var lines = map[plan.Kind]Text{
	plan.Reach: {"进度线", "line"}, plan.Floor: {"底线", "floor"}, plan.Above: {"底线", "floor"}, plan.Hold: {"应保持的水平", "level to keep"},
	plan.Rise: {"基期", "baseline"}, plan.Grow: {"基期", "baseline"},
}

// Of says how a number stands to its official target: short by how many of what is counted, or by how much.
func Of(s Standing) Text {
	switch {
	case s.Value == nil:
		return Text{"暂无数据", "no data yet"}
	case s.Target == nil:
		return Text{"未设目标", "no target"}
	}
	line := s.line()
	switch s.Target.Status {
	case plan.Behind:
		return s.short(line)
	case plan.Ahead:
		ahead := s.amount(s.beyond())
		return Text{"超前于" + line.Zh + " " + ahead.Zh, ahead.En + " ahead of the " + line.En}
	}
	switch s.Target.Kind {
	case plan.Reach:
		return Text{"与" + line.Zh + "相符", "on the " + line.En}
	case plan.Hold:
		return Text{"保持在" + line.Zh, "kept at the " + line.En}
	case plan.Above, plan.Grow:
		return Text{"高于" + line.Zh, "above the " + line.En}
	}
	if s.Definition.Direction == plan.Down {
		return Text{"不高于" + line.Zh, "not above the " + line.En}
	}
	return Text{"不低于" + line.Zh, "not below the " + line.En}
}

// line names what the value is held against, with its number where there is one.
func (s Standing) line() Text {
	name := lines[s.Target.Kind]
	if s.Definition.Direction == plan.Down && (s.Target.Kind == plan.Floor || s.Target.Kind == plan.Above) {
		name = Text{"上限", "limit"}
	}
	at := s.Target.Expected
	if at == nil {
		at = s.Target.Baseline
	}
	if at == nil {
		return name
	}
	_, places := Places(s.Definition.Decimals, s.Value, at)
	value := With(Number(*at, places), s.Definition.Unit)
	return Text{name.Zh + "（" + value.Zh + "）", name.En + " (" + value.En + ")"}
}

func (s Standing) short(line Text) Text {
	whole, counted := s.Missing()
	if !counted {
		by := s.amount(-s.beyond())
		if s.Definition.Direction == plan.Down {
			return Text{"超出" + line.Zh + " " + by.Zh, by.En + " above the " + line.En}
		}
		return Text{"距" + line.Zh + "还差 " + by.Zh, by.En + " short of the " + line.En}
	}
	n := s.count(whole)
	switch {
	case s.Definition.Direction == plan.Down:
		return Text{"超出" + line.Zh + " " + n.Zh, n.En + " above the " + line.En}
	case s.Below.Townships == 0:
		return Text{"距" + line.Zh + "还差 " + n.Zh, n.En + " short of the " + line.En}
	}
	places, missing := With(strconv.Itoa(s.Below.Townships), "townships"), s.count(s.Below.Missing)
	t := Text{places.Zh + "距" + line.Zh + "还差 " + missing.Zh, missing.En + " in" + " " + places.En + " short of the " + line.En}
	if whole != s.Below.Missing {
		more := s.count(whole)
		t.Zh += "；全区域补上 " + more.Zh + "即可达到"
		t.En += "; " + more.En + " would do for the area as a whole"
	}
	return t
}

// beyond is by how much the value is past what is expected; negative: short of it.
func (s Standing) beyond() float64 {
	at := s.Target.Expected
	if at == nil {
		at = s.Target.Baseline
	}
	if at == nil {
		return 0
	}
	if s.Definition.Direction == plan.Down {
		return *at - *s.Value
	}
	return *s.Value - *at
}

// Missing is how many more of what the numerator counts (where less is better: how many fewer) would bring the value to
// what is expected; ok is false where nothing is counted one by one.
func (s Standing) Missing() (missing float64, ok bool) {
	d := s.Definition
	if s.Target == nil || s.Value == nil || s.Counted() == "" {
		return 0, false
	}
	gap := -s.beyond()
	if d.IsRatio() {
		if s.Denominator == nil || d.Scale == 0 {
			return 0, false
		}
		gap *= *s.Denominator / d.Scale
	}
	const rounding = 1e-6
	if s.Target.Kind == plan.Above || s.Target.Kind == plan.Grow {
		return max(0, math.Floor(gap+rounding)+1), true
	}
	return max(0, math.Ceil(gap-rounding)), true
}

// counted are the units of the measures that have a query of their own, and of the kinds of subject.
var counted = map[string]string{
	"visited": "visits", "in_difficulty": "persons", "beds_total": "beds", "beds_nursing": "beds", "beds_operating": "beds", "residents": "persons",
	"retrofitted_households": "households", "places": "places", "inclusive_places": "places", "filed": "institutions", "enrolled": "persons", "enrolled_under_3": "persons",
	"elder": "persons", "child": "persons", "staff": "persons", "institution": "institutions", "childcare": "institutions", "community": "communities",
	"estate": "units", "elder_school": "units", "hospital": "hospitals", "*": "units", "townships": "townships",
}

// Counted is the unit of what the numerator counts one by one; "" where that cannot be said, as of years or shares.
func (s Standing) Counted() string {
	d := s.Definition
	unit, known := counted[d.Numerator]
	switch {
	case known:
	case strings.HasPrefix(d.Numerator, "any("):
		unit = "townships"
	case strings.ContainsAny(d.Numerator, ":#"):
		unit = counted[d.Numerator[:strings.IndexAny(d.Numerator, ":#")]]
	case d.IsRatio() && s.Plan != nil:
		unit = s.Plan.Series[d.Numerator]
	default:
		unit = d.Unit
	}
	switch unit {
	case "%", "‰", "years", "yuan", "fen", "10k-yuan", "m2":
		return ""
	}
	return unit
}

func (s Standing) count(n float64) Text { return With(Number(n, 0), s.Counted()) }

// amount writes a difference of values: points of a share, else the unit's own.
func (s Standing) amount(by float64) Text {
	text := Number(by, max(1, s.Definition.Decimals))
	switch s.Definition.Unit {
	case "%":
		return Text{text + "个百分点", text + " points"}
	case "‰":
		return Text{text + "个千分点", text + " ‰"}
	}
	return With(text, s.Definition.Unit)
}
