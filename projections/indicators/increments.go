package indicators

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
)

// Increments is a measurer that counts on from what it has counted: of a month that few subjects have touched since, it asks
// for these alone, as they counted then and as they count now, and the rest is as it was. What a subject adds depends on the
// rows of that subject alone, so that the sum is the same as when all were counted.
//
// It must be told all marks (Note) before it is asked for a number that they belong to, and it is used by one goroutine.
type Increments struct {
	Measurer
	// Worth is how long a count takes at least that is worth remembering.
	Worth time.Duration

	counts map[countKey]*count
	said   map[saidKey]calendar.Month
}

// countKey is a measure in a month; of visits all measures are one.
type countKey struct {
	family Group
	label  string
	month  calendar.Month
}

// count is a measure in a month as of a number, by measure and area, and who has touched it since.
type count struct {
	groups  []Group
	number  uint64
	rows    map[rowKey]Measured
	touched map[uuid.UUID]struct{}
}

type rowKey struct{ measure, area string }

// saidKey is a standing of a kind's group.
type saidKey struct {
	group Group
	word  string
}

// Note takes in what has come since the last count.
func (i *Increments) Note(marks Marks) {
	if len(i.counts) == 0 {
		clear(i.said)
		return
	}
	whole := map[Group]bool{}
	for g, marked := range marks {
		whole[g] = marked.whole || i.saysMore(g, marked.touches)
		if marked.whole { // what was said may have been taken back
			maps.DeleteFunc(i.said, func(key saidKey, _ calendar.Month) bool { return key.group == g })
		}
	}
	for key, c := range i.counts {
		for _, g := range c.groups {
			marked := marks[g]
			if marked == nil {
				continue
			}
			if _, hit := marked.months[key.month]; !hit {
				continue
			}
			if whole[g] {
				delete(i.counts, key)
				break
			}
			for _, t := range marked.touches {
				c.touched[t.subject] = struct{}{}
			}
		}
	}
}

// saysMore reports whether a standing is said of anybody earlier than ever before, as far as is known here: from then on a
// measure of it is known, of all areas.
func (i *Increments) saysMore(g Group, touches []touch) (more bool) {
	for _, t := range touches {
		if t.word == "" {
			continue
		}
		key := saidKey{g, t.word}
		if since, known := i.said[key]; !known || t.since < since {
			i.said[key] = t.since
			more = true
		}
	}
	return more
}

// Measure implements Measurer.
func (i *Increments) Measure(ctx context.Context, g Group, b Bounds) ([]Measured, error) {
	if !g.OfPersons() {
		return i.Measurer.Measure(ctx, g, b)
	}
	var anew []calendar.Month
	behind := map[uint64][]calendar.Month{} // by the number as of which they were counted
	var rows []Measured
	for _, month := range b.Months {
		number, current, there := i.state(g, month, b.Measures)
		switch {
		case !there:
			anew = append(anew, month)
		case !current:
			behind[number] = append(behind[number], month)
		}
	}
	for number, months := range behind {
		if err := i.countOn(ctx, g, b, number, months); err != nil {
			return nil, err
		}
	}
	for _, month := range b.Months {
		if !slices.Contains(anew, month) {
			rows = append(rows, i.counted(g, month, b.Measures)...)
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

// state says whether all of a group's measures asked are there in a month, all as of one number, and whether nobody has touched
// them since.
func (i *Increments) state(g Group, month calendar.Month, asked []Asked) (number uint64, current, there bool) {
	current = true
	for n, label := range labelsOf(g, asked) {
		c := i.counts[countKey{g, label, month}]
		if c == nil || n > 0 && c.number != number || len(c.touched) > mostTouches {
			return 0, false, false
		}
		number, current = c.number, current && len(c.touched) == 0
	}
	return number, current, true
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

// groupsOf lists the groups whose marks touch a label.
func groupsOf(g Group, asked []Asked, label string) []Group {
	if g == Visits {
		return []Group{g}
	}
	var groups []Group
	for _, a := range asked {
		if a.Label == label {
			groups = append(groups, g+Group(":"+a.Kind))
		}
	}
	return groups
}

// labelOf is what a row is counted with.
func labelOf(g Group, m Measured) string {
	if g == Visits {
		return ""
	}
	return m.Measure
}

func (i *Increments) remember(g Group, b Bounds, counted []Measured) {
	if i.counts == nil {
		i.counts, i.said = map[countKey]*count{}, map[saidKey]calendar.Month{}
	}
	for _, label := range labelsOf(g, b.Measures) {
		for _, month := range b.Months {
			i.counts[countKey{g, label, month}] = &count{
				groups: groupsOf(g, b.Measures, label), number: b.Number, rows: map[rowKey]Measured{}, touched: map[uuid.UUID]struct{}{},
			}
		}
	}
	for _, m := range counted {
		i.counts[countKey{g, labelOf(g, m), m.Month}].rows[rowKey{m.Measure, m.Area}] = m
	}
}

// countOn brings months up to a number from where they were counted.
func (i *Increments) countOn(ctx context.Context, g Group, b Bounds, from uint64, months []calendar.Month) error {
	touched := map[uuid.UUID]struct{}{}
	for _, label := range labelsOf(g, b.Measures) {
		for _, month := range months {
			maps.Copy(touched, i.counts[countKey{g, label, month}].touched)
		}
	}
	b.Months, b.Subjects = months, slices.Collect(maps.Keys(touched))
	before := b
	before.Number = from
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
		i.add(g, m, -1)
	}
	for _, m := range now {
		i.add(g, m, 1)
	}
	for _, label := range labelsOf(g, b.Measures) {
		for _, month := range months {
			c := i.counts[countKey{g, label, month}]
			c.number = b.Number
			clear(c.touched)
			maps.DeleteFunc(c.rows, func(_ rowKey, m Measured) bool { return m.Area != "" && m.Value == 0 && m.Records == 0 })
		}
	}
	return nil
}

// add adds a row, or takes it away. That a measure is known stays as it was: who makes it known touches the whole.
func (i *Increments) add(g Group, m Measured, sign float64) {
	if m.Area == "" {
		return
	}
	rows := i.counts[countKey{g, labelOf(g, m), m.Month}].rows
	key := rowKey{m.Measure, m.Area}
	sum, there := rows[key]
	if !there {
		sum = Measured{Month: m.Month, Area: m.Area, Measure: m.Measure}
	}
	sum.Value += sign * m.Value
	if sign < 0 {
		sum.Records -= m.Records
	} else {
		sum.Records += m.Records
	}
	rows[key] = sum
}

func (i *Increments) counted(g Group, month calendar.Month, asked []Asked) (rows []Measured) {
	for _, label := range labelsOf(g, asked) {
		rows = slices.AppendSeq(rows, maps.Values(i.counts[countKey{g, label, month}].rows))
	}
	return rows
}
