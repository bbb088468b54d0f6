package lineage

import (
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/projections/indicators"
)

// day is when standings are looked at: the month's last day, or today while it runs; today follows the last day that is
// closed in the log.
const day = `assumeNotNull((SELECT if(toStartOfMonth(max(occurred_on) + 1) = ` + month + `, max(occurred_on) + 1, toDate32(@last))
	FROM {db}.events WHERE ` + known + ` AND type = 'DayClosed.v1'))`

// recorded leaves out what was entered in error.
const recorded = `record NOT IN (SELECT fact FROM {db}.amendments WHERE ` + known + ` AND kind = 'withdrawn')`

func quoted(words []string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = `'` + w + `'`
	}
	return strings.Join(all, ", ")
}

// standings is of the subjects of a kind by what holds of them. Who lacks everything that the measures ask for beside being
// on the register is not listed: nothing was ever recorded that could have made them count.
func standings(kind standing.Kind, measures []indicators.Measure, whole bool) part {
	wanted := []string{standing.Registered}
	bare := "0"
	for _, m := range measures {
		if len(m.Standings) == 0 {
			bare = "1"
		}
		for _, s := range m.Standings {
			if !slices.Contains(wanted, s) {
				wanted = append(wanted, s)
			}
		}
	}
	of := `kind = '` + string(kind) + `' AND standing IN (` + quoted(wanted) + `)`
	registered := `SELECT subject FROM {db}.standings WHERE prefecture = @prefecture AND kind = '` + string(kind) + `' AND standing = 'registered' AND ` + within
	return part{
		lines: `SELECT '` + string(kind) + `' AS kind, subject, '' AS name, anyIf(area, word = 'registered') AS place, groupArray(word) AS words, groupArray(state) AS states
FROM (
	SELECT subject, toString(standing) AS word, argMax(toString(area), (effective_on, number)) AS area,
		multiIf(argMax(holds, (effective_on, number)) = 0, 'ended', argMax(until, (effective_on, number)) < ` + day + `, 'lapsed', 'holds') AS state
	FROM {db}.standings WHERE ` + known + ` AND ` + of + ` AND effective_on <= ` + day + ` AND ` + recorded + ` AND ` + candidates("subject", registered, whole) + `
	GROUP BY subject, word
)
GROUP BY subject
HAVING ` + placed + ` AND (` + bare + ` OR length(words) > 1)`,
		reason: `if((arrayFirst(w -> states[indexOf(words, w)] != 'holds', [` + quoted(wanted) + `]) AS lacking) = '', 'holds',
			concat(if(states[indexOf(words, lacking)] = '', 'lacking', states[indexOf(words, lacking)]), ':', lacking))`,
		behind: `SELECT '` + string(kind) + `' AS kind, subject, '' AS name, number FROM {db}.standings
	WHERE ` + known + ` AND ` + of + ` AND effective_on <= ` + day + ` AND subject ` + asked,
	}
}

// holding is 1 where a subject is registered and all of a measure's standings hold.
func holding(m indicators.Measure) string {
	return `toFloat64(arrayAll(w -> states[indexOf(words, w)] = 'holds', [` + quoted(append([]string{standing.Registered}, m.Standings...)) + `]))`
}

// activities is of the subjects of a kind by what happened with them in the period so far, where they were registered last,
// or, who is not, where it happened.
func activities(kind standing.Kind, measures []indicators.Measure) part {
	var wanted []string
	for _, m := range measures {
		wanted = append(wanted, m.Activity)
	}
	from := ` FROM {db}.activities FINAL WHERE ` + known + ` AND kind = '` + string(kind) + `' AND activity IN (` + quoted(wanted) + `)
		AND occurred_on >= toDate32(@begin) AND occurred_on <= ` + day
	home := `kind = '` + string(kind) + `' AND standing = 'registered' AND effective_on <= ` + day
	return part{
		lines: `SELECT '` + string(kind) + `' AS kind, a.subject AS subject, '' AS name, if(h.home = '', a.happened, h.home) AS place, a.word AS word
FROM (
	SELECT subject, toString(activity) AS word, argMax(toString(area), (occurred_on, number)) AS happened` + from + ` AND ` + recorded + ` AND ` + candidates("subject", "", true) + `
	GROUP BY subject, word
) AS a LEFT JOIN (
	SELECT subject, argMax(toString(area), (effective_on, number)) AS home
	FROM {db}.standings WHERE ` + known + ` AND ` + home + ` AND ` + recorded + ` AND ` + candidates("subject", "", true) + `
	GROUP BY subject
) AS h ON a.subject = h.subject
WHERE ` + placed,
		reason: `concat('happened:', word)`,
		behind: `SELECT '` + string(kind) + `' AS kind, subject, '' AS name, number` + from + ` AND subject ` + asked + `
UNION ALL
SELECT '` + string(kind) + `', subject, '', number FROM {db}.standings WHERE ` + known + ` AND ` + home + ` AND subject ` + asked,
	}
}

// townships counts the townships of the area: all of them, or those in which something is above 0.
func townships(inner string, some bool) string {
	each := `SELECT arrayJoin(arrayFilter(a -> length(a) = 9, CAST(@areas, 'Array(String)'))) AS town, 1 AS value`
	if some {
		each = `SELECT substring(place, 1, 9) AS town, value FROM (` + inner + `) WHERE length(place) >= 9`
	}
	return `SELECT 'township' AS kind, ` + nobody + ` AS subject, town AS name, town AS place, toFloat64(sum(value) > 0) AS value FROM (` + each + `) GROUP BY town`
}

const reasonOfTownship = `if(n != 0, 'township_with', 'township_without')`

// figuresOf are the figures in force of a series, of every area that reports it.
func figuresOf(series string) string {
	return `SELECT toString(area) AS place, argMax(value, (period_end, number)) AS value
	FROM {db}.figures WHERE ` + known + ` AND area IN @areas AND series = '` + series + `' AND period_end <= toDate32(@last) GROUP BY place`
}

// behindTownships are the records of what holds of subjects there.
func behindTownships(m indicators.Measure) string {
	if m.Kind == "" || m.Kind == indicators.AllKinds || m.Activity != "" {
		return ""
	}
	return `SELECT 'township' AS kind, ` + nobody + ` AS subject, substring(toString(area), 1, 9) AS name, number FROM {db}.standings
	WHERE ` + known + ` AND kind = '` + string(m.Kind) + `' AND standing IN (` + quoted(append([]string{standing.Registered}, m.Standings...)) + `)
		AND effective_on <= ` + day + ` AND name IN @names`
}
