package indicators

import "github.com/careledger/careledger/projections/schema"

// Schema of the cells. cells holds what is shown now (the highest number wins) and cell_history everything that was ever
// shown. A row of cells without an area is a slab: when its definition and month were last counted; the slab without a code
// says how far everything is counted, its version in which epoch of the log. One insert thus changes numbers and what is said of them at once.
func Schema() []schema.Step {
	const columns = `prefecture LowCardinality(String), month Int32, code LowCardinality(String), variant LowCardinality(String),
		version UInt32, area LowCardinality(String), number UInt64, computed_at DateTime64(6, 'UTC'), value Nullable(Float64),
		numerator Nullable(Float64), denominator Nullable(Float64), records UInt64`
	return []schema.Step{
		schema.Table{Name: "cells", Columns: columns, Order: "prefecture, month, code, variant, area", Version: "number"},
		schema.Table{Name: "cell_history", Columns: columns, Order: "prefecture, code, variant, area, month, number"},
		schema.Copy{Name: "cells_to_history", From: "cells", To: "cell_history", Where: "area != ''"},
	}
}

// KeptSQL answers kept cells and slabs; parameters @prefecture, @months, @areas, @codes (empty arrays: all). {db} stands for
// the database.
const KeptSQL = `SELECT code, variant, version, area, month, value, numerator, denominator, records, number, computed_at
FROM {db}.cells FINAL
WHERE prefecture = @prefecture AND (empty(@months) OR month IN @months) AND (empty(@codes) OR code IN @codes)
	AND (empty(@areas) OR area IN @areas)`
