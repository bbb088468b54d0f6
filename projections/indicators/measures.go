package indicators

import (
	"slices"

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

// AddsUp reports whether a group is counted per place and adds up over areas; a figure is reported for an area as it is.
func (g Group) AddsUp() bool { return g != Figures }

// NeedsRecords reports whether a month without any record in the whole prefecture says nothing, rather than zero.
func (g Group) NeedsRecords() bool { return g == Visits }

// IsFlow reports whether a group counts what happens in a period, and not what there is at its end.
func (g Group) IsFlow() bool {
	family, _ := g.split()
	return family == Visits || family == Activities
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

// Bounds of a count: one prefecture, the months asked, only rows up to a ledger number; From is the first day that
// cumulative counts begin with. Measures are the words asked of the group, and Period the one that a month stands for as
// far as it has gone: only groups of subjects look at them.
type Bounds struct {
	Prefecture string
	Number     uint64
	Months     []calendar.Month
	From       calendar.Day
	Measures   []string
	Period     calendar.PeriodType
}

// Measured is one measure of one area and month: counts and sums in their own unit. Records counts the rows that
// happened in that month, or in its period so far. One without an area says only that the measure is known.
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
// calendar.Month numbers) and @from; for groups of subjects also @kind, @measures, @span and @start. {db} stands for the
// database.
func (g Group) SQL() string {
	switch family, _ := g.split(); family {
	case Standings:
		return standingsSQL
	case Activities:
		return activitiesSQL
	case Visits:
		return visitsSQL
	case Beds:
		return changes("bed_changes", "effective_on", `('beds_total', toFloat64(sum(beds))),
			('beds_nursing', toFloat64(sum(nursing))), ('beds_operating', toFloat64(sum(operating)))`)
	case Residents:
		return changes("stay_changes", "effective_on", `('residents', toFloat64(sum(change)))`)
	case Retrofits:
		return changes("retrofits", "accepted_on", `('retrofitted_households', toFloat64(uniqExactIf(household, accepted_on >= @from)))`)
	case Places:
		return changes("place_changes", "effective_on", `('places', toFloat64(sum(places))), ('inclusive_places', toFloat64(sum(inclusive)))`)
	case Filings:
		return changes("filings", "filed_on", `('filed', toFloat64(uniqExact(childcare)))`)
	case Enrolments:
		return changes("enrolment_changes", "effective_on", `('enrolled', toFloat64(sum(change))),
			('enrolled_under_3', toFloat64(sumIf(change, birth_month > toInt32(month) - 36)))`)
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

// figuresSQL takes, for each area and series, the figure of the newest period that has ended by then, as last corrected.
const figuresSQL = `WITH ` + months + `
SELECT month, area, series AS measure, argMax(value, (period_end, number)) AS value, toUInt64(0) AS records
FROM (SELECT * FROM {db}.figures WHERE prefecture = @prefecture AND number <= @number) AS f CROSS JOIN months
WHERE period_end <= last
GROUP BY month, area, series`

// visitsSQL counts people, each once, in the area where the register has them on the month's last day. A visit counts
// as its last amendment left it. Who was hospitalised, moved or died according to a visit of the month is left out.
const visitsSQL = `WITH ` + months + `,
visited AS (
	SELECT month, elder, max(outcome = 'seen') AS seen, max(outcome IN ('hospitalised', 'moved', 'deceased')) AS gone,
		uniqExact(visit) AS visits
	FROM (
		SELECT toUInt32(toYear(occurred_on) * 12 + toMonth(occurred_on) - 1) AS month, elder, visit, outcome
		FROM {db}.visits AS v
		LEFT JOIN (
			SELECT fact, max(number) AS since FROM {db}.amendments WHERE prefecture = @prefecture AND number <= @number GROUP BY fact
		) AS a ON v.visit = a.fact
		WHERE v.prefecture = @prefecture AND v.number <= @number AND v.number >= a.since
			AND toStartOfMonth(v.occurred_on) IN (SELECT toStartOfMonth(last) FROM months)
	)
	GROUP BY month, elder
),
registered AS (
	SELECT month, elder, argMaxIf(area, (effective_on, number), aspect = 'area') AS area,
		argMaxIf(notEmpty(circumstances), (effective_on, number), aspect = 'circumstances') AS in_difficulty
	FROM (
		SELECT elder, aspect, toString(area) AS area, circumstances, effective_on, number,
			toYear(effective_on) * 12 + toMonth(effective_on) - 1 AS since
		FROM {db}.elder_states WHERE prefecture = @prefecture AND number <= @number
	) ARRAY JOIN @months AS month
	WHERE since <= month
	GROUP BY month, elder
	HAVING in_difficulty AND area != ''
)
SELECT month, area, measured.1 AS measure, measured.2 AS value, records
FROM (
	SELECT r.month AS month, r.area AS area, sum(v.visits) AS records,
		[('in_difficulty', toFloat64(countIf(v.gone = 0))), ('visited', toFloat64(countIf(v.gone = 0 AND v.seen = 1)))] AS measures
	FROM registered AS r LEFT JOIN visited AS v ON r.month = v.month AND r.elder = v.elder
	GROUP BY month, area
) ARRAY JOIN measures AS measured`
