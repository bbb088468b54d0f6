package indicators

import (
	"math"
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

// Number is a cell without what the plan says about it: what is counted and kept. Value is in the definition's unit.
type Number struct {
	Code, Variant string
	Version       int
	Area          string
	Month         calendar.Month
	Value         *float64
	Numerator     *float64
	Denominator   *float64
	Records       uint64
	Position      uint64
	ComputedAt    time.Time
}

// tally holds measures rolled up to every area of a prefecture.
type tally struct {
	values  map[tallyKey]Measured
	records map[recordsKey]uint64 // of a group in the whole prefecture
	present map[recordsKey]bool
}

type tallyKey struct {
	measure string
	month   calendar.Month
	area    string
}

type recordsKey struct {
	group Group
	month calendar.Month
}

// newTally rolls measured rows up from townships to counties and the prefecture, where they add up.
func newTally(areas *area.Table, measured []Measured) *tally {
	t := &tally{values: map[tallyKey]Measured{}, records: map[recordsKey]uint64{}, present: map[recordsKey]bool{}}
	counted := map[tallyKey]bool{}
	for _, m := range measured {
		g := GroupOf(m.Measure)
		t.present[recordsKey{g, m.Month}] = true
		once := tallyKey{string(g), m.Month, m.Area}
		if !counted[once] { // a row's records stand beside each of its measures
			counted[once] = true
			t.records[recordsKey{g, m.Month}] += m.Records
		}
		t.add(m, m.Area)
		if !g.AddsUp() {
			continue
		}
		for _, above := range areas.Ancestors(m.Area) {
			t.add(m, above.Code)
		}
	}
	return t
}

func (t *tally) add(m Measured, area string) {
	key := tallyKey{m.Measure, m.Month, area}
	sum := t.values[key]
	sum.Value += m.Value
	sum.Records += m.Records
	t.values[key] = sum
}

// get answers a measure of an area and month: zero where others of the prefecture have it and this area does not; nothing
// where nobody has.
func (t *tally) get(measure string, month calendar.Month, area string) (Measured, bool) {
	m, ok := t.values[tallyKey{measure, month, area}]
	g := GroupOf(measure)
	switch {
	case g == Figures:
		return m, ok
	case !t.present[recordsKey{g, month}]:
		return Measured{}, false
	case g.NeedsRecords() && t.records[recordsKey{g, month}] == 0:
		return Measured{}, false
	}
	return m, true
}

// numbers derives a definition's cells for every area of the prefecture and every month. An area without data has none.
func numbers(d plan.Definition, areas []area.Area, months []calendar.Month, t *tally) []Number {
	var cells []Number
	for _, month := range months {
		for _, a := range areas {
			if n, ok := number(d, a.Code, month, t); ok {
				cells = append(cells, n)
			}
		}
	}
	return cells
}

func number(d plan.Definition, area string, month calendar.Month, t *tally) (Number, bool) {
	numerator, ok := t.get(d.Numerator, month, area)
	if !ok {
		return Number{}, false
	}
	if d.Minus != "" {
		minus, _ := t.get(d.Minus, month, area)
		numerator.Value -= minus.Value
	}
	n := Number{
		Code: d.Code, Variant: d.Variant, Version: d.Version, Area: area, Month: month,
		Numerator: &numerator.Value, Records: numerator.Records,
	}
	if !d.IsRatio() {
		n.Value = &numerator.Value
		return n, true
	}
	denominator, ok := t.get(d.Denominator, month, area)
	if !ok || denominator.Value == 0 {
		return Number{}, false
	}
	value := numerator.Value / denominator.Value * d.Scale
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return Number{}, false
	}
	n.Denominator, n.Value = &denominator.Value, &value
	return n, true
}
