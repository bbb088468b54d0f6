package lineage

import (
	"fmt"
	"strings"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
)

// RowsSQL answers a page of rows and the totals of all: columns kind, subject, name, area, n, d, reason and rank of a row,
// and beside each row total_n, total_d, excluded and total. Where there is no row on the page there is one without a kind.
// A figure or an area is known by its name, everything else by its subject.
//
// Parameters: @prefecture, @area, @areas, @month (calendar.Month), @last (its last day), @from (the day that cumulative
// counts begin with), @number, @numerator, @minus and @denominator (names of measures); @rank, @kind, @subject and @name of the row before
// the page; @role (its rank; below zero: all).
func RowsSQL(d plan.Definition, limit int) string {
	return fmt.Sprintf(`SELECT line.1 AS rank, line.2 AS kind, line.3 AS subject, line.4 AS name, line.5 AS area, line.6 AS n, line.7 AS d, line.8 AS reason,
	total_n, total_d, excluded, total
FROM (
	SELECT sum(n) AS total_n, sum(d) AS total_d, countIf(rank = 2) AS excluded, count() AS total,
		groupArraySortedIf(%d)((rank, kind, subject, name, area, n, d, reason), (rank, kind, subject, name) > (@rank, @kind, toUUID(@subject), @name) AND (@role < 0 OR rank = @role)) AS page
	FROM (SELECT *, %s AS rank FROM (%s))
) LEFT ARRAY JOIN page AS line`, limit, rankSQL("n", "d"), rows(d))
}

// DifferencesSQL answers a page of the subjects that make two states of a cell differ, and the totals of both. Columns that
// end in 1 are of the state asked for, those in 0 of what it is held against; rank is that of the change, changes says how
// many subjects changed in each way. Parameters are those of RowsSQL (without @role), and again with names that begin with
// against_ for the state held against.
func DifferencesSQL(d plan.Definition, limit int) string {
	after := rows(d)
	before := strings.ReplaceAll(after, "@", "@against_")
	return fmt.Sprintf(`SELECT line.1 AS rank, line.2 AS kind, line.3 AS subject, line.4 AS name, line.5 AS rank1, line.6 AS area1, line.7 AS n1, line.8 AS d1, line.9 AS reason1,
	line.10 AS rank0, line.11 AS area0, line.12 AS n0, line.13 AS d0, line.14 AS reason0,
	total_n1, total_d1, excluded1, total1, total_n0, total_d0, excluded0, total0, changes
FROM (
	SELECT sum(n1) AS total_n1, sum(d1) AS total_d1, countIf(rank1 = 2) AS excluded1, countIf(rank1 < 3) AS total1,
		sum(n0) AS total_n0, sum(d0) AS total_d0, countIf(rank0 = 2) AS excluded0, countIf(rank0 < 3) AS total0,
		[countIf(rank = 0), countIf(rank = 1), countIf(rank = 2), countIf(rank = 3)] AS changes,
		groupArraySortedIf(%d)((rank, kind, subject, name, rank1, area1, n1, d1, reason1, rank0, area0, n0, d0, reason0),
			rank < 4 AND (rank, kind, subject, name) > (@rank, @kind, toUUID(@subject), @name)) AS page
	FROM (
		SELECT *, multiIf(rank1 < 2 AND rank0 = 3, 0, rank0 < 2 AND rank1 = 3, 1, rank1 = 3 OR rank0 = 3, 4,
			rank1 != rank0, 2, n1 != n0 OR d1 != d0, 3, 4) AS rank
		FROM (
			SELECT *, if(there1, %s, 3) AS rank1, if(there0, %s, 3) AS rank0
			FROM (
				SELECT kind, subject, name, max(now) AS there1, sumIf(n, now) AS n1, sumIf(d, now) AS d1, anyIf(area, now) AS area1, anyIf(reason, now) AS reason1,
					max(NOT now) AS there0, sumIf(n, NOT now) AS n0, sumIf(d, NOT now) AS d0, anyIf(area, NOT now) AS area0, anyIf(reason, NOT now) AS reason0
				FROM (SELECT *, true AS now FROM (%s) UNION ALL SELECT *, false AS now FROM (%s))
				GROUP BY kind, subject, name
			)
		)
	)
) LEFT ARRAY JOIN page AS line`, limit, rankSQL("n1", "d1"), rankSQL("n0", "d0"), after, before)
}

// rankSQL answers the rank of a role.
func rankSQL(n, d string) string { return `multiIf(` + n + ` != 0, 0, ` + d + ` != 0, 1, 2)` }

// BehindSQL answers the numbers of the events behind subjects: columns kind, subject, name, number. Parameters as of
// RowsSQL, and @subjects, @names, @above.
func BehindSQL(d plan.Definition) string {
	var all []string
	for _, g := range indicators.GroupsOf(d) {
		all = append(all, `SELECT * FROM (`+partOf(g, d).behind+`)`)
	}
	return `SELECT DISTINCT kind, subject, name, number FROM (` + strings.Join(all, "\nUNION ALL\n") + `) WHERE number > @above`
}

// EventsSQL answers the envelopes of events; parameters @prefecture, @numbers.
const EventsSQL = `SELECT prefecture, number, event_id, stream, revision, type, recorded_at, received_at, occurred_on, actor, device, area
FROM {db}.events WHERE prefecture = @prefecture AND number IN @numbers ORDER BY number`

// rows has a row for each subject behind a definition's cell.
func rows(d plan.Definition) string {
	groups := indicators.GroupsOf(d)
	all := make([]string, len(groups))
	for i, g := range groups {
		p := partOf(g, d)
		all[i] = fmt.Sprintf(`SELECT kind, subject, name, place, n, d, %s AS why
FROM (SELECT *, %s AS n, %s AS d FROM (%s))`,
			p.reason, sum(g, measure{d.Numerator, "@numerator"}, measure{d.Minus, "@minus"}), sum(g, measure{d.Denominator, "@denominator"}, measure{}), p.lines)
	}
	if len(groups) == 1 && groups[0] == indicators.Visits { // each person once as it is
		return `SELECT kind, subject, name, place AS area, n, d, why AS reason FROM (` + all[0] + `)`
	}
	return `SELECT kind, subject, name, argMax(place, weight) AS area, sum(added) AS n, sum(base) AS d, argMax(why, weight) AS reason
FROM (SELECT kind, subject, name, place, why, n AS added, d AS base, (abs(n) + abs(d), place) AS weight FROM (` + strings.Join(all, "\nUNION ALL\n") + `))
GROUP BY kind, subject, name`
}

// measure is one of a definition's measures: its name in the plan, and the parameter that holds it.
type measure struct{ name, parameter string }

// sum is what a group's line adds for a measure, less another; 0 for measures of other groups.
func sum(g indicators.Group, plus, minus measure) string {
	return term(g, plus) + ` - ` + term(g, minus)
}

func term(g indicators.Group, m measure) string {
	switch {
	case m.name == "" || indicators.GroupOf(m.name) != g:
		return `toFloat64(0)`
	case g == indicators.Figures:
		return `if(name = ` + m.parameter + `, value, 0)`
	}
	return m.name
}
