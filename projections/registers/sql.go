package registers

// EldersSQL answers the register of areas, ordered by id; parameters @prefecture, @areas and @ids (empty: all), @after, @limit.
const EldersSQL = `SELECT r.elder AS elder, r.area AS area, r.sex AS sex, r.birth_month AS birth_month, r.circumstances AS circumstances,
	maxIf(v.occurred_on, v.counts = 1) AS last_visit_on
FROM (` + register + ` ORDER BY elder LIMIT @limit) AS r
LEFT JOIN (
	SELECT elder, occurred_on, toUInt8(outcome = 'seen' AND number >= since) AS counts
	FROM {db}.visits AS v
	LEFT JOIN (SELECT fact, max(number) AS since FROM {db}.amendments WHERE prefecture = @prefecture GROUP BY fact) AS a ON v.visit = a.fact
	WHERE prefecture = @prefecture
) AS v ON r.elder = v.elder
GROUP BY elder, area, sex, birth_month, circumstances
ORDER BY elder`

// EldersTotalSQL counts the register of areas; parameters as above.
const EldersTotalSQL = `SELECT count() FROM (` + register + `)`

// register is the newest state of each elder after an id.
const register = `SELECT elder, argMaxIf(area, (effective_on, number), aspect = 'area') AS area,
		argMaxIf(sex, (effective_on, number), sex != '') AS sex,
		argMaxIf(birth_month, (effective_on, number), birth_month != 0) AS birth_month,
		argMaxIf(circumstances, (effective_on, number), aspect = 'circumstances') AS circumstances
	FROM {db}.elder_states
	WHERE prefecture = @prefecture AND elder > toUUID(@after) AND (empty(@ids) OR toString(elder) IN @ids)
	GROUP BY elder
	HAVING area != '' AND (empty(@areas) OR area IN @areas OR length(area) = 12 AND substring(area, 1, 9) IN @areas)`

// AlertsSQL answers alerts as they stand; parameters @prefecture, @areas (empty: all), @state (empty: any).
const AlertsSQL = `SELECT alert, rule, code, variant, area, period, unit, state, raised_at, resolved_at, value, expected, reason
FROM (
	SELECT alert, argMaxIf(a.rule, a.number, a.state = 'open') AS rule, argMaxIf(a.code, a.number, a.state = 'open') AS code,
		argMaxIf(a.variant, a.number, a.state = 'open') AS variant, argMaxIf(a.area, a.number, a.state = 'open') AS area,
		argMaxIf(a.period, a.number, a.state = 'open') AS period, argMaxIf(a.unit, a.number, a.state = 'open') AS unit,
		argMax(a.state, a.number) AS state, maxIf(a.at, a.state = 'open') AS raised_at, maxIf(a.at, a.state = 'resolved') AS resolved_at,
		tupleElement(argMax(tuple(a.value), a.number), 1) AS value, tupleElement(argMax(tuple(a.expected), a.number), 1) AS expected,
		argMax(a.reason, a.number) AS reason
	FROM {db}.alerts AS a WHERE a.prefecture = @prefecture GROUP BY alert
)
WHERE (empty(@areas) OR area IN @areas) AND (@state = '' OR state = @state)
ORDER BY raised_at DESC, alert`
