package indicators

import (
	"strings"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/standing"
)

// Standings and activities are counted for each kind of subject by itself: the group of a kind is StandingsOf or
// ActivitiesOf it. One query counts all asked measures in all asked months, which must follow one another: it looks at each
// subject once, and keeps for it a bit for every month.
const (
	Standings  Group = "standings"
	Activities Group = "activities"
)

// StandingsOf is the group that counts subjects of a kind by what holds of them.
func StandingsOf(k standing.Kind) Group { return Standings + Group(":"+k) }

// ActivitiesOf is the group that counts subjects of a kind by what happened with them.
func ActivitiesOf(k standing.Kind) Group { return Activities + Group(":"+k) }

// ofSubjects lists the groups of every kind.
func ofSubjects() []Group {
	var groups []Group
	for _, k := range standing.Kinds() {
		groups = append(groups, StandingsOf(k), ActivitiesOf(k))
	}
	return groups
}

// split tells a group of subjects from the kind of them.
func (g Group) split() (family Group, kind standing.Kind) {
	of, k, _ := strings.Cut(string(g), ":")
	return Group(of), standing.Kind(k)
}

// Kind is the kind of subjects that a group counts; empty where it counts something else.
func (g Group) Kind() standing.Kind {
	_, kind := g.split()
	return kind
}

// rounds are the months of each query: those asked for, and for groups of subjects also what lies between them.
func (g Group) rounds(months []calendar.Month) [][]calendar.Month {
	if g.Kind() == "" || len(months) == 0 {
		return [][]calendar.Month{months}
	}
	var rounds [][]calendar.Month
	for i := 0; i < len(months); {
		first, last := months[i], months[i]
		for ; i < len(months) && months[i] < first+mostMonths; i++ {
			last = months[i]
		}
		round := make([]calendar.Month, 0, last-first+1)
		for m := first; m <= last; m++ {
			round = append(round, m)
		}
		rounds = append(rounds, round)
	}
	return rounds
}

// mostMonths is how many months one query can tell apart.
const mostMonths = 60

// asked names what both queries count with: n months from the one of number first on, and today, which follows the last
// day that is closed in the log. A month is counted at its last day, or, where today is in it, at today.
const asked = `toInt32(arrayMin(@months)) AS first, toUInt8(length(@months)) AS n,
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

// spells says, for each subject and word of rows (subject, word, area, packed), in which months each is in force, and in
// which area: a row until the next one takes its place. A row that stands there twice is in force once. Areas are told of
// the rows for which a condition holds, which must be all of a word or none.
func spells(rows, placed string) string {
	return `SELECT subject, word, arraySort(groupArray(packed)) AS sorted,
		arrayMap((row, next) -> ` + bits("bitAnd(bitShiftRight(row, 6), 63)", "least(bitAnd(row, 63), next)") + `,
			sorted, arrayPushBack(arrayMap(row -> bitAnd(bitShiftRight(row, 6), 63), arrayPopFront(sorted)), n)) AS held,
		arraySort(groupArrayIf((packed, area), ` + placed + `)).2 AS areas
	FROM (` + rows + `)
	GROUP BY subject, word
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
	return `SELECT month, area, measure, sum(value) AS value, sum(records) AS records FROM (` + parts + `) GROUP BY month, area, measure`
}

// standingRows are the rows of the standings that are asked for, and of the registration. A day more than the last one of
// an open end cannot be held.
var standingRows = `FROM {db}.standings FINAL
	WHERE prefecture = @prefecture AND kind = @kind AND number <= @number AND has(words, standing) AND ` + notWithdrawn

// standingsSQL counts subjects that are registered and of which all standings of a measure hold, where they are registered.
//
// A row without an area says that a measure is known: something of it has held, and not held perhaps, of somebody by then.
var standingsSQL = `WITH ` + asked + `,
	arrayMap(m -> (m, arrayFilter(w -> w != '', splitByChar('+', splitByChar(':', m)[2]))), @measures) AS measures,
	arrayDistinct(arrayPushBack(arrayFlatten(measures.2), 'registered')) AS words
` + summed(eachMonth(`
		SELECT wanted.1 AS measure, home.1 AS area,
			arrayReduce('groupBitAnd', arrayPushBack(arrayMap(w -> months[indexOf(known, w)], wanted.2), home.2)) AS mask
		FROM (
			SELECT arrayJoin(measures) AS wanted, known, months, arrayJoin(arrayZip(homes, there)) AS home
			FROM (
				SELECT subject, groupArray(word) AS known, groupArray(arraySum(held)) AS months,
					anyIf(areas, word = 'registered') AS homes, anyIf(held, word = 'registered') AS there
				FROM (`+spells(`SELECT subject, standing AS word, area, `+packed("effective_on", place("effective_on"),
	"if(holds = 1, "+place("(least(until, toDate32('2299-12-30')) + 1)")+", 0)")+" "+standingRows, "word = 'registered'")+`)
				GROUP BY subject
			)
		)`)+`
	UNION ALL
	SELECT entry.1 AS month, entry.2 AS area, measure, toFloat64(0) AS value, sum(entry.3) AS records
	FROM (
		SELECT wanted.1 AS measure, arrayConcat(
			groupArrayIf((toInt32(first + month), area, records), month >= 0 AND month < n),
			if(uniqExact(word) > any(length(wanted.2)), arrayMap(i -> (toInt32(first + i), '', toUInt64(0)), range(max(since), n)), [])
		) AS entries
		FROM (
			SELECT word, area, month, count() AS records, min(min(a)) OVER (PARTITION BY word) AS since
			FROM (SELECT standing AS word, toString(area) AS area, `+place("effective_on")+` AS a, `+monthOfSQL("effective_on")+` - first AS month `+standingRows+`)
			GROUP BY word, area, month
		) ARRAY JOIN arrayFilter(m -> word = 'registered' OR has(m.2, word), measures) AS wanted
		GROUP BY measure
	) ARRAY JOIN entries AS entry
	GROUP BY month, area, measure`)
