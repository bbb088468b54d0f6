package warehouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/freshness"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/schema"
)

// What a database is refused for. A warehouse holds nothing that the log does not: a new database is always a way out.
var (
	ErrNewer = errors.New("the warehouse's database was laid out by a newer careledger: run that version, or name another database with --database, which fills itself from the log / " +
		"统计仓库的数据库由更新版本的 careledger 建立：请使用该版本，或用 --database 另指定一个库（会由日志自动重建）")
	ErrOtherwise = errors.New("the warehouse's database was laid out otherwise, for another --clickhouse-cluster or by another build: use what it was made with, or name another database with --database, which fills itself from the log / " +
		"统计仓库的数据库以另一种方式建立（--clickhouse-cluster 不同，或由其他构建建立）：请沿用原设置，或用 --database 另指定一个库（会由日志自动重建）")
)

// migrations are all of them, in order. To add a table or a column, add a migration at the end.
func migrations() []schema.Migration {
	return []schema.Migration{
		{Number: 1, About: "facts", Steps: facts.Schema()},
		{Number: 2, About: "cells", Steps: indicators.Schema()},
		{Number: 3, About: "progress", Steps: []schema.Step{schema.Table{
			Name: progress,
			Columns: `prefecture LowCardinality(String), term UInt64, epoch Int32, number UInt64, event_id UUID, commit UInt64,
				prepare UInt64, at DateTime64(6, 'UTC'), tables Array(String), rows Array(UInt64), numbers Array(UInt64)`,
			Order: "prefecture, term", Version: "number",
		}}},
		{Number: 4, About: "parked events", Steps: facts.ParkedSchema()},
		{Number: 5, About: "freshness", Steps: freshness.Schema()},
		{Number: 6, About: "standings", Steps: facts.StandingSchema()},
		{Number: 7, About: "version of the facts", Steps: []schema.Step{schema.Column{Table: progress, Name: "facts", Type: "UInt32"}}},
		{Number: 8, About: "freshness of units, the newest only", Steps: freshness.NewestSchema()},
		{Number: 9, About: "merged registrations", Steps: facts.MergeSchema()},
	}
}

const (
	progress = "progress"
	record   = "migrations"
)

// recordTable is where a database says which migrations it has.
func recordTable() schema.Table {
	return schema.Table{
		Name: record, Columns: "number UInt32, applied_at DateTime64(6, 'UTC'), hash String", Order: "number", Everywhere: true,
	}
}

type recordRow struct {
	Number    uint32    `ch:"number"`
	AppliedAt time.Time `ch:"applied_at"`
	Hash      string    `ch:"hash"`
}

// hash is a digest of a migration's statements. The size of the pieces in which rows lie is not part of it: a database works with any.
func (l layout) hash(m schema.Migration) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(strings.Join(l.statements(m.Steps...), ";\n"), fine, "")))
	return hex.EncodeToString(sum[:8])
}

// Migrate makes the database and what is missing in it: every migration that is not recorded, in order, each recorded
// when all of it is there. It may run any number of times, by several at once: statements leave alone what they find, so
// that a database made before there was a record is taken over as it is, and a half-made migration is finished.
func (w *Warehouse) Migrate(ctx context.Context) error {
	s, err := w.schema(ctx)
	if err != nil {
		return err
	}
	for _, statement := range append([]string{w.layout.database()}, w.layout.statements(recordTable())...) {
		if err := w.exec(ctx, statement); err != nil {
			return fmt.Errorf("migrate the warehouse: %w", err)
		}
	}
	again := false // tables were lost: those made anew need what later migrations add to them
	for _, m := range migrations() {
		if !again && s.has(m.Number) && s.holds(w.layout.made(m.Steps)) {
			continue
		}
		again = again || s.has(m.Number)
		if err := w.migrate(ctx, m, s); err != nil {
			return fmt.Errorf("migrate the warehouse, %d (%s): %w", m.Number, m.About, err)
		}
	}
	return nil
}

func (w *Warehouse) migrate(ctx context.Context, m schema.Migration, s found) error {
	if s.has(m.Number) && s.holds([]string{progress}) && w.layout.cluster == "" {
		// Tables were lost, and rows with them: the log is read from its beginning. On a cluster other replicas have them.
		if err := w.exec(ctx, "TRUNCATE TABLE {db}."+progress); err != nil {
			return err
		}
	}
	for _, statement := range w.layout.statements(m.Steps...) {
		if err := w.exec(ctx, statement); err != nil {
			return err
		}
	}
	return insert(ctx, w, record, []recordRow{{Number: m.Number, AppliedAt: time.Now().UTC(), Hash: w.layout.hash(m)}})
}

// Standing answers how many migrations a database has, and how many this build knows. It changes nothing.
func (w *Warehouse) Standing(ctx context.Context) (applied, known int, err error) {
	s, err := w.schema(ctx)
	for _, m := range migrations() {
		if s.has(m.Number) && s.holds(w.layout.made(m.Steps)) {
			applied++
		}
	}
	return applied, len(migrations()), err
}

// found is what there is of a database.
type found struct {
	tables   map[string]string // their engines
	recorded map[uint32]string // hashes
}

func (f found) has(number uint32) bool { return f.recorded[number] != "" }

func (f found) holds(tables []string) bool {
	return !slices.ContainsFunc(tables, func(t string) bool { return f.tables[t] == "" })
}

// schema looks at the database, and refuses one that this build, set up as it is, must not write to. It reads the record
// before the tables: a table that is missing then was lost, and is not one that another process is about to make.
func (w *Warehouse) schema(ctx context.Context) (found, error) {
	f := found{tables: map[string]string{}, recorded: map[uint32]string{}}
	before, err := w.tables(ctx)
	if err != nil {
		return f, err
	}
	if before[record] != "" {
		var rows []recordRow
		if err := w.read(ctx, &rows, "SELECT number, argMax(hash, applied_at) AS hash FROM {db}."+record+" GROUP BY number"); err != nil {
			return f, fmt.Errorf("read the warehouse's migrations: %w", err)
		}
		for _, r := range rows {
			f.recorded[r.Number] = r.Hash
		}
	}
	if f.tables, err = w.tables(ctx); err != nil {
		return f, err
	}
	return f, f.refused(w.layout)
}

// tables answers the tables of the database and their engines.
func (w *Warehouse) tables(ctx context.Context) (map[string]string, error) {
	var rows []struct {
		Name   string `ch:"name"`
		Engine string `ch:"engine"`
	}
	if err := w.read(ctx, &rows, "SELECT name, engine FROM system.tables WHERE database = @database", clickhouse.Named("database", w.database)); err != nil {
		return nil, fmt.Errorf("look at the warehouse's tables: %w", err)
	}
	engines := map[string]string{}
	for _, r := range rows {
		engines[r.Name] = r.Engine
	}
	return engines, nil
}

// refused says why this build must not write to what was found, or nil.
func (f found) refused(l layout) error {
	const ofOneServer = "ReplacingMergeTree"
	last := uint32(0)
	for _, m := range migrations() {
		if f.has(m.Number) && f.recorded[m.Number] != l.hash(m) {
			return fmt.Errorf("%w (%d, %s)", ErrOtherwise, m.Number, m.About)
		}
		last = m.Number
	}
	for number := range f.recorded {
		if number > last {
			return fmt.Errorf("%w (%d > %d)", ErrNewer, number, last)
		}
	}
	if l.cluster != "" && slices.Contains(slices.Collect(maps.Values(f.tables)), ofOneServer) {
		return ErrOtherwise // made before there was a record
	}
	return nil
}
