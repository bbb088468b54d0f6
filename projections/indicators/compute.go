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
	areas     *area.Table
	townships map[string][]string // in each area
	values    map[tallyKey]Measured
	records   map[presentKey]uint64 // in the whole prefecture
	present   map[presentKey]bool
}

type tallyKey struct {
	label string
	month calendar.Month
	area  string
}

type presentKey struct {
	known string
	month calendar.Month
}

func newTally(areas *area.Table) *tally {
	t := &tally{
		areas: areas, townships: map[string][]string{}, values: map[tallyKey]Measured{}, records: map[presentKey]uint64{}, present: map[presentKey]bool{},
	}
	for _, a := range areas.All() {
		for _, below := range areas.Within(a.Code) {
			if below.Level == area.Township {
				t.townships[a.Code] = append(t.townships[a.Code], below.Code)
			}
		}
	}
	return t
}

// known is what the zero of an area depends on: of subjects, whether anything of the measure itself has held or happened in
// the prefecture; else whether there are rows of its group.
func known(g Group, label string) string {
	if g.isOfSubjects() {
		return label
	}
	return string(g)
}

// take adds measured rows, and rolls them up from townships to counties and the prefecture where they add up.
func (t *tally) take(g Group, measured []Measured) {
	once := map[tallyKey]bool{}
	for _, m := range measured {
		there := presentKey{known(g, m.Measure), m.Month}
		if !g.isOfSubjects() || m.Area == "" || m.Value != 0 {
			t.present[there] = true
		}
		row := tallyKey{there.known, m.Month, m.Area}
		if !once[row] { // a row's records stand beside each of its measures
			once[row] = true
			t.records[there] += m.Records
		}
		t.add(tallyKey{m.Measure, m.Month, m.Area}, m)
		if !g.AddsUp() {
			continue
		}
		for _, above := range t.areas.Ancestors(m.Area) {
			t.add(tallyKey{m.Measure, m.Month, above.Code}, m)
		}
	}
}

func (t *tally) add(key tallyKey, m Measured) {
	sum := t.values[key]
	sum.Value += m.Value
	sum.Records += m.Records
	t.values[key] = sum
}

// part is a measure of a definition with what it depends on.
type part struct {
	Measure
	label string
	group Group
}

func partOf(d plan.Definition, word string) part {
	m := measureOf(word)
	p := part{Measure: m, label: m.label(d)}
	if groups := m.groups(); len(groups) > 0 {
		p.group = groups[0]
	}
	return p
}

// get answers a measure of an area and month: zero where others of the prefecture have it and this area does not; nothing
// where nobody has.
func (t *tally) get(p part, month calendar.Month, code string) (Measured, bool) {
	switch {
	case p.Any:
		return t.anywhere(p, month, code)
	case p.Word == TownshipCount:
		return Measured{Value: float64(len(t.townships[code]))}, true
	}
	value, here := t.values[tallyKey{p.label, month, code}]
	there := presentKey{known(p.group, p.label), month}
	switch {
	case p.group == Figures:
		return value, here
	case !t.present[there], p.group.NeedsRecords() && t.records[there] == 0:
		return Measured{}, false
	}
	return value, true
}

// anywhere counts the townships of an area in which a measure is above 0.
func (t *tally) anywhere(p part, month calendar.Month, code string) (Measured, bool) {
	p.Any = false
	whole, there := t.get(p, month, code)
	count := Measured{Records: whole.Records}
	for _, township := range t.townships[code] {
		one, here := t.get(p, month, township)
		there = there || here
		if one.Value > 0 {
			count.Value++
		}
	}
	return count, there
}

// numbers derives a definition's cells for every area of the prefecture and every month. An area without data has none.
func (t *tally) numbers(d plan.Definition, months []calendar.Month) []Number {
	f := formulaOf(d)
	var cells []Number
	for _, month := range months {
		for _, a := range t.areas.All() {
			if n, ok := f.of(t, a, month); ok {
				cells = append(cells, n)
			}
		}
	}
	return cells
}

// formula is a definition with its measures read.
type formula struct {
	plan.Definition
	numerator, minus, denominator part
}

func formulaOf(d plan.Definition) formula {
	return formula{d, partOf(d, d.Numerator), partOf(d, d.Minus), partOf(d, d.Denominator)}
}

// of is the number of an area; where the lowest township counts, that of the lowest one.
func (f formula) of(t *tally, a area.Area, month calendar.Month) (Number, bool) {
	if f.Rollup != plan.Lowest || a.Level == area.Township {
		return f.number(t, a.Code, month)
	}
	var lowest Number
	found := false
	for _, township := range t.townships[a.Code] {
		if n, ok := f.number(t, township, month); ok && (!found || *n.Value < *lowest.Value) {
			lowest, found = n, true
		}
	}
	whole, _ := t.get(f.numerator, month, a.Code)
	lowest.Area, lowest.Records = a.Code, whole.Records
	return lowest, found
}

func (f formula) number(t *tally, area string, month calendar.Month) (Number, bool) {
	numerator, ok := t.get(f.numerator, month, area)
	if !ok {
		return Number{}, false
	}
	if f.Minus != "" {
		minus, _ := t.get(f.minus, month, area)
		numerator.Value -= minus.Value
	}
	n := Number{
		Code: f.Code, Variant: f.Variant, Version: f.Version, Area: area, Month: month,
		Numerator: &numerator.Value, Records: numerator.Records,
	}
	if !f.IsRatio() {
		n.Value = &numerator.Value
		return n, true
	}
	denominator, ok := t.get(f.denominator, month, area)
	if !ok || denominator.Value == 0 {
		return Number{}, false
	}
	value := numerator.Value / denominator.Value * f.Scale
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return Number{}, false
	}
	n.Denominator, n.Value = &denominator.Value, &value
	return n, true
}
