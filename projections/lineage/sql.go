package lineage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// RowsSQL answers a page of rows by kind, subject and name: columns kind, subject, name, area, n, d, reason and rank (of the
// role). A figure or an area is known by its name, everything else by its subject.
//
// Parameters: @prefecture, @area, @areas, @month (calendar.Month), @last (its last day), @begin (the first day of the period
// that it stands for), @from (the day that cumulative counts begin with), @number; @numerator, @minus and @denominator (names
// of measures); @lower and @upper, between which the subjects are looked at; @kind, @subject and @name behind which the page
// begins, @until_kind and @until_subject with which it ends; @role (its rank; below zero: all) and @limit.
func (c Cell) RowsSQL() string {
	return `SELECT kind, subject, name, area, n, d, reason, ` + rankSQL("n", "d") + ` AS rank FROM (` + c.rows() + `)
WHERE (kind, subject, name) > (@kind, toUUID(@subject), @name) AND (kind, subject) <= (@until_kind, toUUID(@until_subject)) AND (@role < 0 OR rank = @role)
ORDER BY kind, subject, name LIMIT @limit`
}

// TotalsSQL adds up all rows: columns n, d, excluded, rows.
func (c Cell) TotalsSQL() string {
	return `SELECT sum(n) AS n, sum(d) AS d, countIf(excluded) AS excluded, count() AS rows
FROM (SELECT n, d, ` + rankSQL("n", "d") + ` = 2 AS excluded FROM (` + c.rows() + `))`
}

// ReachSQL answers the subject of a kind that is about @limit subjects of the area behind @lower, by entries of the register:
// columns subject and found, how many entries there are up to it.
func ReachSQL(kind string, m facts.Merges) string {
	from := `standings WHERE prefecture = @prefecture AND kind = '` + kind + `' AND standing = 'registered'`
	column := "subject"
	if kind == string(standing.Elder) {
		from, column = `elder_states WHERE prefecture = @prefecture AND aspect = 'area'`, "elder"
	}
	return m.Apply(`SELECT max(who) AS subject, count() AS found FROM (
	SELECT ` + column + ` AS who FROM {db}.` + from + ` AND ` + column + ` > toUUID(@lower) AND ` + within + ` ORDER BY who LIMIT @limit
)`)
}

// WindowKind is the kind whose subjects a page may look at in parts, in the order of their ids; empty: it looks at all.
func (c Cell) WindowKind() string {
	kind := ""
	for _, m := range measuresOf(c.Definition) {
		if m.Any || m.Kind == indicators.AllKinds {
			return ""
		}
		of := string(m.Kind)
		if m.Kind == "" && indicators.GroupOf(m.Word) == indicators.Visits {
			of = string(standing.Elder)
		}
		switch {
		case of == "" || of == kind:
		case kind == "":
			kind = of
		default:
			return ""
		}
	}
	return kind
}

// rankSQL answers the rank of a role.
func rankSQL(n, d string) string { return `multiIf(` + n + ` != 0, 0, ` + d + ` != 0, 1, 2)` }

// BehindSQL answers the numbers of the events behind subjects: columns kind, subject, name, number. Parameters as of
// RowsSQL, and @subjects, @names, @above.
func (c Cell) BehindSQL() string {
	all := []string{ // of townships there may be no other
		`SELECT '' AS kind, ` + nobody + ` AS subject, '' AS name, toUInt64(0) AS number`,
		`SELECT toString(kind) AS kind, arrayJoin([subject, survivor]) AS who, '' AS name, number FROM {db}.merges WHERE ` + known + ` AND who ` + asked,
	}
	for _, p := range c.parts() {
		if p.behind != "" {
			all = append(all, `SELECT * FROM (`+p.behind+`)`)
		}
	}
	return c.Merges.Apply(`SELECT DISTINCT kind, subject, name, number FROM (` + strings.Join(all, "\nUNION ALL\n") + `) WHERE number > @above`)
}

// EventsSQL answers the envelopes of events; parameters @prefecture, @numbers.
const EventsSQL = `SELECT prefecture, number, event_id, stream, revision, type, recorded_at, received_at, occurred_on, actor, device, area
FROM {db}.events WHERE prefecture = @prefecture AND number IN @numbers ORDER BY number`

// counted is a part with what its lines add to numerator and denominator.
type counted struct {
	part
	n, d string
}

// rows has a row for each subject behind a cell: of merged registrations, for the one that stays.
func (c Cell) rows() string { return c.Merges.Apply(c.rowsOfFacts()) }

func (c Cell) rowsOfFacts() string {
	var all []string
	for _, p := range c.parts() {
		all = append(all, fmt.Sprintf("SELECT kind, subject, name, place, n, d, %s AS why\nFROM (SELECT *, %s AS n, %s AS d FROM (%s))", p.reason, p.n, p.d, p.lines))
	}
	if groups := indicators.GroupsOf(c.Definition); len(all) == 1 && slices.Contains(groups, indicators.Visits) { // each person once as it is
		return `SELECT kind, subject, name, place AS area, n, d, why AS reason FROM (` + all[0] + `)`
	}
	// Of several lines the reason is that of the one that counts most, an own one where the numerator is something that did not happen.
	reason := `argMax(why, weight)`
	if m := measureOf(c.Definition.Numerator); m.Activity != "" {
		reason = `if(n = 0 AND d != 0 AND kind = '` + string(m.Kind) + `', 'nothing:` + m.Activity + `', argMax(why, weight))`
	}
	return `SELECT kind, subject, name, argMax(place, weight) AS area, sum(added) AS n, sum(base) AS d, ` + reason + ` AS reason
FROM (SELECT kind, subject, name, place, why, n AS added, d AS base, (n != 0, abs(n) + abs(d), place) AS weight FROM (` + strings.Join(all, "\nUNION ALL\n") + `))
GROUP BY kind, subject, name`
}

// parts are what a definition is counted from.
func (c Cell) parts() []counted {
	d := c.Definition
	plus, minus, base := measure{d.Numerator, "@numerator"}, measure{d.Minus, "@minus"}, measure{d.Denominator, "@denominator"}
	var all []counted
	for _, g := range indicators.GroupsOf(d) {
		counts := func(m measure) string { return term(g, m, false) }
		n, d := counts(plus)+` - `+counts(minus), counts(base)
		if n == zero+` - `+zero && d == zero { // it is only of townships
			continue
		}
		all = append(all, counted{c.partOf(g), n, d})
	}
	for i, m := range []measure{plus, minus, base} {
		p := measureOf(m.name)
		if m.name == "" || !p.Any && p.Word != indicators.TownshipCount {
			continue
		}
		adds := []string{zero, zero, zero}
		adds[i] = "value"
		all = append(all, counted{c.townships(p, m), adds[0] + ` - ` + adds[1], adds[2]})
	}
	return all
}

// townships are the lines of a measure that counts townships.
func (c Cell) townships(p indicators.Measure, m measure) part {
	if !p.Any {
		return part{lines: townships("", false), reason: `'township'`}
	}
	if p.Kind == "" && indicators.GroupOf(p.Word) == indicators.Figures {
		return part{lines: townships(figuresOf(p.Word), true), reason: reasonOfTownship}
	}
	var inner []string
	for _, g := range indicators.GroupsOf(plan.Definition{Numerator: m.name}) {
		inner = append(inner, `SELECT place, `+term(g, m, true)+` AS value FROM (`+c.partOf(g).lines+`)`)
	}
	return part{lines: townships(strings.Join(inner, " UNION ALL "), true), reason: reasonOfTownship, behind: behindTownships(p)}
}

func (c Cell) partOf(g indicators.Group) part {
	_, of, ofSubjects := strings.Cut(string(g), ":")
	if !ofSubjects {
		return partOf(g, c.Whole)
	}
	kind := standing.Kind(of)
	var measures []indicators.Measure
	for _, m := range measuresOf(c.Definition) {
		if (m.Activity != "") == (g == indicators.ActivitiesOf(kind)) && (m.Kind == kind || m.Kind == indicators.AllKinds) {
			measures = append(measures, m)
		}
	}
	if g == indicators.ActivitiesOf(kind) {
		return activities(kind, measures)
	}
	return standings(kind, measures, c.Whole)
}

// measure is one of a definition's measures: its name in the plan, and the parameter that holds it.
type measure struct{ name, parameter string }

const zero = `toFloat64(0)`

// term is what a group's line adds for a measure; zero for measures of other groups, and for those that count townships
// unless inner says that it is what is counted in them.
func term(g indicators.Group, m measure, inner bool) string {
	p := measureOf(m.name)
	switch {
	case m.name == "" || p.Any && !inner || !slices.Contains(indicators.GroupsOf(plan.Definition{Numerator: m.name}), g):
		return zero
	case p.Activity != "":
		return `toFloat64(word = '` + p.Activity + `')`
	case p.Kind != "":
		return holding(p)
	case g == indicators.Figures:
		return `if(name = ` + m.parameter + `, value, 0)`
	}
	return p.Word
}

// measureOf reads a word of a plan that was checked.
func measureOf(word string) indicators.Measure {
	m, err := indicators.ParseMeasure(word)
	if err != nil {
		return indicators.Measure{Word: word}
	}
	return m
}

func measuresOf(d plan.Definition) []indicators.Measure {
	var all []indicators.Measure
	for _, word := range []string{d.Numerator, d.Minus, d.Denominator} {
		if word != "" {
			all = append(all, measureOf(word))
		}
	}
	return all
}
