package oracle

import (
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/standing"
)

// day is the one at whose end the month is counted: its last, or today while it runs.
func (c *count) day() calendar.Day {
	if today := c.ledger.closed + 1; c.ledger.closed != 0 && today.Month() == c.month {
		return today
	}
	return c.month.Last()
}

// ofSubjects counts a measure of subjects, once, and answers by which name it is kept.
func (c *count) ofSubjects(d plan.Definition, name string) string {
	kind, activity, happened := strings.Cut(name, "#")
	if happened {
		name += " in a " + d.Period
	} else {
		kind, _, _ = strings.Cut(name, ":")
	}
	if c.measures[name] != nil || kind != "*" && !slices.Contains(standing.Kinds(), standing.Kind(kind)) {
		return name
	}
	m := c.measure(name)
	m.unknown = true
	if happened {
		c.countDone(m, name, standing.Kind(kind), activity, d.Period)
		return name
	}
	words := []string{"registered"}
	if _, more, any := strings.Cut(name, ":"); any {
		words = append(words, strings.Split(more, "+")...)
	}
	for _, k := range standing.Kinds() {
		vocabulary := standing.WordsOf(k)
		foreign := func(w string) bool {
			return !slices.Contains(vocabulary.Standings, w) && !slices.Contains(vocabulary.Derived, w)
		}
		if kind == string(k) || kind == "*" && !slices.ContainsFunc(words, foreign) {
			c.countSaid(m, name, k, words)
		}
	}
	return name
}

// countSaid counts the subjects of a kind of whom all the words hold. They are known once each has been said of anybody.
func (c *count) countSaid(m *measure, name string, kind standing.Kind, words []string) {
	heard := map[string]bool{}
	for _, s := range c.ledger.subjects {
		if s.kind != kind {
			continue
		}
		all := true
		for _, w := range words {
			all = all && c.ledger.holds(s, w, c.day())
		}
		if all {
			home, _ := c.ledger.newest(s, "registered", c.day())
			c.add(name, home.area, 1)
		}
		for _, one := range s.said {
			if !slices.Contains(words, one.standing) || c.ledger.withdrawn[one.record] {
				continue
			}
			heard[one.standing] = heard[one.standing] || one.from <= c.day()
			c.happened(one.from, one.area, name)
		}
	}
	m.unknown = m.unknown && len(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return heard[w] })) > 0
}

// countDone counts the subjects with whom something happened in the period so far.
func (c *count) countDone(m *measure, name string, kind standing.Kind, activity, period string) {
	for _, s := range c.ledger.subjects {
		var last done
		any := false
		for _, one := range s.done {
			if s.kind != kind || one.activity != activity || c.ledger.withdrawn[one.record] || one.on < begin(period, c.month) || one.on > c.day() {
				continue
			}
			for _, a := range c.upwards(one.area) {
				m.records[a]++
			}
			if !any || one.on >= last.on {
				last, any = one, true
			}
		}
		if !any {
			continue
		}
		where := last.area
		if home, registered := c.ledger.newest(s, "registered", c.day()); registered {
			where = home.area
		}
		c.add(name, where, 1)
		m.unknown = false
	}
}

// begin is the first day of the period that a month lies in.
func begin(period string, m calendar.Month) calendar.Day {
	firsts := map[string][]calendar.Month{ // of the year, January being 0
		"quarter": {0, 3, 6, 9}, "year": {0}, "school_year": {8}, "mch_year": {9},
	}[period]
	for len(firsts) > 0 && !slices.Contains(firsts, m%12) {
		m--
	}
	return m.First()
}
