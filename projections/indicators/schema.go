package indicators

// Tables of cells, as SQL text; {db} stands for the database. cells holds what is shown now (the highest number wins),
// cell_history everything that was ever shown, slabs when each definition and month was last counted.
func Tables() []string {
	const columns = `prefecture LowCardinality(String), month Int32, code LowCardinality(String), variant LowCardinality(String),
		version UInt32, area LowCardinality(String), number UInt64, computed_at DateTime64(6, 'UTC'), value Nullable(Float64),
		numerator Nullable(Float64), denominator Nullable(Float64), records UInt64`
	const durable = " SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
	return []string{
		`CREATE TABLE IF NOT EXISTS {db}.cells (` + columns + `) ENGINE = ReplacingMergeTree(number)
			ORDER BY (prefecture, month, code, variant, area)` + durable,
		`CREATE TABLE IF NOT EXISTS {db}.cell_history (` + columns + `) ENGINE = ReplacingMergeTree
			ORDER BY (prefecture, code, variant, area, month, number)` + durable,
		`CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.cells_to_history TO {db}.cell_history AS SELECT * FROM {db}.cells`,
		`CREATE TABLE IF NOT EXISTS {db}.slabs (prefecture LowCardinality(String), month Int32, code LowCardinality(String),
			variant LowCardinality(String), version UInt32, number UInt64, computed_at DateTime64(6, 'UTC'))
			ENGINE = ReplacingMergeTree(number) ORDER BY (prefecture, month, code, variant)` + durable,
	}
}

// KeptSQL answers kept numbers; parameters @prefecture, @months, @areas, @codes (empty arrays: all).
const KeptSQL = `SELECT c.code AS code, c.variant AS variant, c.version AS version, c.area AS area, c.month AS month, c.value AS value,
	c.numerator AS numerator, c.denominator AS denominator, c.records AS records, s.number AS number, s.computed_at AS computed_at
FROM (
	SELECT * FROM {db}.cells FINAL
	WHERE prefecture = @prefecture AND (empty(@months) OR month IN @months) AND (empty(@areas) OR area IN @areas) AND (empty(@codes) OR code IN @codes)
) AS c
INNER JOIN (
	SELECT code, variant, month, max(number) AS number, max(computed_at) AS computed_at FROM {db}.slabs
	WHERE prefecture = @prefecture AND (empty(@months) OR month IN @months) AND (empty(@codes) OR code IN @codes)
	GROUP BY code, variant, month
) AS s ON c.code = s.code AND c.variant = s.variant AND c.month = s.month`
