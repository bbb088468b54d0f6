package warehouse_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/projector"
)

const darkened = "5326"

// After a power cut the embedded engine has everything that it acknowledged, nothing that it had deleted, no part that is
// broken, and goes on: whether the power went while it was first started, while tables were made, or in the middle of an
// insert, a deletion or a merge.
//
// This shows what the engine syncs, on ext4's rules. It does not show what a disk does that lies about what it has written.
func TestAPowerCutTakesNothingThatWasAcknowledged(t *testing.T) {
	d, at := mountDisk(t)
	w := &work{p: projector.Progress{Term: 1, At: event.Checkpoint{Epoch: 1, EventID: uuid.New()}, Totals: facts.Totals{}}}
	below := t.TempDir()
	cuts := make(chan cut, 100)
	schedule := func(apart ...int) {
		after := 0
		for _, most := range apart {
			after += 1 + rand.IntN(most)
			d.after(after, func() {
				c := cut{dir: filepath.Join(below, fmt.Sprint(d.done)), number: w.advanced.Load(), counted: w.kept.Load()}
				d.commit(rand.IntN(len(d.journal) + 1)) // as the timer may have
				if err := d.durable.write(c.dir); err != nil {
					t.Error(err)
				}
				cuts <- c
			})
		}
	}
	schedule(9, 200, 200) // the start makes 9 changes, the tables 500
	w.store = openAt(t, warehouse.Options{URL: serve(t, at), Database: "ledger"})
	require.NoError(t, w.store.Migrate(t.Context()))

	schedule(300, 600, 600, 600, 600)
	for len(cuts) < 8 {
		require.NoError(t, w.next(t.Context()))
	}
	close(cuts)
	for c := range cuts {
		t.Run("after change "+filepath.Base(c.dir), c.outlived)
	}
}

// cut is what a power cut left, and what had been acknowledged by then.
type cut struct {
	dir             string
	number, counted uint64
}

func (c cut) outlived(t *testing.T) {
	t.Logf("rows and checkpoint up to %d were acknowledged, cells up to %d", c.number, c.counted)
	url := serve(t, c.dir)
	store := openAt(t, warehouse.Options{URL: url, Database: "ledger"})
	require.NoError(t, store.Migrate(t.Context()))
	p, err := store.Progress(t.Context(), darkened)
	require.NoError(t, err)
	require.GreaterOrEqual(t, p.At.Number, c.number)
	counted, err := store.Count(t.Context(), darkened, p.At.Number)
	require.NoError(t, err)
	require.Equal(t, len(p.Totals), len(counted))
	for table, total := range p.Totals {
		require.Equal(t, total, counted[table], table)
	}
	frontier, err := store.Frontier(t.Context(), darkened)
	require.NoError(t, err)
	require.GreaterOrEqual(t, frontier, c.counted)
	kept, err := store.AllKept(t.Context(), darkened)
	require.NoError(t, err)
	if frontier > 0 {
		require.Len(t, kept, 1)
		require.EqualValues(t, frontier, *kept[0].Value)
	}
	readAll(t, url)

	require.NoError(t, store.TakeBack(t.Context(), darkened, p.At.Number))
	if p.Totals == nil {
		p.Totals, p.Term = facts.Totals{}, 1
	}
	w := &work{store: store, p: p}
	for range 2 {
		require.NoError(t, w.next(t.Context()))
	}
	counted, err = store.Count(t.Context(), darkened, w.p.At.Number)
	require.NoError(t, err)
	require.Equal(t, w.p.Totals, counted)
}

// readAll reads every byte of all tables, and holds that no part was found broken.
func readAll(t *testing.T, url string) {
	t.Helper()
	options, err := clickhouse.ParseDSN(url)
	require.NoError(t, err)
	conn, err := clickhouse.Open(options)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	var tables []struct {
		Name string `ch:"name"`
	}
	require.NoError(t, conn.Select(t.Context(), &tables, "SELECT name FROM system.tables WHERE database = 'ledger' AND engine LIKE '%MergeTree'"))
	require.NotEmpty(t, tables)
	for _, table := range tables {
		var sum uint64
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT sum(ifNull(cityHash64(*), 0)) FROM ledger."+table.Name).Scan(&sum), table.Name)
	}
	var broken []string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT groupArray(concat(table, '/', name)) FROM system.detached_parts").Scan(&broken))
	require.Empty(t, broken)
}

// work is what a projector has the engine do: rows, then the checkpoint, then cells.
type work struct {
	store          *warehouse.Warehouse
	p              projector.Progress
	advanced, kept atomic.Uint64 // what was acknowledged
}

const eventsAtOnce = 5

func (w *work) next(ctx context.Context) error {
	from := w.p.At.Number + 1
	if from%2 == 0 { // a projector ended before its checkpoint: the next one takes its rows back
		if err := w.store.Write(ctx, rows(from)); err != nil {
			return err
		}
		if err := w.store.TakeBack(ctx, darkened, w.p.At.Number); err != nil {
			return err
		}
	}
	written := rows(from)
	if err := w.store.Write(ctx, written); err != nil {
		return err
	}
	w.p.At.Number += eventsAtOnce
	w.p.Totals.Add(written)
	if err := w.store.Advance(ctx, darkened, w.p); err != nil {
		return err
	}
	w.advanced.Store(w.p.At.Number)
	value := float64(w.p.At.Number)
	cell := indicators.Number{
		Code: "elder-beds", Variant: "official", Version: 1, Area: "532600", Month: calendar.MonthOf(2022, time.November), Value: &value, Position: w.p.At.Number,
	}
	if err := w.store.Keep(ctx, darkened, []indicators.Number{cell}, nil, w.p.At.Number); err != nil {
		return err
	}
	w.kept.Store(w.p.At.Number)
	return nil
}

// rows of the events from a number on.
func rows(from uint64) (rows []facts.Row) {
	on := time.Date(2022, 11, 3, 0, 0, 0, 0, time.UTC)
	for n := from; n < from+eventsAtOnce; n++ {
		key, elder := facts.Key{Prefecture: darkened, Number: n}, uuid.New()
		rows = append(rows,
			facts.Event{Key: key, EventID: uuid.New(), Stream: "s", Type: "T.v1", RecordedAt: on, ReceivedAt: on, OccurredOn: on, Area: "532601001"},
			facts.Visit{Key: key, Elder: elder, Visit: uuid.New(), OccurredOn: on, Mode: "home", Outcome: "seen"},
			facts.ElderState{Key: key, Elder: elder, Aspect: "area", EffectiveOn: on, Area: "532601001", Circumstances: []string{}})
	}
	return rows
}
