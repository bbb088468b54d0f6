package indicators

import (
	"regexp"
	"strings"

	"github.com/careledger/careledger/domain/standing"
)

// Standings and activities of subjects. Each is counted by one query, for all asked measures of all kinds in all asked
// months: it looks at each subject once, and keeps for it a bit for every month. What touches them is told apart by the
// kind: StandingsOf and ActivitiesOf.
const (
	Standings  Group = "standings"
	Activities Group = "activities"
)

// StandingsOf is the group of what holds of subjects of a kind.
func StandingsOf(k standing.Kind) Group { return Standings + Group(":"+k) }

// ActivitiesOf is the group of what happened with subjects of a kind.
func ActivitiesOf(k standing.Kind) Group { return Activities + Group(":"+k) }

// ofSubjects lists the groups of every kind.
func ofSubjects() []Group {
	var groups []Group
	for _, k := range standing.Kinds() {
		groups = append(groups, StandingsOf(k), ActivitiesOf(k))
	}
	return groups
}

// family is the group that counts what a group of one kind touches; a group of no kind is its own.
func (g Group) family() Group {
	family, _, _ := strings.Cut(string(g), ":")
	return Group(family)
}

// SQLFor is SQL, or what answers the same for one month alone at less cost.
func (g Group) SQLFor(b Bounds) string {
	sql := g.SQL()
	if g == Standings && len(b.Months) == 1 {
		sql = standingsMonthSQL
	}
	condition := ""
	if len(b.Subjects) > 0 {
		condition = " AND $1 IN @subjects"
	}
	return ofSubject.ReplaceAllString(sql, condition)
}

var ofSubject = regexp.MustCompile(`\{of ([a-z.]+)\}`)

func (g Group) isOfSubjects() bool { return g.family() == Standings || g.family() == Activities }

// asked names what both queries count with: n months from the first on, also those that nobody asked for, and today, which
// follows the last day that is closed in the log. A month is counted at its last day, or, where today is in it, at today.
const asked = `toInt32(@first) AS first, toUInt8(arrayMax(@months) - @first + 1) AS n,
	assumeNotNull((SELECT max(occurred_on) + 1 FROM {db}.events WHERE prefecture = @prefecture AND number <= @number AND type = 'DayClosed.v1')) AS today`

// monthOfSQL is the number of the month that holds a day.
func monthOfSQL(day string) string { return "(toYear(" + day + ") * 12 + toMonth(" + day + ") - 1)" }

// place is how many of the months are counted at a day before this one.
func place(day string) string {
	return "toUInt8(greatest(0, least(n, " + monthOfSQL(day) + " - first + (" + day + " > today AND " + monthOfSQL(day) + " = " + monthOfSQL("today") + "))))"
}

// bits are set from one place to before another.
func bits(from, to string) string {
	return "if(" + to + " > " + from + ", toUInt64(bitShiftLeft(toUInt64(1), " + to + ") - bitShiftLeft(toUInt64(1), " + from + ")), toUInt64(0))"
}

// packed is a row as one number that sorts by day and then by ledger number, and holds in which months the row is in force:
// from place a to before b.
func packed(day, a, b string) string {
	return "bitShiftLeft(toUInt64(toInt32(" + day + ") + 25567), 46) + bitShiftLeft(number, 12) + bitShiftLeft(toUInt64(" + a + "), 6) + toUInt64(" + b + ") AS packed"
}

// spells says, for each kind, subject and word of rows (kind, subject, word, area, packed), in which months each is in
// force, and in which area: a row until the next one takes its place. A row that stands there twice is in force once. Areas
// are told of the rows for which a condition holds, which must be all of a word or none.
func spells(rows, placed string) string {
	return `SELECT kind, subject, word, arraySort(groupArray(packed)) AS sorted,
		arrayMap((row, next) -> ` + bits("bitAnd(bitShiftRight(row, 6), 63)", "least(bitAnd(row, 63), next)") + `,
			sorted, arrayPushBack(arrayMap(row -> bitAnd(bitShiftRight(row, 6), 63), arrayPopFront(sorted)), n)) AS held,
		arraySort(groupArrayIf((packed, area), ` + placed + `)).2 AS areas
	FROM (` + rows + `)
	GROUP BY kind, subject, word
	SETTINGS optimize_aggregation_in_order = 1`
}

// notWithdrawn leaves out records that were entered in error.
const notWithdrawn = `record NOT IN (
		SELECT fact FROM {db}.amendments WHERE prefecture = @prefecture AND number <= @number AND kind = 'withdrawn'
	)`

// eachMonth spreads subjects of a measure and area over the months of a mask.
func eachMonth(masks string) string {
	return `SELECT first + i AS month, area, measure, toFloat64(sum(subjects)) AS value, toUInt64(0) AS records
	FROM (SELECT measure, area, mask, count() AS subjects FROM (` + masks + `) WHERE mask != 0 GROUP BY measure, area, mask)
	ARRAY JOIN range(n) AS i WHERE bitTest(mask, i)
	GROUP BY month, area, measure`
}

func summed(parts string) string {
	return `SELECT month, area, measure, sum(value) AS value, sum(records) AS records FROM (` + parts + `)
	WHERE has(@months, month) GROUP BY month, area, measure`
}

// standingRows are the rows of the standings that are asked for, and of the registration.
const standingRows = `FROM {db}.standings FINAL
	WHERE prefecture = @prefecture AND kind IN @kinds AND number <= @number AND has(words, standing) AND ` + notWithdrawn + `{of subject}`

// ofThoseAsked leaves out the registrations of subjects of which nothing that is asked for has ever been said, unless the
// kind is asked for as a whole: most elders are on the register only.
const ofThoseAsked = ` AND (standing != 'registered' OR has(whole, kind) OR (kind, subject) IN (
		SELECT kind, subject FROM {db}.standings WHERE prefecture = @prefecture AND kind IN @kinds AND standing != 'registered' AND has(words, standing){of subject}
	))`

// standingsSQL counts subjects that are registered and of which all standings of a measure hold, where they are registered.
// A measure has a label, a kind, and standings in one text with + between them. A day more than the last one of an open end
// cannot be held.
//
// A row without an area says that a measure is known: each of its standings has been said of somebody by then.
var standingsSQL = `WITH ` + asked + `,
	arrayZip(@labels, @kinds, arrayMap(w -> arrayFilter(one -> one != '', splitByChar('+', w)), @words)) AS wanted,
	arrayDistinct(arrayPushBack(arrayFlatten(wanted.3), 'registered')) AS words, arrayMap(w -> w.2, arrayFilter(w -> empty(w.3), wanted)) AS whole
` + summed(eachMonth(`
		SELECT want.1 AS measure, home.1 AS area,
			arrayReduce('groupBitAnd', arrayPushBack(arrayMap(w -> months[indexOf(known, w)], want.3), home.2)) AS mask
		FROM (
			SELECT arrayJoin(arrayFilter(w -> w.2 = kind, wanted)) AS want, known, months, arrayJoin(arrayZip(homes, there)) AS home
			FROM (
				SELECT kind, subject, groupArray(word) AS known, groupArray(arraySum(held)) AS months,
					anyIf(areas, word = 'registered') AS homes, anyIf(held, word = 'registered') AS there
				FROM (`+spells(`SELECT kind, subject, standing AS word, area, `+packed("effective_on", place("effective_on"),
	"if(holds = 1, "+place("(least(until, toDate32('2299-12-30')) + 1)")+", 0)")+" "+standingRows+ofThoseAsked, "word = 'registered'")+`)
				GROUP BY kind, subject
			)
		)`)+`
	UNION ALL
	SELECT entry.1 AS month, entry.2 AS area, measure, toFloat64(0) AS value, sum(entry.3) AS records
	FROM (
		SELECT want.1 AS measure, arrayConcat(
			groupArrayIf((toInt32(first + month), area, records), month >= 0 AND month < n),
			if(uniqExact(word) > any(length(want.3)), arrayMap(i -> (toInt32(first + i), '', toUInt64(0)), range(max(since), n)), [])
		) AS entries
		FROM (
			SELECT kind, word, area, month, count() AS records, min(min(a)) OVER (PARTITION BY kind, word) AS since
			FROM (SELECT kind, standing AS word, toString(area) AS area, `+place("effective_on")+` AS a, `+monthOfSQL("effective_on")+` - first AS month `+standingRows+`)
			GROUP BY kind, word, area, month
		) ARRAY JOIN arrayFilter(w -> w.2 = kind AND (word = 'registered' OR has(w.3, word)), wanted) AS want
		GROUP BY want
	) ARRAY JOIN entries AS entry
	GROUP BY month, area, measure`)
