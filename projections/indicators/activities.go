package indicators

// activityRows are what is asked for of what happened in the periods that the months lie in. It counts from its day until
// its period ends; the number of the last month of that period follows from @span, how many months a period has, and
// @start, in which month of the year (0 to 11) one begins.
var (
	activityFrom  = place("occurred_on")
	activityUntil = "toUInt8(greatest(0, least(n, " + monthOfSQL("occurred_on") + " + @span - positiveModulo(" + monthOfSQL("occurred_on") + " - @start, @span) - first)))"
	activityRows  = `FROM {db}.activities FINAL
	WHERE prefecture = @prefecture AND kind = @kind AND number <= @number AND has(words, activity) AND occurred_on >= since AND ` + notWithdrawn
)

// activitiesSQL counts subjects with at least one of an activity in the period so far, where they were registered last, or,
// who is not, where it happened. Records are those of the period so far.
var activitiesSQL = `WITH ` + asked + `,
	arrayMap(m -> splitByChar('#', m)[2], @measures) AS words,
	makeDate32(intDiv(first - @span + 1, 12), (first - @span + 1) % 12 + 1, 1) AS since
` + summed(eachMonth(`
		SELECT concat(@kind, '#', activity.1) AS measure, placed.1 AS area, placed.2 AS mask
		FROM (
			SELECT activity, arrayJoin(arrayConcat(
				arrayMap((area, held) -> (area, bitAnd(held, arraySum(activity.3))), homes, there),
				arrayMap((area, held) -> (area, bitAnd(held, bitNot(arraySum(there)))), activity.2, activity.3)
			)) AS placed
			FROM (
				SELECT subject, arrayJoin(groupArrayIf((word, areas, held), word != '')) AS activity,
					anyIf(areas, word = '') AS homes, anyIf(held, word = '') AS there
				FROM (`+spells(`SELECT subject, activity AS word, area, `+packed("occurred_on", activityFrom, activityUntil)+" "+activityRows+`
					UNION ALL
					SELECT subject, '' AS word, area, `+packed("effective_on", place("effective_on"), "n")+`
					FROM {db}.standings
					WHERE prefecture = @prefecture AND kind = @kind AND number <= @number AND standing = 'registered' AND `+notWithdrawn, "1")+`)
				GROUP BY subject
			)
		)`)+`
	UNION ALL
	SELECT toInt32(first + i) AS month, area, measure, toFloat64(0) AS value, sum(records) AS records
	FROM (
		SELECT concat(@kind, '#', activity) AS measure, toString(area) AS area, `+activityFrom+` AS a, `+activityUntil+` AS b, count() AS records
		`+activityRows+`
		GROUP BY measure, area, a, b
	) ARRAY JOIN range(a, greatest(a, b)) AS i
	GROUP BY month, area, measure`)
