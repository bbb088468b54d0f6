package simulate

import (
	"math"
	"slices"

	"github.com/careledger/careledger/domain/calendar"
)

// Saying is a number of the plan, and how it is counted anew from records: measures by the plan's names for them. Said is
// what the plan says at the end of a month; Within is how far chance may lead away from it; Lowest takes the lowest
// township. Reason says why the number counted is another one.
type Saying struct {
	Number      string         `json:"number"`
	NameZh      string         `json:"name_zh"`
	Name        string         `json:"name"`
	At          calendar.Month `json:"at"`
	Said        float64        `json:"said"`
	Unit        string         `json:"unit"`
	Decimals    int            `json:"decimals"`
	Within      float64        `json:"within"`
	Lowest      bool           `json:"lowest"`
	Numerator   string         `json:"numerator"`
	Denominator string         `json:"denominator"`
	Scale       float64        `json:"scale"`
	ReasonZh    string         `json:"reason_zh"`
	Reason      string         `json:"reason"`
}

// Line is a number of the plan beside the simulated one. Agrees: they are the same as far as the plan writes it, or as
// near as chance allows. Known is false where nothing of it was simulated.
type Line struct {
	Saying
	Simulated float64
	Known     bool
	Agrees    bool
}

// settled is how many months after one its late records and corrections are there.
const settled = 3

// Table lives the prefecture and counts what the plan says of its months. Counts are set beside the plan's at this scale.
func (w *World) Table() []Line {
	tallies := map[calendar.Month]*tally{}
	var each []*tally
	for _, s := range w.Figures.Said {
		if tallies[s.At] == nil && s.At <= w.To {
			tallies[s.At] = w.tally(s.At.Last(), w.Figures.Said)
			each = append(each, tallies[s.At])
		}
	}
	until := slices.MaxFunc(w.Figures.Said, func(a, b Saying) int { return int(a.At - b.At) }).At + settled
	for r := range w.Records() {
		if calendar.DayOf(r.Received).Month() > until {
			break
		}
		for _, t := range each {
			t.take(r)
		}
	}
	lines := make([]Line, 0, len(w.Figures.Said))
	for _, s := range w.Figures.Said {
		if s.Denominator == "" && s.Unit != "years" {
			s.Said, s.Within = rounded(s.Said*w.Scale, s.Decimals), s.Within*w.Scale
		}
		line := Line{Saying: s}
		if t := tallies[s.At]; t != nil {
			line.Simulated, line.Known = t.value(s)
		}
		line.Agrees = line.Known && s.agrees(line.Simulated)
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return int(a.At - b.At) })
	return lines
}

func (s Saying) agrees(value float64) bool {
	return math.Abs(value-s.Said) <= s.Within || rounded(value, s.Decimals) == s.Said
}

// value counts what is said.
func (t *tally) value(s Saying) (value float64, ok bool) {
	towns, whole, ok := t.measure(s.Numerator)
	if !ok || s.Denominator == "" {
		return whole, ok
	}
	under, below, ok := t.measure(s.Denominator)
	if !ok || below == 0 {
		return 0, false
	}
	if !s.Lowest {
		return whole / below * s.Scale, true
	}
	lowest := math.Inf(1)
	for i := range towns {
		if under[i] > 0 {
			lowest = min(lowest, float64(towns[i])/float64(under[i])*s.Scale)
		}
	}
	return lowest, true
}
