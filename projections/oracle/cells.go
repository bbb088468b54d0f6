package oracle

import (
	"strings"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/plan"
)

// Key names a cell of a month.
type Key struct{ Code, Variant, Area string }

// Cell is a number in its definition's unit. Denominator is 0 where the definition has none.
type Cell struct {
	Value, Numerator, Denominator float64
	Records                       uint64
}

// Cells counts every cell of a month from the events up to a ledger number. Where there is no data there is no cell.
func Cells(p *plan.Plan, areas *area.Table, events []event.Recorded, number uint64, month calendar.Month) map[Key]Cell {
	l := read(p.Prefecture, events, number)
	c := &count{areas: areas, month: month, begin: p.BaselineOn + 1, ledger: l, measures: map[string]*measure{}}
	c.all(l)
	cells := map[Key]Cell{}
	for _, d := range p.In(month) {
		for _, a := range areas.All() {
			if cell, known := c.cell(d, a); known {
				cells[Key{d.Code, d.Variant, a.Code}] = cell
			}
		}
	}
	return cells
}

// measure is one number in every area. A count is known everywhere once anything of its kind has happened anywhere; a
// reported figure only where it was reported.
type measure struct {
	reported bool
	unknown  bool // nothing of it has held or happened anywhere
	value    map[string]float64
	records  map[string]uint64
	stated   map[string]calendar.Day // by when the figure in force ends
}

type count struct {
	areas    *area.Table
	month    calendar.Month
	begin    calendar.Day
	ledger   *ledger
	measures map[string]*measure
}

// cell is that of an area, or that of its lowest township where the definition says so.
func (c *count) cell(d plan.Definition, a area.Area) (lowest Cell, known bool) {
	if d.Rollup != plan.Lowest || a.Level == area.Township {
		return c.ofArea(d, a.Code)
	}
	for _, township := range c.townships(a.Code) {
		if cell, there := c.ofArea(d, township); there && (!known || cell.Value < lowest.Value) {
			lowest, known = cell, true
		}
	}
	_, lowest.Records, _ = c.get(d, d.Numerator, a.Code)
	return lowest, known
}

func (c *count) townships(code string) (below []string) {
	for _, a := range c.areas.Within(code) {
		if a.Level == area.Township {
			below = append(below, a.Code)
		}
	}
	return below
}

func (c *count) ofArea(d plan.Definition, area string) (Cell, bool) {
	numerator, records, known := c.get(d, d.Numerator, area)
	if !known {
		return Cell{}, false
	}
	if d.Minus != "" {
		less, _, _ := c.get(d, d.Minus, area)
		numerator -= less
	}
	if d.Denominator == "" {
		return Cell{Value: numerator, Numerator: numerator, Records: records}, true
	}
	denominator, _, known := c.get(d, d.Denominator, area)
	if !known || denominator == 0 {
		return Cell{}, false
	}
	return Cell{Value: numerator / denominator * d.Scale, Numerator: numerator, Denominator: denominator, Records: records}, true
}

func (c *count) get(d plan.Definition, name, area string) (value float64, records uint64, known bool) {
	if inside, is := strings.CutPrefix(name, "any("); is {
		return c.anywhere(d, strings.TrimSuffix(inside, ")"), area)
	}
	if name == "townships" {
		return float64(len(c.townships(area))), 0, true
	}
	name = c.ofSubjects(d, name)
	m := c.measures[name]
	if m == nil || m.unknown {
		return 0, 0, false
	}
	_, here := m.value[area]
	return m.value[area], m.records[area], here || !m.reported
}

// anywhere counts the townships in which there is any.
func (c *count) anywhere(d plan.Definition, name, area string) (value float64, records uint64, known bool) {
	_, records, known = c.get(d, name, area)
	for _, township := range c.townships(area) {
		there, _, is := c.get(d, name, township)
		known = known || is
		if there > 0 {
			value++
		}
	}
	return value, records, known
}

func (c *count) measure(name string) *measure {
	if c.measures[name] == nil {
		c.measures[name] = &measure{value: map[string]float64{}, records: map[string]uint64{}, stated: map[string]calendar.Day{}}
	}
	return c.measures[name]
}

// add adds to an area and all above it.
func (c *count) add(name, area string, value float64) {
	m := c.measure(name)
	for _, a := range c.upwards(area) {
		m.value[a] += value
	}
}

// happened notes a record of a day for measures, in an area and all above it.
func (c *count) happened(on calendar.Day, area string, names ...string) {
	if on.Month() != c.month {
		return
	}
	for _, name := range names {
		for _, a := range c.upwards(area) {
			c.measure(name).records[a]++
		}
	}
}

func (c *count) upwards(area string) []string {
	codes := []string{area}
	for _, a := range c.areas.Ancestors(area) {
		codes = append(codes, a.Code)
	}
	return codes
}

func (c *count) all(l *ledger) {
	last := c.month.Last()
	for _, b := range l.beds {
		if b.on <= last {
			c.add("beds_total", b.area, float64(b.all))
			c.add("beds_nursing", b.area, float64(b.special))
			c.add("beds_operating", b.area, float64(b.operate))
			c.happened(b.on, b.area, "beds_total", "beds_nursing", "beds_operating")
		}
	}
	for _, b := range l.places {
		if b.on <= last {
			c.add("places", b.area, float64(b.all))
			c.add("inclusive_places", b.area, float64(b.special))
			c.happened(b.on, b.area, "places", "inclusive_places")
		}
	}
	for _, spells := range l.stays {
		for _, s := range spells {
			c.spell(s, last, "residents", 1)
		}
	}
	for _, e := range l.enrolments {
		c.spell(e.spell, last, "enrolled", 1)
		young := 0.0
		if int(c.month)-int(e.born) < 36 { // the third birthday is not in this month nor before it
			young = 1
		}
		c.spell(e.spell, last, "enrolled_under_3", young)
	}
	c.households(l.retrofits, last)
	c.filed(l.filings, last)
	c.visits(l, last)
	for _, f := range l.figures {
		if m := c.measure(f.series); f.end <= last && f.end >= m.stated[f.area] {
			m.reported, m.value[f.area], m.stated[f.area] = true, f.value, f.end
		}
	}
}

// spell counts who is there on the month's last day.
func (c *count) spell(s spell, last calendar.Day, name string, weight float64) {
	if s.from > last {
		return
	}
	c.happened(s.from, s.area, name)
	gone := s.until != 0 && s.until <= last
	if gone {
		c.happened(s.until, s.area, name)
		weight = 0
	}
	c.add(name, s.area, weight)
}

func (c *count) households(retrofits []accepted, last calendar.Day) {
	type once struct {
		area      string
		household uuid.UUID
	}
	counted := map[once]bool{}
	for _, r := range retrofits {
		if r.on > last {
			continue
		}
		c.happened(r.on, r.area, "retrofitted_households")
		c.add("retrofitted_households", r.area, 0)
		if key := (once{r.area, r.household}); r.on >= c.begin && !counted[key] {
			counted[key] = true
			c.add("retrofitted_households", r.area, 1)
		}
	}
}

func (c *count) filed(filings []filing, last calendar.Day) {
	counted := map[uuid.UUID]bool{}
	for _, f := range filings {
		if f.on > last {
			continue
		}
		c.happened(f.on, f.area, "filed")
		if !counted[f.childcare] {
			counted[f.childcare] = true
			c.add("filed", f.area, 1)
		}
	}
}

// visits counts people in special difficulty and those of them who were seen, each in the area where the register has
// them on the month's last day. A month without any visit says nothing.
func (c *count) visits(l *ledger, last calendar.Day) {
	seen, gone, visited := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, v := range l.visits {
		if v.void || v.on.Month() != c.month {
			continue
		}
		visited[v.elder] = true
		switch v.outcome {
		case elder.Seen:
			seen[v.elder] = true
		case elder.Hospitalised, elder.Moved, elder.Deceased:
			gone[v.elder] = true
		}
	}
	total := 0
	for id, p := range l.people {
		where := at(p.area, last)
		if where == "" || at(p.circumstances, last) == 0 {
			continue
		}
		if visited[id] {
			total++
			c.happened(last, where, "in_difficulty", "visited")
		}
		if gone[id] {
			c.add("in_difficulty", where, 0)
			c.add("visited", where, 0)
			continue
		}
		c.add("in_difficulty", where, 1)
		if seen[id] {
			c.add("visited", where, 1)
		} else {
			c.add("visited", where, 0)
		}
	}
	if total == 0 {
		delete(c.measures, "in_difficulty")
		delete(c.measures, "visited")
	}
}
