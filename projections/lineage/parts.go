package lineage

import (
	"github.com/careledger/careledger/projections/indicators"
)

// part is how the facts of a group become lines, from which rows are added up. {db} stands for the database; parameters as
// of RowsSQL.
type part struct {
	// lines has at least one for each subject: columns kind, subject, name, place and what the measures are counted from.
	lines string
	// reason answers the code of a reason from those columns, n and d (what the line adds to numerator and denominator).
	reason string
	// behind answers the numbers of the events of @subjects (and of figures @names): columns kind, subject, name, number.
	behind string
}

const (
	known  = `prefecture = @prefecture AND number <= @number`
	within = `(area IN @areas OR length(area) = 12 AND substring(area, 1, 9) IN @areas)`
	asked  = `IN (SELECT toUUID(arrayJoin(CAST(@subjects, 'Array(String)'))))`
	nobody = `toUUID('00000000-0000-0000-0000-000000000000')`
)

// partOf is the part of a group that is not of subjects of a kind.
func partOf(g indicators.Group, whole bool) part {
	switch g {
	case indicators.Visits:
		return visits(whole)
	case indicators.Beds:
		return amounts("bed_changes", "institution", "beds", `toFloat64(sum(beds)) AS beds_total,
			toFloat64(sum(nursing)) AS beds_nursing, toFloat64(sum(operating)) AS beds_operating`)
	case indicators.Places:
		return amounts("place_changes", "childcare", "places", `toFloat64(sum(places)) AS places, toFloat64(sum(inclusive)) AS inclusive_places`)
	case indicators.Residents:
		return changes("stay_changes", "elder", "elder", "effective_on", `toFloat64(sum(change)) AS residents`, `if(residents = 0, 'left', 'resident')`)
	case indicators.Retrofits:
		return changes("retrofits", "household", "household", "accepted_on", `toFloat64(max(accepted_on >= toDate32(@from))) AS retrofitted_households`,
			`if(retrofitted_households = 0, 'accepted_before', 'accepted')`)
	case indicators.Filings:
		return changes("filings", "childcare", "childcare", "filed_on", `toFloat64(1) AS filed`, `'filed'`)
	case indicators.Enrolments:
		return changes("enrolment_changes", "child", "child", "effective_on", `toFloat64(sum(change)) AS enrolled,
			toFloat64(sumIf(change, birth_month > toInt32(@month) - 36)) AS enrolled_under_3`,
			`multiIf(enrolled = 0, 'withdrawn', n = 0 AND d = 0, 'turned_3', 'enrolled')`)
	}
	return figures
}

// changes is of what has happened to each subject by the month's last day.
func changes(table, kind, subject, day, measures, reason string) part {
	from := ` FROM {db}.` + table + ` FINAL WHERE ` + known + ` AND ` + day + ` <= toDate32(@last) AND ` + within
	return part{
		lines:  `SELECT '` + kind + `' AS kind, ` + subject + ` AS subject, '' AS name, toString(area) AS place, ` + measures + from + ` GROUP BY subject, place`,
		reason: reason,
		behind: `SELECT '` + kind + `' AS kind, ` + subject + ` AS subject, '' AS name, number` + from + ` AND ` + subject + ` ` + asked,
	}
}

// amounts is of things that institutions have on the month's last day.
func amounts(table, subject, things, measures string) part {
	return changes(table, subject, subject, "effective_on", measures,
		`multiIf(n != 0, '`+things+`', d != 0, 'other_`+things+`', 'no_`+things+`')`)
}

// figures are those in force: of the newest period that has ended by then, as last corrected.
var figures = part{
	lines: `SELECT 'figure' AS kind, ` + nobody + ` AS subject, toString(series) AS name, any(toString(area)) AS place, argMax(value, (period_end, number)) AS value` +
		figuresAsked + ` GROUP BY name`,
	reason: `'reported'`,
	behind: `SELECT 'figure' AS kind, ` + nobody + ` AS subject, toString(series) AS name, number` + figuresAsked + ` AND name IN @names
		AND (series, period_end) IN (SELECT series, max(period_end)` + figuresAsked + ` GROUP BY series)`,
}

const figuresAsked = ` FROM {db}.figures WHERE ` + known + ` AND area = @area AND series IN (@numerator, @minus, @denominator) AND period_end <= toDate32(@last)`

const (
	month       = `toStartOfMonth(toDate32(@last))`
	visitsAsked = `v.prefecture = @prefecture AND v.number <= @number AND toStartOfMonth(v.occurred_on) = ` + month
)

// visits are of people on the register: each once, where it has them on the month's last day. A visit of the month counts
// as its last amendment left it; an amendment names the day of what it amends, so that only those of the month are looked
// at.
func visits(whole bool) part {
	asPlaced := `SELECT elder FROM {db}.elder_states WHERE prefecture = @prefecture AND aspect = 'area' AND ` + within
	return part{
		lines: `SELECT 'elder' AS kind, r.elder AS subject, '' AS name, r.place AS place, r.difficulty AS difficulty, v.gone AS gone, v.seen AS seen, v.missed AS missed,
	toFloat64(difficulty AND gone = '') AS in_difficulty, toFloat64(in_difficulty AND seen) AS visited
FROM (
	SELECT elder, toString(argMaxIf(area, (effective_on, number), aspect = 'area')) AS place,
		argMaxIf(notEmpty(circumstances), (effective_on, number), aspect = 'circumstances') AS difficulty
	FROM {db}.elder_states WHERE ` + known + ` AND effective_on <= toDate32(@last) AND ` + candidates("elder", asPlaced, whole) + `
	GROUP BY elder
	HAVING ` + placed + `
) AS r LEFT JOIN (
	SELECT elder, max(outcome = 'seen') AS seen,
		multiIf(max(outcome = 'deceased'), 'deceased', max(outcome = 'moved'), 'moved', max(outcome = 'hospitalised'), 'hospitalised', '') AS gone,
		multiIf(max(outcome = 'refused'), 'refused', max(outcome = 'absent'), 'absent', '') AS missed
	FROM {db}.visits AS v
	ANY LEFT JOIN (` + amended("max(number) AS since", "GROUP BY fact") + `) AS a ON v.visit = a.fact
	WHERE ` + visitsAsked + ` AND v.number >= a.since AND ` + candidates("elder", asPlaced, whole) + `
	GROUP BY elder
) AS v ON r.elder = v.elder`,
		reason: `multiIf(NOT difficulty, 'not_in_difficulty', gone != '', gone, seen = 1, 'seen', missed != '', missed, 'not_visited')`,
		behind: `SELECT 'elder' AS kind, elder AS subject, '' AS name, number FROM {db}.elder_states
	WHERE ` + known + ` AND effective_on <= toDate32(@last) AND elder ` + asked + `
UNION ALL
SELECT 'elder', elder, '', number FROM {db}.visits AS v WHERE ` + visitsAsked + ` AND elder ` + asked + `
UNION ALL
SELECT 'elder', v.elder, '', a.number FROM (SELECT DISTINCT elder, visit FROM {db}.visits AS v WHERE ` + visitsAsked + ` AND elder ` + asked + `) AS v
	INNER JOIN (` + amended("number", "") + `) AS a ON a.fact = v.visit`,
	}
}

// amended are the amendments of what stood in the month.
func amended(what, grouped string) string {
	return `SELECT fact, ` + what + ` FROM {db}.amendments WHERE ` + known + ` AND toStartOfMonth(was_on) = ` + month + ` ` + grouped
}

// placed is for whoever the register has in the area.
const placed = `(place IN @areas OR length(place) = 12 AND substring(place, 1, 9) IN @areas)`

// candidates are the subjects of the window that a page looks at; of a part of the prefecture, only those who were ever
// registered there.
func candidates(subject, registered string, whole bool) string {
	window := subject + ` > toUUID(@lower) AND ` + subject + ` <= toUUID(@upper)`
	if whole {
		return window
	}
	return window + ` AND ` + subject + ` IN (` + registered + ` AND ` + window + `)`
}
