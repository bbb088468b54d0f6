package warehouse

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/careledger/careledger/projections/publication"
)

// Late implements publication.Store.
func (w *Warehouse) Late(ctx context.Context, prefecture string, from, to uint64) ([]publication.Late, error) {
	var rows []struct {
		Type   string `ch:"type"`
		Area   string `ch:"area"`
		Events uint64 `ch:"events"`
	}
	err := w.read(ctx, &rows, publication.LateSQL,
		clickhouse.Named("prefecture", prefecture), clickhouse.Named("from", from), clickhouse.Named("to", to))
	late := make([]publication.Late, len(rows))
	for i, r := range rows {
		late[i] = publication.Late(r)
	}
	return late, err
}
