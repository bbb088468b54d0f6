package plan

import (
	"math"
	"strconv"
	"strings"

	"github.com/careledger/careledger/domain/calendar"
)

// Stated is a number that a plan's text gives of a measure as of a day: a figure, or a forecast. RoundedTo is the size of
// the digit that it was rounded to (100 for 62.83万); 0: it is exact.
type Stated struct {
	Measure   string       `json:"measure"`
	Value     float64      `json:"value"`
	RoundedTo float64      `json:"rounded_to,omitempty"`
	On        calendar.Day `json:"on"`
	Name      string       `json:"name"`
	NameZh    string       `json:"name_zh"`
	// Rise is by how much it has risen since RiseSince, according to the text.
	Rise      float64      `json:"rise,omitempty"`
	RiseSince calendar.Day `json:"rise_since,omitempty"`
	// Counts, when set, is what the text says it counts, where that is not the measure itself.
	Counts   string `json:"counts,omitempty"`
	CountsZh string `json:"counts_zh,omitempty"`
	Source   string `json:"source"`
}

// Claim is a sentence of the plan that gives a number, rounded to RoundedTo (0: to the last digit of Value), and the ways to
// read it: the plan is right if one of them gives the number. Code, when set, is the indicator whose value it states.
type Claim struct {
	ID        string       `json:"id"`
	Text      string       `json:"text"`
	TextZh    string       `json:"text_zh"`
	Value     float64      `json:"value"`
	RoundedTo float64      `json:"rounded_to,omitempty"`
	Unit      string       `json:"unit"`
	On        calendar.Day `json:"on"`
	Code      string       `json:"code,omitempty"`
	Readings  []Reading    `json:"readings,omitempty"`
	Source    string       `json:"source"`
}

// Reading is how a claim may be counted, in the words of a definition, over the newest numbers stated by the claim's day;
// or StepsOf, the code of the indicator whose steps add up to it.
type Reading struct {
	Numerator   string  `json:"numerator_measure,omitempty"`
	Minus       string  `json:"minus_measure,omitempty"`
	Denominator string  `json:"denominator_measure,omitempty"`
	Scale       float64 `json:"scale,omitempty"`
	StepsOf     string  `json:"steps_of,omitempty"`
}

// Within says that a measure is part of another and can never exceed it: nursing beds of all beds, children of places.
type Within struct {
	Measure string `json:"measure"`
	Of      string `json:"of"`
}

// Range is what a number that was rounded to a digit may have been.
type Range struct{ Low, High float64 }

// Range answers what the number may have been before it was rounded; without RoundedTo it is exact.
func (s Stated) Range() Range { return Range{s.Value - s.RoundedTo/2, s.Value + s.RoundedTo/2} }

// Range answers what the number may have been before it was rounded.
func (c Claim) Range() Range { return rounded(c.Value, c.RoundedTo) }

// RangeOf is what a number may have been that is written with its digits.
func RangeOf(value float64) Range { return rounded(value, 0) }

// Meets reports whether two numbers may be the same. Ranges that only touch do not meet, unless one is a single number.
func (r Range) Meets(other Range) bool {
	low, high := max(r.Low, other.Low), min(r.High, other.High)
	slack := 1e-9 * max(1, math.Abs(low))
	if min(r.High-r.Low, other.High-other.Low) <= slack {
		return low <= high+slack
	}
	return low < high-slack
}

func rounded(value, to float64) Range {
	if to == 0 {
		to = 1
		if _, digits, fraction := strings.Cut(strconv.FormatFloat(value, 'f', -1, 64), "."); fraction {
			to = math.Pow10(-len(digits))
		}
	}
	return Range{value - to/2, value + to/2}
}

// StatedBy answers the newest number of a measure, a figure or a forecast, that is stated for a day or before it.
func (p *Plan) StatedBy(measure string, on calendar.Day) (newest Stated, ok bool) {
	for _, list := range [][]Stated{p.Figures, p.Forecasts} {
		for _, s := range list {
			if s.Measure == measure && s.On <= on && (!ok || s.On >= newest.On) {
				newest, ok = s, true
			}
		}
	}
	return newest, ok
}

// ForecastFor answers the forecast of a measure for the year in which a day lies.
func (p *Plan) ForecastFor(measure string, on calendar.Day) (Stated, bool) {
	for _, s := range p.Forecasts {
		if s.Measure == measure && s.On.Time().Year() == on.Time().Year() {
			return s, true
		}
	}
	return Stated{}, false
}
