package warehouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/freshness"
	"github.com/careledger/careledger/projections/projector"
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
	into := w.text("INSERT INTO {db}." + table + " (" + strings.Join(columns, ", ") + ")")
	if err := again(ctx, func() error { return send(ctx, w.conn, into, rows) }); err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	return nil
}

// send writes rows column by column, which costs a fraction of row by row.
func send[R any](ctx context.Context, conn driver.Conn, into string, rows []R) error {
	batch, err := conn.PrepareBatch(ctx, into)
	if err != nil {
		return translate(err)
	}
	values := make([]reflect.Value, len(rows))
	for i, r := range rows {
		values[i] = reflect.ValueOf(r)
	}
	for i, f := range fieldsOf(values[0].Type()) {
		column := reflect.MakeSlice(reflect.SliceOf(f.Type), len(rows), len(rows))
		for j, v := range values {
			column.Index(j).Set(v.FieldByIndex(f.Index))
		}
		if err := batch.Column(i).Append(column.Interface()); err != nil {
			return errors.Join(err, batch.Abort()) // nothing was sent
		}
	}
	return translate(batch.Send())
}

// fieldsOf lists the fields of a row's type that are columns, those of embedded structs in their place.
func fieldsOf(t reflect.Type) []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Anonymous || f.Tag.Get("ch") == "-" })
}

func columnsOf(t reflect.Type) []string {
	var columns []string
	for _, f := range fieldsOf(t) {
		columns = append(columns, f.Tag.Get("ch"))
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
	Tables     []string  `ch:"tables"`
	Rows       []uint64  `ch:"rows"`
	Numbers    []uint64  `ch:"numbers"`
	Facts      uint32    `ch:"facts"`
}

// Progress answers how far a prefecture is projected; zeros where nothing is.
func (w *Warehouse) Progress(ctx context.Context, prefecture string) (p projector.Progress, err error) {
	var found []progressRow
	err = w.read(ctx, &found, "SELECT "+strings.Join(columnsOf(reflect.TypeFor[progressRow]()), ", ")+` FROM {db}.progress
		WHERE prefecture = @prefecture ORDER BY term DESC, number DESC, at DESC LIMIT 1`, clickhouse.Named("prefecture", prefecture))
	if err != nil || len(found) == 0 {
		return p, err
	}
	r := found[0]
	p.At = event.Checkpoint{
		Epoch: int(r.Epoch), Number: r.Number, EventID: r.EventID, Position: event.Position{Commit: r.Commit, Prepare: r.Prepare},
	}
	p.Term, p.Facts, p.Totals = r.Term, int(r.Facts), facts.Totals{}
	for i, table := range r.Tables {
		p.Totals[table] = facts.Total{Rows: r.Rows[i], Numbers: r.Numbers[i]}
	}
	return p, nil
}

// Advance writes how far a term is, after the rows that it stands for.
func (w *Warehouse) Advance(ctx context.Context, prefecture string, to projector.Progress) error {
	row := progressRow{
		Prefecture: prefecture, Term: to.Term, Epoch: int32(to.At.Epoch), Number: to.At.Number, EventID: to.At.EventID,
		Commit: to.At.Position.Commit, Prepare: to.At.Position.Prepare, At: time.Now().UTC(),
		Tables: []string{}, Rows: []uint64{}, Numbers: []uint64{}, Facts: uint32(to.Facts),
	}
	for _, table := range slices.Sorted(maps.Keys(to.Totals)) {
		t := to.Totals[table]
		row.Tables, row.Rows, row.Numbers = append(row.Tables, table), append(row.Rows, t.Rows), append(row.Numbers, t.Numbers)
	}
	return insert(ctx, w, progress, []progressRow{row})
}

// Count counts the rows of each table up to a number, each once however often it was written, without those of parked events.
func (w *Warehouse) Count(ctx context.Context, prefecture string, upTo uint64) (facts.Totals, error) {
	counted := facts.Totals{}
	for _, table := range facts.Counted() {
		var found []struct {
			Rows    uint64 `ch:"rows"`
			Numbers uint64 `ch:"numbers"`
		}
		err := w.read(ctx, &found, "SELECT count() AS rows, sum(number) AS numbers FROM {db}."+table+" FINAL WHERE prefecture = @prefecture AND number <= @upto"+
			" AND number NOT IN (SELECT number FROM {db}.parked WHERE prefecture = @prefecture)",
			clickhouse.Named("prefecture", prefecture), clickhouse.Named("upto", upTo))
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", table, err)
		}
		if len(found) > 0 && found[0].Rows > 0 {
			counted[table] = facts.Total{Rows: found[0].Rows, Numbers: found[0].Numbers}
		}
	}
	return counted, nil
}

// TakeBack removes rows and cells above a number. No cell is counted above the checkpoint, unless Forget was cut off.
func (w *Warehouse) TakeBack(ctx context.Context, prefecture string, above uint64) error {
	for _, table := range append([]string{"cells", "cell_history"}, facts.Tables()...) {
		err := w.remove(ctx, table, "prefecture = @prefecture AND number > @above", clickhouse.Named("prefecture", prefecture), clickhouse.Named("above", above))
		if err != nil {
			return fmt.Errorf("take back from %s: %w", table, err)
		}
	}
	return nil
}

// Forget empties everything of a prefecture: the checkpoint first, so that half of it is never taken for the whole.
func (w *Warehouse) Forget(ctx context.Context, prefecture string) error {
	for _, table := range append([]string{progress, "cells", "cell_history", freshness.Table}, facts.Tables()...) {
		if err := w.remove(ctx, table, "prefecture = @prefecture", clickhouse.Named("prefecture", prefecture)); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	return nil
}

// remove deletes rows, where there are any: a deletion is dear, above all on a cluster.
func (w *Warehouse) remove(ctx context.Context, table, where string, args ...any) error {
	var rows uint64
	if err := w.one(ctx, &rows, "SELECT count() FROM {db}."+table+" WHERE "+where, args...); err != nil || rows == 0 {
		return err
	}
	return w.exec(ctx, w.layout.deletion(table)+" WHERE "+where, args...)
}
