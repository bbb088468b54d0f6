package indicators

// monthRows are the rows of one month's count, up to the day at which it is counted: its last, or today where that is in it.
const monthRows = `FROM {db}.standings
	WHERE prefecture = @prefecture AND kind IN @kinds AND number <= @number AND has(words, standing) AND ` + notWithdrawn + `{of subject}`

// standingsMonthSQL is standingsSQL for one month alone, at a fraction of the cost: of a subject's rows of a standing only
// the newest is needed, and a bit for each standing that holds. Rows that stand there twice are as new as themselves, and records are told apart by their numbers.
var standingsMonthSQL = `WITH ` + asked + `,
	if(` + monthOfSQL("today") + ` = first, today, makeDate32(intDiv(first + 1, 12), (first + 1) % 12 + 1, 1) - 1) AS counted,
	arrayZip(@labels, @kinds, arrayMap(w -> arrayFilter(one -> one != '', splitByChar('+', w)), @words)) AS wanted,
	arrayDistinct(arrayPushFront(arrayFlatten(wanted.3), 'registered')) AS words,
	arrayMap(w -> (w.1, w.2, arraySum(one -> bitShiftLeft(toUInt64(1), indexOf(words, one)), arrayPushFront(w.3, 'registered'))), wanted) AS sought
SELECT first AS month, area, measure, sum(value) AS value, sum(records) AS records
FROM (
	SELECT want.1 AS measure, home AS area, toFloat64(sum(subjects)) AS value, toUInt64(0) AS records
	FROM (
		SELECT kind, home, known, count() AS subjects
		FROM (
			SELECT kind, sum(if(held, bitShiftLeft(toUInt64(1), indexOf(words, word)), 0)) AS known, anyIf(area, word = 'registered') AS home
			FROM (
				SELECT kind, subject, word, bitTest(max(packed), 0) AS held, argMaxIf(area, packed, word = 'registered') AS area
				FROM (
					SELECT kind, subject, standing AS word, area,
						bitShiftLeft(toUInt64(toInt32(effective_on) + 25567), 46) + bitShiftLeft(number, 1) + (holds = 1 AND until >= counted) AS packed
					` + monthRows + ` AND effective_on <= counted
				)
				GROUP BY kind, subject, word
				SETTINGS optimize_aggregation_in_order = 1
			)
			GROUP BY kind, subject
		)
		WHERE bitTest(known, 1)
		GROUP BY kind, home, known
	)
	ARRAY JOIN arrayFilter(w -> w.2 = kind AND bitAnd(w.3, known) = w.3, sought) AS want
	GROUP BY measure, area
	UNION ALL
	SELECT measure, entry.1 AS area, toFloat64(0) AS value, entry.2 AS records
	FROM (
		SELECT want.1 AS measure, arrayConcat(
			arrayFilter(row -> row.2 > 0, groupArray((area, records))), if(uniqExactIf(word, said) > any(length(want.3)), [('', toUInt64(0))], [])
		) AS entries
		FROM (
			SELECT kind, standing AS word, toString(area) AS area, min(effective_on) <= counted AS said,
				uniqExactIf((subject, number), ` + monthOfSQL("effective_on") + ` = first) AS records
			` + monthRows + `
			GROUP BY kind, word, area
		) ARRAY JOIN arrayFilter(w -> w.2 = kind AND (word = 'registered' OR has(w.3, word)), wanted) AS want
		GROUP BY want
	) ARRAY JOIN entries AS entry
) GROUP BY area, measure`
