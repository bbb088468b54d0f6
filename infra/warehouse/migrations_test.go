package warehouse_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/projector"
)

// database is a database of an engine, beside the warehouse that is tested.
type database struct {
	conn driver.Conn
	name string
}

func (d database) run(t *testing.T, statement string) {
	t.Helper()
	require.NoError(t, d.conn.Exec(t.Context(), strings.ReplaceAll(statement, "{db}", d.name)), statement)
}

// tables answers how each table was made, without the name of the database.
func (d database) tables(t *testing.T) map[string]string {
	t.Helper()
	var rows []struct {
		Name string `ch:"name"`
		Made string `ch:"create_table_query"`
	}
	require.NoError(t, d.conn.Select(t.Context(), &rows, "SELECT name, create_table_query FROM system.tables WHERE database = @name", clickhouse.Named("name", d.name)))
	made := map[string]string{}
	for _, r := range rows {
		made[r.Name] = strings.ReplaceAll(r.Made, d.name+".", "")
	}
	return made
}

func (d database) count(t *testing.T, of string) (n uint64) {
	t.Helper()
	require.NoError(t, d.conn.QueryRow(t.Context(), "SELECT count() FROM "+d.name+"."+of).Scan(&n))
	return n
}

// golden are the statements of a golden file.
func golden(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "single.sql"))
	require.NoError(t, err)
	var statements []string
	for s := range strings.SplitSeq(string(b), ";\n") {
		if s = strings.TrimSpace(s); s != "" {
			statements = append(statements, s)
		}
	}
	require.Greater(t, len(statements), 17)
	return statements
}

func TestMigrations(t *testing.T) {
	url := address(t)
	o, err := clickhouse.ParseDSN(url)
	require.NoError(t, err)
	conn, err := clickhouse.Open(o)
	require.NoError(t, err)
	defer conn.Close()
	fresh := func(t *testing.T) (*warehouse.Warehouse, database) {
		d := database{conn, newDatabase()}
		t.Cleanup(func() { _ = conn.Exec(context.Background(), "DROP DATABASE IF EXISTS "+d.name) })
		return openAt(t, warehouse.Options{URL: url, Database: d.name}), d
	}
	standing := func(t *testing.T, w *warehouse.Warehouse) int {
		applied, known, err := w.Standing(t.Context())
		require.NoError(t, err)
		require.Equal(t, 9, known)
		return applied
	}
	visit := facts.Visit{
		Key: facts.Key{Prefecture: "5326", Number: 1}, Elder: uuid.New(), Visit: uuid.New(),
		OccurredOn: time.Date(2022, 11, 3, 0, 0, 0, 0, time.UTC), Mode: "home", Outcome: "seen",
	}
	fill := func(t *testing.T, w *warehouse.Warehouse) {
		require.NoError(t, w.Write(t.Context(), []facts.Row{visit}))
		require.NoError(t, w.Advance(t.Context(), "5326", projector.Progress{At: event.Checkpoint{Epoch: 1, Number: 1, EventID: uuid.New()}, Term: 1}))
	}
	reached := func(t *testing.T, w *warehouse.Warehouse) uint64 {
		p, err := w.Progress(t.Context(), "5326")
		require.NoError(t, err)
		return p.At.Number
	}

	t.Run("make what the golden file says, once", func(t *testing.T) {
		w, d := fresh(t)
		require.Zero(t, standing(t, w))
		require.Empty(t, d.tables(t), "looking changes nothing")
		for range 3 {
			require.NoError(t, w.Migrate(t.Context()))
			require.Equal(t, 9, standing(t, w))
			require.EqualValues(t, 9, d.count(t, "migrations"))
		}
		_, written := fresh(t)
		for _, s := range golden(t) {
			written.run(t, s)
		}
		require.Equal(t, written.tables(t), d.tables(t))
	})
	t.Run("by several at once", func(t *testing.T) {
		w, d := fresh(t)
		var all errgroup.Group
		for range 6 {
			all.Go(func() error { return w.Migrate(t.Context()) })
		}
		require.NoError(t, all.Wait())
		require.Equal(t, 9, standing(t, w))
		require.Len(t, d.tables(t), 23)
	})
	t.Run("a database without a record is taken over with its rows", func(t *testing.T) {
		w, d := fresh(t)
		for _, s := range golden(t) {
			d.run(t, s)
		}
		d.run(t, "DROP TABLE {db}.migrations")
		fill(t, w)
		require.NoError(t, w.Migrate(t.Context()))
		require.Equal(t, 9, standing(t, w))
		require.EqualValues(t, 1, d.count(t, "visits"))
		require.EqualValues(t, 1, reached(t, w))
	})
	t.Run("a migration that broke off is finished", func(t *testing.T) {
		w, d := fresh(t)
		for _, s := range golden(t)[:5] {
			d.run(t, s)
		}
		require.Zero(t, standing(t, w))
		require.NoError(t, w.Migrate(t.Context()))
		require.Equal(t, 9, standing(t, w))
		require.Len(t, d.tables(t), 23)
	})
	t.Run("tables that were lost come back, and what they held is read from the log again", func(t *testing.T) {
		w, d := fresh(t)
		require.NoError(t, w.Migrate(t.Context()))
		fill(t, w)
		d.run(t, "DROP TABLE {db}.visits")
		require.Equal(t, 8, standing(t, w))
		require.NoError(t, w.Migrate(t.Context()))
		require.Equal(t, 9, standing(t, w))
		require.Zero(t, d.count(t, "visits"))
		require.Zero(t, reached(t, w))
	})
	t.Run("a newer database is left alone", func(t *testing.T) {
		w, d := fresh(t)
		require.NoError(t, w.Migrate(t.Context()))
		d.run(t, "INSERT INTO {db}.migrations VALUES (99, now64(6), 'x')")
		d.run(t, "DROP TABLE {db}.visits")
		err := w.Migrate(t.Context())
		require.ErrorIs(t, err, warehouse.ErrNewer)
		require.ErrorContains(t, err, "--database")
		require.ErrorContains(t, err, "请使用该版本")
		require.NotContains(t, d.tables(t), "visits")
		_, _, err = w.Standing(t.Context())
		require.ErrorIs(t, err, warehouse.ErrNewer)
	})
	t.Run("a migration of another text is told", func(t *testing.T) {
		w, d := fresh(t)
		require.NoError(t, w.Migrate(t.Context()))
		d.run(t, "INSERT INTO {db}.migrations VALUES (2, now64(6) + 60, 'of another build')")
		require.ErrorIs(t, w.Migrate(t.Context()), warehouse.ErrOtherwise)
	})
	t.Run("a database of one server does not become a cluster's", func(t *testing.T) {
		w, d := fresh(t)
		cluster := openAt(t, warehouse.Options{URL: url, Database: d.name, Cluster: "care"})
		require.NoError(t, w.Migrate(t.Context()))
		require.ErrorIs(t, cluster.Migrate(t.Context()), warehouse.ErrOtherwise)
		d.run(t, "DROP TABLE {db}.migrations")
		require.ErrorIs(t, cluster.Migrate(t.Context()), warehouse.ErrOtherwise)
	})
}
