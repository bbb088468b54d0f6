package indicators

import (
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

// Group is a set of measures that one query counts together, because they come from the same facts.
type Group string

// The groups. Every measure that none of the others counts is the series of a reported figure.
const (
	Visits     Group = "visits"
	Beds       Group = "beds"
	Residents  Group = "residents"
	Retrofits  Group = "retrofits"
	Places     Group = "places"
	Filings    Group = "filings"
	Enrolments Group = "enrolments"
	Figures    Group = "figures"
)

// Groups lists all of them.
func Groups() []Group {
	return append([]Group{Visits, Beds, Residents, Retrofits, Places, Filings, Enrolments, Figures}, ofSubjects()...)
}

// GroupOf says which group counts a measure that is not of subjects.
func GroupOf(measure string) Group {
	switch measure {
	case "in_difficulty", "visited":
		return Visits
	case "beds_total", "beds_nursing", "beds_operating":
		return Beds
	case "residents":
		return Residents
	case "retrofitted_households":
		return Retrofits
	case "places", "inclusive_places":
		return Places
	case "filed":
		return Filings
	case "enrolled", "enrolled_under_3":
		return Enrolments
	}
	return Figures
}

// OfPersons reports whether a group counts persons (or units and houses), each once however often they were registered. Beds
// and places that are taken are counted one by one, whoever takes them.
func (g Group) OfPersons() bool { return g == Visits || g.isOfSubjects() }

// AddsUp reports whether a group is counted per place and adds up over areas; a figure is reported for an area as it is.
func (g Group) AddsUp() bool { return g != Figures }

// NeedsRecords reports whether a month without any record in the whole prefecture says nothing, rather than zero.
func (g Group) NeedsRecords() bool { return g == Visits }

// IsFlow reports whether a group counts what happens in a period, and not what there is at its end.
func (g Group) IsFlow() bool {
	return g == Visits || g.family() == Activities
}

// GroupsOf lists the groups that a definition needs.
func GroupsOf(d plan.Definition) []Group {
	var groups []Group
	for _, m := range measuresOf(d) {
		for _, g := range m.groups() {
			if !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	return groups
}

// MostMonths is how far from the first the last of the months may be that visits are counted for at once.
const MostMonths = 60

// Bounds of a count: one prefecture, the months asked, only rows up to a ledger number; From is the first day that
// cumulative counts begin with. Measures are those asked of the group: only those of subjects look at them. Subjects: only
// these count; none: all do. Only groups of persons, units and houses one by one look at them.
type Bounds struct {
	Prefecture string
	Number     uint64
	Months     []calendar.Month
	From       calendar.Day
	Measures   []Asked
	Subjects   []uuid.UUID
}

// Measured is one measure of one area and month: counts and sums in their own unit. Records counts the rows that
// happened in that month, or in its period so far; of visits, the people with one. One without an area says only that the
// measure is known.
type Measured struct {
	Month   calendar.Month
	Area    string
	Measure string
	Value   float64
	Records uint64
}

// months gives each asked month and its last day.
const months = `months AS (
	SELECT arrayJoin(@months) AS month, toLastDayOfMonth(makeDate32(intDiv(month, 12), month % 12 + 1, 1)) AS last
)`

// SQL counts a group; columns month, area, measure, value, records; parameters @prefecture, @number, @months (as
// calendar.Month numbers, sorted), @first (of them; none is MostMonths or more after it) and @from; for measures of subjects
// also the columns of Asked. {db} stands for the database, and {of subject} for nothing, or for the condition that a row is of
// one of @subjects.
func (g Group) SQL() string {
	switch g.family() {
	case Standings:
		return standingsSQL
	case Activities:
		return activitiesSQL
	case Visits:
		return visitsSQL
	case Beds:
		return sums("bed_changes", "effective_on", "0", "sum(beds) AS total, sum(nursing) AS nursing_type, sum(operating) AS open",
			"('beds_total', toFloat64(sum(total))), ('beds_nursing', toFloat64(sum(nursing_type))), ('beds_operating', toFloat64(sum(open)))")
	case Residents:
		return sums("stay_changes", "effective_on", "0", "sum(change) AS changed", "('residents', toFloat64(sum(changed)))")
	case Retrofits:
		return changes("retrofits", "accepted_on", `('retrofitted_households', toFloat64(uniqExactIf(household, accepted_on >= @from)))`)
	case Places:
		return sums("place_changes", "effective_on", "0", "sum(places) AS total, sum(inclusive) AS open_to_all",
			"('places', toFloat64(sum(total))), ('inclusive_places', toFloat64(sum(open_to_all)))")
	case Filings:
		return changes("filings", "filed_on", `('filed', toFloat64(uniqExact(childcare)))`)
	case Enrolments:
		return sums("enrolment_changes", "effective_on", "birth_month", "sum(change) AS changed",
			"('enrolled', toFloat64(sum(changed))), ('enrolled_under_3', toFloat64(sumIf(changed, age > toInt32(month) - 36)))")
	}
	return figuresSQL
}

// changes counts what has happened by the end of each month.
func changes(table, day, measures string) string {
	return `WITH ` + months + `
SELECT month, area, measured.1 AS measure, measured.2 AS value, records
FROM (
	SELECT month, area, countIf(toYear(` + day + `) * 12 + toMonth(` + day + `) - 1 = month) AS records, [` + measures + `] AS measures
	FROM (SELECT * FROM {db}.` + table + ` FINAL WHERE prefecture = @prefecture AND number <= @number) AS r CROSS JOIN months
	WHERE ` + day + ` <= last
	GROUP BY month, area
) ARRAY JOIN measures AS measured`
}

// sums counts what adds up: first in each area what came about in each month (and, of each age, where by says so), then by the end of each month.
func sums(table, day, by, each, measures string) string {
	return `WITH ` + months + `
SELECT month, area, measured.1 AS measure, measured.2 AS value, records
FROM (
	SELECT month, area, sumIf(rows, since = month) AS records, [` + measures + `] AS measures
	FROM (
		SELECT area, toYear(` + day + `) * 12 + toMonth(` + day + `) - 1 AS since, ` + by + ` AS age, count() AS rows, ` + each + `
		FROM {db}.` + table + ` FINAL WHERE prefecture = @prefecture AND number <= @number
		GROUP BY area, since, age
	) AS r CROSS JOIN months
	WHERE since <= month
	GROUP BY month, area
) ARRAY JOIN measures AS measured`
}

// figuresSQL takes, for each area and series, the figure of the newest period that has ended by then, as last corrected.
const figuresSQL = `WITH ` + months + `
SELECT month, area, series AS measure, argMax(value, (period_end, number)) AS value, toUInt64(0) AS records
FROM (SELECT * FROM {db}.figures WHERE prefecture = @prefecture AND number <= @number) AS f CROSS JOIN months
WHERE period_end <= last
GROUP BY month, area, series`

// visitsSQL counts people, each once, in the area where the register has them on the month's last day. A visit counts
// as its last amendment left it. Who was hospitalised, moved or died according to a visit of the month is left out.
// Records counts the people with a visit of any outcome.
//
// Months are bits, from @first on, so that a person is one row, whatever the number of months: contacts has the months in
// which somebody was seen, gone or visited at all; held has, for each place that the register had somebody in, the months
// in which they were there on the last day and in difficulty. Of what is known of a person, an entry holds until the next
// one by day and then by ledger number; entries are packed into numbers (area, month, whether it is of the place, whether
// in difficulty), since arrays of numbers cost a fraction of arrays of tuples.
var visitsSQL = `WITH starts AS (
	SELECT arrayJoin(arrayMap(m -> toStartOfMonth(makeDate32(intDiv(m, 12), m % 12 + 1, 1)), @months))
),
contacts AS (
	SELECT elder, groupBitOr(if(outcome = 'seen', bit, 0)) AS seen, groupBitOr(if(outcome IN ('hospitalised', 'moved', 'deceased'), bit, 0)) AS gone,
		groupBitOr(bit) AS visited
	FROM (
		SELECT elder, outcome, bitShiftLeft(toUInt64(1), toYear(occurred_on) * 12 + toMonth(occurred_on) - 1 - @first) AS bit
		FROM {db}.visits AS v
		ANY LEFT JOIN (
			SELECT fact, max(number) AS since FROM {db}.amendments
			WHERE prefecture = @prefecture AND number <= @number AND toStartOfMonth(was_on) IN (SELECT * FROM starts)
			GROUP BY fact
		) AS a ON v.visit = a.fact
		WHERE v.prefecture = @prefecture AND v.number <= @number AND v.number >= a.since AND toStartOfMonth(v.occurred_on) IN (SELECT * FROM starts){of v.elder}
	)
	GROUP BY elder
),
entries AS (
	SELECT elder, arraySort((entry, at) -> at, groupArray(packed), groupArray(at)) AS entries
	FROM (
		SELECT elder, bitShiftLeft(toUInt64(toInt32(effective_on) + 30000), 40) + number AS at,
			((toUInt64OrZero(area) * 65536 + toYear(effective_on) * 12 + toMonth(effective_on) - 1) * 2 + (aspect = 'area')) * 2 + notEmpty(circumstances) AS packed
		FROM {db}.elder_states WHERE prefecture = @prefecture AND number <= @number{of elder}
	)
	GROUP BY elder
),
spans AS (
	SELECT elder, arrayFilter(e -> bitTest(e, 1), entries) AS places, arrayFilter(e -> NOT bitTest(e, 1), entries) AS needs,
		arrayMap(e -> bitAnd(bitShiftRight(e, 2), 65535), places) AS placed, arrayMap(e -> bitAnd(bitShiftRight(e, 2), 65535), needs) AS needed
	FROM entries WHERE arrayExists(e -> bitTest(e, 0), entries) AND arrayExists(e -> bitTest(e, 1), entries)
),
held AS (
	SELECT elder, bitShiftRight(place, 18) AS area, bitAnd(` + between("since", "until") + `,
		arraySum((need, since, until) -> if(bitTest(need, 0), ` + between("since", "until") + `, 0), needs, needed, arrayPushBack(arrayPopFront(needed), 65535))) AS held
	FROM spans ARRAY JOIN places AS place, placed AS since, arrayPushBack(arrayPopFront(placed), 65535) AS until
)
SELECT month, area, measured.1 AS measure, measured.2 AS value, records
FROM (
	SELECT month, toString(area) AS area, sum(bitTest(known, month - @first)) AS records, [
		('in_difficulty', toFloat64(sum(bitTest(present, month - @first)))), ('visited', toFloat64(sum(bitTest(reached, month - @first))))] AS measures
	FROM (
		SELECT h.area AS area, bitAnd(h.held, bitNot(c.gone)) AS present, bitAnd(present, c.seen) AS reached, bitAnd(h.held, c.visited) AS known, arrayJoin(@months) AS month
		FROM held AS h LEFT JOIN contacts AS c ON h.elder = c.elder WHERE h.held != 0 AND h.area != 0
	)
	WHERE bitTest(bitOr(present, known), month - @first)
	GROUP BY month, area
) ARRAY JOIN measures AS measured
SETTINGS query_plan_join_swap_table = 'false'` // the engine would swap by what it has seen before, and look the few amendments up in a table of all visits

// between is the bits of the months from since to until, which is no more among them.
func between(since, until string) string {
	bits := func(m string) string {
		return "bitShiftLeft(toUInt64(1), least(63, greatest(0, toInt32(" + m + ") - @first)))"
	}
	return "toUInt64(" + bits(until) + " - " + bits(since) + ")"
}
