package warehouse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/projector"
)

type measuredRow struct {
	Month   uint32  `ch:"month"`
	Area    string  `ch:"area"`
	Measure string  `ch:"measure"`
	Value   float64 `ch:"value"`
	Records uint64  `ch:"records"`
}

// Measure implements indicators.Measurer.
func (w *Warehouse) Measure(ctx context.Context, g indicators.Group, b indicators.Bounds) ([]indicators.Measured, error) {
	counted := g.SQLFor(b)
	if g.OfPersons() {
		var err error
		if counted, err = w.ofSurvivors(ctx, b.Prefecture, b.Number, counted); err != nil {
			return nil, err
		}
	}
	var rows []measuredRow
	err := w.read(ctx, &rows, "SELECT toUInt32(month) AS month, toString(area) AS area, toString(measure) AS measure, value, toUInt64(records) AS records FROM ("+counted+")",
		clickhouse.Named("prefecture", b.Prefecture), clickhouse.Named("number", b.Number),
		clickhouse.Named("months", numbersOf(b.Months)), clickhouse.Named("first", int32(b.Months[0])), clickhouse.Named("from", b.From.String()),
		clickhouse.Named("subjects", setOf(b.Subjects, func(id uuid.UUID) any { return id.String() })),
		clickhouse.Named("labels", setOf(b.Measures, func(a indicators.Asked) any { return a.Label })),
		clickhouse.Named("kinds", setOf(b.Measures, func(a indicators.Asked) any { return string(a.Kind) })),
		clickhouse.Named("words", setOf(b.Measures, func(a indicators.Asked) any { return a.Words })),
		clickhouse.Named("spans", setOf(b.Measures, func(a indicators.Asked) any { return a.Period.Months() })),
		clickhouse.Named("starts", setOf(b.Measures, func(a indicators.Asked) any { return a.Period.Starts() })))
	measured := make([]indicators.Measured, len(rows))
	for i, r := range rows {
		measured[i] = indicators.Measured{Month: calendar.Month(r.Month), Area: r.Area, Measure: r.Measure, Value: r.Value, Records: r.Records}
	}
	return measured, err
}

// numbersOf writes months as the SQL text counts them.
func numbersOf(months []calendar.Month) clickhouse.ArraySet {
	return setOf(months, func(m calendar.Month) any { return int32(m) })
}

func textsOf(texts []string) clickhouse.ArraySet {
	return setOf(texts, func(t string) any { return t })
}

func setOf[T any](all []T, written func(T) any) clickhouse.ArraySet {
	set := make(clickhouse.ArraySet, len(all))
	for i, one := range all {
		set[i] = written(one)
	}
	return set
}

type cellRow struct {
	Prefecture  string    `ch:"prefecture"`
	Month       int32     `ch:"month"`
	Code        string    `ch:"code"`
	Variant     string    `ch:"variant"`
	Version     uint32    `ch:"version"`
	Area        string    `ch:"area"`
	Number      uint64    `ch:"number"`
	ComputedAt  time.Time `ch:"computed_at"`
	Value       *float64  `ch:"value"`
	Numerator   *float64  `ch:"numerator"`
	Denominator *float64  `ch:"denominator"`
	Records     uint64    `ch:"records"`
}

// Keep writes the cells that changed, their slabs, and how far everything is counted (with the epoch in place of a
// version), in one insert.
func (w *Warehouse) Keep(ctx context.Context, prefecture string, changed []indicators.Number, slabs []projector.Slab, upTo uint64) error {
	rows := make([]cellRow, 0, len(changed)+len(slabs)+1)
	for _, n := range changed {
		rows = append(rows, cellRow{
			Prefecture: prefecture, Month: int32(n.Month), Code: n.Code, Variant: n.Variant, Version: uint32(n.Version), Area: n.Area,
			Number: n.Position, ComputedAt: n.ComputedAt, Value: n.Value, Numerator: n.Numerator, Denominator: n.Denominator, Records: n.Records,
		})
	}
	for _, s := range slabs {
		rows = append(rows, cellRow{
			Prefecture: prefecture, Month: int32(s.Month), Code: s.Code, Variant: s.Variant, Version: uint32(s.Version),
			Number: s.Position, ComputedAt: s.ComputedAt,
		})
	}
	rows = append(rows, cellRow{Prefecture: prefecture, Version: w.epoch, Number: upTo, ComputedAt: time.Now().UTC()})
	return insert(ctx, w, "cells", rows)
}

// Kept implements indicators.Store.
func (w *Warehouse) Kept(ctx context.Context, prefecture string, months []calendar.Month, areas, codes []string) (indicators.Kept, error) {
	// Beside the cells that are asked for, their slabs (without an area) and how far all is counted (without anything).
	months, areas, codes = with(months, 0), with(areas, ""), with(codes, "")
	var rows []cellRow
	err := w.read(ctx, &rows, indicators.KeptSQL, clickhouse.Named("prefecture", prefecture),
		clickhouse.Named("months", numbersOf(months)), clickhouse.Named("areas", textsOf(areas)), clickhouse.Named("codes", textsOf(codes)))
	if err != nil {
		return indicators.Kept{}, fmt.Errorf("read kept cells: %w", err)
	}
	type slab struct {
		code, variant string
		month         int32
	}
	slabs := map[slab]cellRow{}
	for _, r := range rows {
		if r.Area == "" {
			slabs[slab{r.Code, r.Variant, r.Month}] = r
		}
	}
	if slabs[slab{}].Version != w.epoch { // of a log that was replaced
		return indicators.Kept{}, nil
	}
	kept := indicators.Kept{Numbers: make([]indicators.Number, 0, len(rows)-len(slabs)), Counted: slabs[slab{}].Number, CountedAt: slabs[slab{}].ComputedAt}
	for _, r := range rows {
		if r.Area == "" {
			continue
		}
		s := slabs[slab{r.Code, r.Variant, r.Month}]
		kept.Numbers = append(kept.Numbers, indicators.Number{
			Code: r.Code, Variant: r.Variant, Version: int(r.Version), Area: r.Area, Month: calendar.Month(r.Month), Value: r.Value,
			Numerator: r.Numerator, Denominator: r.Denominator, Records: r.Records, Position: s.Number, ComputedAt: s.ComputedAt.UTC(),
		})
	}
	return kept, nil
}

// with adds one to what is asked for, where not everything is.
func with[T any](asked []T, one T) []T {
	if len(asked) == 0 {
		return nil
	}
	return append(slices.Clone(asked), one)
}

// AllKept answers every kept number of a prefecture.
func (w *Warehouse) AllKept(ctx context.Context, prefecture string) ([]indicators.Number, error) {
	kept, err := w.Kept(ctx, prefecture, nil, nil, nil)
	return kept.Numbers, err
}

// Frontier implements indicators.Store.
func (w *Warehouse) Frontier(ctx context.Context, prefecture string) (uint64, error) {
	var number uint64
	err := w.one(ctx, &number, "SELECT max(number) FROM {db}.cells WHERE prefecture = @prefecture AND month = 0 AND code = '' AND version = @epoch",
		clickhouse.Named("prefecture", prefecture), clickhouse.Named("epoch", w.epoch))
	return number, err
}

// NumberAt implements indicators.Store: one before the first event that was recorded after t.
func (w *Warehouse) NumberAt(ctx context.Context, prefecture string, t time.Time) (uint64, error) {
	var number uint64
	err := w.one(ctx, &number, `SELECT toUInt64(if(count() = 0, (SELECT max(number) FROM {db}.events WHERE prefecture = @prefecture), min(number) - 1))
		FROM {db}.events WHERE prefecture = @prefecture AND recorded_at > fromUnixTimestamp64Micro(@at, 'UTC')`,
		clickhouse.Named("prefecture", prefecture), clickhouse.Named("at", t.UnixMicro()))
	return number, err
}

// Projected answers when the newest projected event of a prefecture was recorded; zero without any.
func (w *Warehouse) Projected(ctx context.Context, prefecture string) (at time.Time, err error) {
	var rows []struct {
		RecordedAt time.Time `ch:"recorded_at"`
	}
	err = w.read(ctx, &rows, "SELECT recorded_at FROM {db}.events WHERE prefecture = @prefecture ORDER BY number DESC LIMIT 1",
		clickhouse.Named("prefecture", prefecture))
	if err != nil || len(rows) == 0 {
		return at, err
	}
	return rows[0].RecordedAt.UTC(), nil
}

// VisitedAreas implements indicators.Store: the areas with records in the monthly visit rate, by month.
func (w *Warehouse) VisitedAreas(ctx context.Context, prefecture, code string) (map[calendar.Month][]string, error) {
	var rows []struct {
		Month int32    `ch:"month"`
		Areas []string `ch:"areas"`
	}
	err := w.read(ctx, &rows, `SELECT month, groupUniqArray(toString(area)) AS areas FROM {db}.cells FINAL
		WHERE prefecture = @prefecture AND code = @code AND records > 0 AND value IS NOT NULL GROUP BY month`,
		clickhouse.Named("prefecture", prefecture), clickhouse.Named("code", code))
	visited := make(map[calendar.Month][]string, len(rows))
	for _, r := range rows {
		visited[calendar.Month(r.Month)] = r.Areas
	}
	return visited, err
}
