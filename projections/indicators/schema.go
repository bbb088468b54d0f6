package indicators

// Tables of cells, as SQL text; {db} stands for the database. cells holds what is shown now (the highest number wins) and
// cell_history everything that was ever shown. A row of cells without an area is a slab: when its definition and month
// were last counted; the slab without a code says how far everything is counted, its version in which epoch of the log. One insert thus changes numbers and what
// is said of them at once.
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
		`CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.cells_to_history TO {db}.cell_history AS SELECT * FROM {db}.cells WHERE area != ''`,
	}
}

// KeptSQL answers kept cells and slabs; parameters @prefecture, @months, @areas, @codes (empty arrays: all).
const KeptSQL = `SELECT code, variant, version, area, month, value, numerator, denominator, records, number, computed_at
FROM {db}.cells FINAL
WHERE prefecture = @prefecture AND (empty(@months) OR month IN @months) AND (empty(@codes) OR code IN @codes)
	AND (empty(@areas) OR area IN @areas)`
