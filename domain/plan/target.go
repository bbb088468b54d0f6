package plan

import (
	"fmt"
	"math"

	"github.com/careledger/careledger/domain/calendar"
)

// Kind says how a target is met.
type Kind string

// The kinds of target.
const (
	Floor Kind = "floor" // at least this all the time
	Above Kind = "above" // strictly more than this all the time
	Reach Kind = "reach" // at least this by the deadline, on a trajectory until then
	Hold  Kind = "hold"  // stay at this
	Rise  Kind = "rise"  // keep rising; no number
	Grow  Kind = "grow"  // clear growth over the baseline
)

// Status says how a value stands to its target.
type Status string

// The statuses of a cell.
const (
	Ahead    Status = "ahead"
	OnTrack  Status = "on_track"
	Behind   Status = "behind"
	NoTarget Status = "no_target"
	NoData   Status = "no_data"
)

// Target is what a value shall be. Value and Baseline are in the indicator's unit. Steps are the planned additions of
// each year, by year; with them the trajectory is anchored at the target and goes back by them.
type Target struct {
	ID         string       `json:"id"`
	Official   bool         `json:"official"`
	Kind       Kind         `json:"kind"`
	Value      float64      `json:"value"`
	Baseline   *float64     `json:"baseline,omitempty"`
	BaselineOn calendar.Day `json:"baseline_on"`
	Deadline   calendar.Day `json:"deadline"`
	Steps      []Step       `json:"steps,omitempty"`
	Source     string       `json:"source"`
	// Follows, when set, is the code of a count whose trajectory this ratio follows by division through the
	// prefecture's denominator; without it the trajectory is the target's own.
	Follows string `json:"follows,omitempty"`
	// Tolerance, when set, replaces the plan's for this target.
	Tolerance *float64 `json:"tolerance,omitempty"`
	// Areas are values of areas below the plan's, by code; of a count they are parts of Value.
	Areas map[string]float64 `json:"areas,omitempty"`
}

// Step is what one calendar year adds.
type Step struct {
	Year int     `json:"year"`
	Add  float64 `json:"add"`
}

func (t Target) check() error {
	switch t.Kind {
	case Floor, Above, Reach, Hold, Rise, Grow:
	default:
		return fmt.Errorf("target %q has an unknown kind", t.ID)
	}
	if t.Kind == Reach && t.Baseline == nil && len(t.Steps) == 0 {
		return fmt.Errorf("target %q: a target to reach needs a baseline or steps", t.ID)
	}
	if t.Deadline <= t.BaselineOn {
		return fmt.Errorf("target %q: the deadline is not after the baseline's day", t.ID)
	}
	for i, s := range t.Steps {
		if i > 0 && s.Year != t.Steps[i-1].Year+1 {
			return fmt.Errorf("target %q: steps must be of consecutive years", t.ID)
		}
	}
	return nil
}

// Expected is where the trajectory stands at the close of a day, in the indicator's unit; ok is false where the kind
// has no number.
func (t Target) Expected(on calendar.Day) (value float64, ok bool) {
	switch t.Kind {
	case Rise:
		return 0, false
	case Floor, Above, Hold:
		return t.Value, true
	case Grow:
		if t.Baseline == nil {
			return 0, false
		}
		return *t.Baseline, true
	}
	if on >= t.Deadline {
		return t.Value, true
	}
	points := t.points()
	if on <= points[0].on {
		return points[0].value, true
	}
	for i := 1; i < len(points); i++ {
		if a, b := points[i-1], points[i]; on <= b.on {
			share := float64(on-a.on) / float64(b.on-a.on)
			return a.value + (b.value-a.value)*share, true
		}
	}
	return t.Value, true
}

type point struct {
	on    calendar.Day
	value float64
}

// points are the corners of the trajectory in time order.
func (t Target) points() []point {
	corners := []point{{t.Deadline, t.Value}}
	value := t.Value
	for i := len(t.Steps) - 1; i >= 0; i-- {
		value -= t.Steps[i].Add
		corners = append(corners, point{calendar.Date(t.Steps[i].Year-1, 12, 31), value})
	}
	if last := corners[len(corners)-1]; t.Baseline != nil && t.BaselineOn < last.on {
		corners = append(corners, point{t.BaselineOn, *t.Baseline})
	}
	for i, j := 0, len(corners)-1; i < j; i, j = i+1, j-1 {
		corners[i], corners[j] = corners[j], corners[i]
	}
	return corners
}

// Assessment is a target with what it expects of a period and how the value stands to it.
type Assessment struct {
	Target
	Unit     string   `json:"unit"`
	Expected *float64 `json:"expected"`
	Status   Status   `json:"status"`
}

// Assess judges a value (nil: no data) at the close of a day. tolerance is a share of the target's value within which
// a value counts as on track.
//
// followed, when not nil, replaces the target's own trajectory (see Follows).
func (t Target) Assess(value *float64, unit string, on calendar.Day, tolerance float64, followed *float64) Assessment {
	a := Assessment{Target: t, Unit: unit}
	expected, ok := t.Expected(on)
	if followed != nil {
		expected, ok = *followed, true
	}
	if ok {
		a.Expected = &expected
	}
	a.Status = t.judge(value, expected, ok, math.Abs(t.Value)*tolerance)
	return a
}

// Assess judges a value by a target of the definition, as Target.Assess does; where less is better, mirrored. tolerance is
// the plan's.
func (d Definition) Assess(t Target, value *float64, on calendar.Day, tolerance float64, followed *float64) Assessment {
	if t.Tolerance != nil {
		tolerance = *t.Tolerance
	}
	if d.Direction != Down {
		return t.Assess(value, d.Unit, on, tolerance, followed)
	}
	a := t.mirrored().Assess(negative(value), d.Unit, on, tolerance, negative(followed))
	a.Target, a.Expected = t, negative(a.Expected)
	return a
}

func (t Target) mirrored() Target {
	t.Value, t.Baseline = -t.Value, negative(t.Baseline)
	steps := make([]Step, len(t.Steps))
	for i, s := range t.Steps {
		steps[i] = Step{s.Year, -s.Add}
	}
	t.Steps = steps
	return t
}

func negative(v *float64) *float64 {
	if v == nil {
		return nil
	}
	n := -*v
	return &n
}

func (t Target) judge(value *float64, expected float64, ok bool, margin float64) Status {
	switch {
	case value == nil:
		return NoData
	case !ok: // keep rising: more than at the baseline
		if t.Baseline != nil && *value < *t.Baseline {
			return Behind
		}
		return OnTrack
	}
	const rounding = 1e-9
	gap := *value - expected
	switch t.Kind {
	case Floor:
		return either(gap >= -rounding)
	case Above, Grow:
		return either(gap > rounding)
	case Hold:
		return either(gap >= -margin-rounding)
	}
	switch {
	case gap > margin+rounding:
		return Ahead
	case gap >= -margin-rounding:
		return OnTrack
	}
	return Behind
}

func either(met bool) Status {
	if met {
		return OnTrack
	}
	return Behind
}
