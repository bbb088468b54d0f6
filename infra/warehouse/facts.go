package warehouse

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/freshness"
)

// Write inserts rows, each table in one insert, fsynced when it returns. Rows written twice are one row.
func (w *Warehouse) Write(ctx context.Context, rows []facts.Row) error {
	byTable := map[string][]facts.Row{}
	for _, r := range rows {
		byTable[r.Table()] = append(byTable[r.Table()], r)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for table, rows := range byTable {
		group.Go(func() error { return insert(ctx, w, table, rows) })
	}
	return group.Wait()
}

// insert writes structs whose ch tags name the columns.
func insert[R any](ctx context.Context, w *Warehouse, table string, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	columns := columnsOf(reflect.TypeOf(rows[0]))
	batch, err := w.conn.PrepareBatch(ctx, w.text("INSERT INTO {db}."+table+" ("+strings.Join(columns, ", ")+")"))
	if err != nil {
		return fmt.Errorf("insert into %s: %w", table, translate(err))
	}
	for _, r := range rows {
		p := reflect.New(reflect.TypeOf(r))
		p.Elem().Set(reflect.ValueOf(r))
		if err := batch.AppendStruct(p.Interface()); err != nil {
			_ = batch.Abort() // nothing was sent
			return fmt.Errorf("insert into %s: %w", table, err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("insert into %s: %w", table, translate(err))
	}
	return nil
}

func columnsOf(t reflect.Type) []string {
	var columns []string
	for f := range t.Fields() {
		if f.Anonymous {
			columns = append(columns, columnsOf(f.Type)...)
		} else {
			columns = append(columns, f.Tag.Get("ch"))
		}
	}
	return columns
}

type progressRow struct {
	Prefecture string    `ch:"prefecture"`
	Term       uint64    `ch:"term"`
	Epoch      int32     `ch:"epoch"`
	Number     uint64    `ch:"number"`
	EventID    uuid.UUID `ch:"event_id"`
	Commit     uint64    `ch:"commit"`
	Prepare    uint64    `ch:"prepare"`
	At         time.Time `ch:"at"`
}

// Checkpoint answers how far a prefecture is projected and in which term; zeros where nothing is.
func (w *Warehouse) Checkpoint(ctx context.Context, prefecture string) (event.Checkpoint, uint64, error) {
	var rows []progressRow
	err := w.read(ctx, &rows, `SELECT prefecture, term, epoch, number, event_id, commit, prepare, at FROM {db}.progress
		WHERE prefecture = @prefecture ORDER BY term DESC, number DESC LIMIT 1`, clickhouse.Named("prefecture", prefecture))
	if err != nil || len(rows) == 0 {
		return event.Checkpoint{}, 0, err
	}
	r := rows[0]
	return event.Checkpoint{
		Epoch: int(r.Epoch), Number: r.Number, EventID: r.EventID, Position: event.Position{Commit: r.Commit, Prepare: r.Prepare},
	}, r.Term, nil
}

// Advance writes a term's checkpoint, after the rows that it stands for.
func (w *Warehouse) Advance(ctx context.Context, prefecture string, term uint64, to event.Checkpoint) error {
	return insert(ctx, w, "progress", []progressRow{{
		Prefecture: prefecture, Term: term, Epoch: int32(to.Epoch), Number: to.Number, EventID: to.EventID,
		Commit: to.Position.Commit, Prepare: to.Position.Prepare, At: time.Now().UTC(),
	}})
}

// TakeBack removes rows above a number.
func (w *Warehouse) TakeBack(ctx context.Context, prefecture string, above uint64) error {
	return w.empty(ctx, facts.Tables(), "prefecture = @prefecture AND number > @above",
		clickhouse.Named("prefecture", prefecture), clickhouse.Named("above", above))
}

// Forget empties everything of a prefecture: the checkpoint first, so that half of it is never taken for the whole.
func (w *Warehouse) Forget(ctx context.Context, prefecture string) error {
	return w.empty(ctx, append([]string{"progress", "cells", "cell_history", freshness.Table}, facts.Tables()...), "prefecture = @prefecture",
		clickhouse.Named("prefecture", prefecture))
}

// empty removes what meets a condition from tables, one after the other. Looking is much cheaper than removing nothing.
func (w *Warehouse) empty(ctx context.Context, tables []string, condition string, args ...any) error {
	for _, table := range tables {
		var rows uint64
		if err := w.one(ctx, &rows, "SELECT count() FROM {db}."+table+" WHERE "+condition, args...); err != nil {
			return fmt.Errorf("count %s: %w", table, err)
		}
		if rows == 0 {
			continue
		}
		if err := w.exec(ctx, "DELETE FROM {db}."+table+" WHERE "+condition, args...); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	return nil
}
