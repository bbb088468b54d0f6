package indicators

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unique"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/standing"
)

// Increments is a measurer that counts on from what it has counted: of a month that few subjects have touched since, it asks
// for these alone, as they counted then and as they count now, and the rest is as it was. What a subject adds depends on the
// rows of that subject alone, so that the sum is the same as when all were counted.
//
// It must be told all marks up to a number (Note) before it is asked for that number, and it is used by one goroutine. What it
// holds grows with measures, months and areas, and not with subjects.
type Increments struct {
	Measurer
	// Worth is how long a count takes at least that is worth remembering.
	Worth time.Duration

	number, before uint64 // of the last Note, and of the one before it
	marks          Marks  // what has come in between
	counts         map[countKey]*count
}

// countKey is a measure in a month; of visits all measures are one.
type countKey struct {
	family Group
	label  string
	month  calendar.Month
}

// count is a measure in a month as of the last Note, or, where it is behind, as of the one before it.
type count struct {
	label  string
	groups []Group
	words  []string // standings that make it known
	known  bool     // of standings: a row without an area says so
	behind bool
	rows   map[rowKey]amount
}

type rowKey struct{ measure, area unique.Handle[string] }

type amount struct {
	value   float64
	records uint64
}

// Note takes in what has come since the last count, up to a number.
func (i *Increments) Note(marks Marks, number uint64) {
	i.before, i.number, i.marks = i.number, number, marks
	registered := i.registered()
	maps.DeleteFunc(i.counts, func(key countKey, c *count) bool {
		if c.behind { // nobody has asked for it
			return true
		}
		for _, g := range c.groups {
			marked := marks[g]
			if marked == nil {
				continue
			}
			if _, hit := marked.months[key.month]; !hit {
				continue
			}
			if marked.whole || !c.known && c.mayBeKnown(marked.touches, registered[monthOfGroup{g, key.month}]) {
				return true
			}
			c.behind = true
		}
		return false
	})
}

type monthOfGroup struct {
	group Group
	month calendar.Month
}

// registered tells of which kinds somebody is known to have been registered by the end of which months: where any measure of
// one is known.
func (i *Increments) registered() map[monthOfGroup]bool {
	known := map[monthOfGroup]bool{}
	for key, c := range i.counts {
		if c.known && len(c.groups) == 1 {
			known[monthOfGroup{c.groups[0], key.month}] = true
		}
	}
	return known
}

// mayBeKnown reports whether a measure of which nothing was known may be known through touches. Who is known stays known
// until something is taken back, which touches the whole.
func (c *count) mayBeKnown(touches []touch, registered bool) bool {
	return slices.ContainsFunc(touches, func(t touch) bool {
		return slices.Contains(c.words, t.word) || t.word == standing.Registered && !registered
	})
}

// Measure implements Measurer.
func (i *Increments) Measure(ctx context.Context, g Group, b Bounds) ([]Measured, error) {
	if !g.OfPersons() || b.Number != i.number {
		return i.Measurer.Measure(ctx, g, b)
	}
	var anew, there, behind []calendar.Month
	touched := i.touched(g, b.Measures)
	for _, month := range b.Months {
		counts := i.of(g, b.Measures, month)
		late := slices.ContainsFunc(counts, func(c *count) bool { return c != nil && c.behind })
		switch {
		case slices.Contains(counts, nil), late && len(touched) > mostTouches:
			anew = append(anew, month)
			continue
		case late:
			behind = append(behind, month)
		}
		there = append(there, month)
	}
	if len(behind) > 0 {
		of := b
		of.Months, of.Subjects = behind, touched
		if err := i.countOn(ctx, g, of); err != nil {
			return nil, err
		}
	}
	var rows []Measured
	for _, month := range there {
		for _, c := range i.of(g, b.Measures, month) {
			rows = append(rows, c.measured(g, month)...)
		}
	}
	if len(anew) == 0 {
		return rows, nil
	}
	b.Months = anew
	began := time.Now()
	counted, err := i.Measurer.Measure(ctx, g, b)
	if err != nil {
		return nil, err
	}
	if time.Since(began) >= i.Worth {
		i.remember(g, b, counted)
	}
	return append(rows, counted...), nil
}

// of lists what is remembered of a month; nil where something is not.
func (i *Increments) of(g Group, asked []Asked, month calendar.Month) []*count {
	var counts []*count
	for _, label := range labelsOf(g, asked) {
		counts = append(counts, i.counts[countKey{g, label, month}])
	}
	return counts
}

// labelsOf lists what is counted apart.
func labelsOf(g Group, asked []Asked) []string {
	if g == Visits {
		return []string{""}
	}
	var labels []string
	for _, a := range asked {
		if !slices.Contains(labels, a.Label) {
			labels = append(labels, a.Label)
		}
	}
	return labels
}

func (i *Increments) remember(g Group, b Bounds, counted []Measured) {
	if i.counts == nil {
		i.counts = map[countKey]*count{}
	}
	for _, label := range labelsOf(g, b.Measures) {
		for _, month := range b.Months {
			own := slices.DeleteFunc(slices.Clone(b.Measures), func(a Asked) bool { return a.Label != label })
			c := &count{label: label, groups: groupsOf(g, own), known: g != Standings, rows: map[rowKey]amount{}}
			for _, a := range own {
				c.words = append(c.words, strings.Split(a.Words, "+")...)
			}
			i.counts[countKey{g, label, month}] = c
		}
	}
	for _, m := range counted {
		i.count(g, m).add(m, 1)
	}
}

// groupsOf lists the groups that touch measures.
func groupsOf(g Group, asked []Asked) []Group {
	if g == Visits {
		return []Group{g}
	}
	var groups []Group
	for _, a := range asked {
		groups = append(groups, g+Group(":"+a.Kind))
	}
	return groups
}

// count is what a row is counted in.
func (i *Increments) count(g Group, m Measured) *count {
	if g == Visits {
		return i.counts[countKey{g, "", m.Month}]
	}
	return i.counts[countKey{g, m.Measure, m.Month}]
}

// countOn brings months, which some subjects have touched, from the last but one Note to the last.
func (i *Increments) countOn(ctx context.Context, g Group, b Bounds) error {
	before := b
	before.Number = i.before
	var then, now []Measured
	var failed [2]error
	var both sync.WaitGroup
	both.Go(func() { then, failed[0] = i.Measurer.Measure(ctx, g, before) })
	both.Go(func() { now, failed[1] = i.Measurer.Measure(ctx, g, b) })
	both.Wait()
	if err := errors.Join(failed[:]...); err != nil {
		return err
	}
	for _, m := range then {
		if c := i.count(g, m); c.behind {
			c.add(m, -1)
		}
	}
	for _, m := range now {
		if c := i.count(g, m); c.behind {
			c.add(m, 1)
		}
	}
	for _, month := range b.Months {
		for _, c := range i.of(g, b.Measures, month) {
			c.behind = false
		}
	}
	return nil
}

// touched lists who has touched any of the measures.
func (i *Increments) touched(g Group, asked []Asked) []uuid.UUID {
	subjects := map[uuid.UUID]struct{}{}
	for _, group := range groupsOf(g, asked) {
		if i.marks[group] != nil {
			for _, t := range i.marks[group].touches {
				subjects[t.subject] = struct{}{}
			}
		}
	}
	return slices.Collect(maps.Keys(subjects))
}

// add adds a row, or takes it away: times is 1 or -1.
func (c *count) add(m Measured, times int) {
	if m.Area == "" {
		c.known = true
		return
	}
	key := rowKey{unique.Make(m.Measure), unique.Make(m.Area)}
	sum := c.rows[key]
	sum.value += float64(times) * m.Value
	sum.records += uint64(times) * m.Records // below 0 it wraps, and back
	if c.rows[key] = sum; sum == (amount{}) {
		delete(c.rows, key)
	}
}

func (c *count) measured(g Group, month calendar.Month) (rows []Measured) {
	if g == Standings && c.known {
		rows = append(rows, Measured{Month: month, Measure: c.label})
	}
	for key, sum := range c.rows {
		rows = append(rows, Measured{Month: month, Area: key.area.Value(), Measure: key.measure.Value(), Value: sum.value, Records: sum.records})
	}
	return rows
}
