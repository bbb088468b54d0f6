package embedded_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const visitsTable = `CREATE TABLE ledger.visits (town LowCardinality(String), elder UUID, on Date, number UInt64)
	ENGINE = MergeTree ORDER BY (town, on, elder) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

// addVisits inserts rows visits in one batch, numbered from first.
func addVisits(tb testing.TB, c driver.Conn, first, rows int) {
	tb.Helper()
	batch, err := c.PrepareBatch(tb.Context(), "INSERT INTO ledger.visits")
	require.NoError(tb, err)
	start := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := first; i < first+rows; i++ {
		var elder uuid.UUID
		elder[0], elder[1], elder[2] = byte(i), byte(i>>8), byte(i>>9)
		require.NoError(tb, batch.Append(fmt.Sprintf("5326%05d", i%104), elder, start.AddDate(0, 0, i%365), uint64(i)))
	}
	require.NoError(tb, batch.Send())
}

func benchConn(b *testing.B) driver.Conn {
	b.Helper()
	c := open(b, supervise(b, filepath.Join(b.TempDir(), "warehouse")))
	run(b, c, "CREATE DATABASE ledger", visitsTable)
	return c
}

func BenchmarkInsert(b *testing.B) {
	for _, rows := range []int{1, 10, 10_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			c := benchConn(b)
			first := 0
			for b.Loop() {
				addVisits(b, c, first, rows)
				first += rows
			}
			b.ReportMetric(float64(first)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkQuery(b *testing.B) {
	c := benchConn(b)
	for first := 0; first < 1_000_000; first += 100_000 {
		addVisits(b, c, first, 100_000)
	}
	for name, query := range map[string]string{
		"one":                        "SELECT 1",
		"cell":                       "SELECT count(), uniqExact(elder) FROM ledger.visits WHERE town = {town:String} AND on >= '2022-11-01' AND on < '2022-12-01'",
		"distinct-by-town-and-month": "SELECT town, toStartOfMonth(on) AS m, uniqExact(elder) FROM ledger.visits WHERE {town:String} != '' GROUP BY town, m",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				rows, err := c.Query(b.Context(), query, clickhouse.Named("town", "532600007"))
				require.NoError(b, err)
				for rows.Next() {
				}
				require.NoError(b, rows.Close())
			}
		})
	}
}
