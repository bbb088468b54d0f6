package indicators

// An activity counts from its day until its period ends. want.4 is how many months a period has, and want.5 in which month
// of the year (0 to 11) one begins.
var (
	activityFrom  = place("occurred_on")
	activityUntil = "toUInt8(greatest(0, least(n, " + monthOfSQL("occurred_on") + " + want.4 - positiveModulo(" + monthOfSQL("occurred_on") + " - want.5, want.4) - first)))"
)

// activityRows are the rows of the activities that are asked for, in the periods that the months lie in.
const activityRows = `FROM (
		SELECT * FROM {db}.activities FINAL
		WHERE prefecture = @prefecture AND kind IN @kinds AND activity IN @words AND number <= @number AND occurred_on >= since AND ` + notWithdrawn + `{of subject}
	) ARRAY JOIN arrayFilter(w -> w.2 = kind AND w.3 = activity, wanted) AS want`

// activitiesSQL counts subjects with at least one of an activity in the period so far, where they were registered last, or,
// who is not, where it happened. A measure has a label, a kind, an activity, and how long its periods are and when they
// begin. Records are those of the period so far.
var activitiesSQL = `WITH ` + asked + `,
	arrayZip(@labels, @kinds, @words, @spans, @starts) AS wanted,
	makeDate32(intDiv(first - 11, 12), (first - 11) % 12 + 1, 1) AS since
` + summed(eachMonth(`
		SELECT spell.1 AS measure, placed.1 AS area, placed.2 AS mask
		FROM (
			SELECT spell, arrayJoin(arrayConcat(
				arrayMap((area, held) -> (area, bitAnd(held, arraySum(spell.3))), homes, there),
				arrayMap((area, held) -> (area, bitAnd(held, bitNot(arraySum(there)))), spell.2, spell.3)
			)) AS placed
			FROM (
				SELECT kind, subject, arrayJoin(groupArrayIf((word, areas, held), word != '')) AS spell,
					anyIf(areas, word = '') AS homes, anyIf(held, word = '') AS there
				FROM (`+spells(`SELECT kind, subject, want.1 AS word, area, `+packed("occurred_on", activityFrom, activityUntil)+" "+activityRows+`
					UNION ALL
					SELECT kind, subject, '' AS word, area, `+packed("effective_on", place("effective_on"), "n")+`
					FROM {db}.standings
					WHERE prefecture = @prefecture AND kind IN @kinds AND number <= @number AND standing = 'registered' AND `+notWithdrawn+`{of subject}
						AND (kind, subject) IN (SELECT kind, subject FROM {db}.activities WHERE prefecture = @prefecture AND kind IN @kinds AND activity IN @words{of subject})`, "1")+`)
				GROUP BY kind, subject
			)
		)`)+`
	UNION ALL
	SELECT toInt32(first + i) AS month, area, measure, toFloat64(0) AS value, sum(records) AS records
	FROM (
		SELECT want.1 AS measure, toString(area) AS area, `+activityFrom+` AS a, `+activityUntil+` AS b, count() AS records
		`+activityRows+`
		GROUP BY measure, area, a, b
	) ARRAY JOIN range(a, greatest(a, b)) AS i
	GROUP BY month, area, measure`)
