package warehouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// Parked answers a page of a prefecture's parked events by number.
func (w *Warehouse) Parked(ctx context.Context, prefecture string, q facts.ParkedQuery) ([]facts.Parked, error) {
	var rows []facts.Parked
	err := w.read(ctx, &rows, facts.ParkedSQL, clickhouse.Named("prefecture", prefecture), clickhouse.Named("after", q.After),
		clickhouse.Named("upto", q.UpTo), clickhouse.Named("numbers", ledgerNumbers(q.Numbers)), clickhouse.Named("notof", q.NotOf.String()),
		clickhouse.Named("limit", q.Limit))
	if err != nil {
		return nil, fmt.Errorf("read parked events: %w", err)
	}
	return rows, nil
}

// ParkedCount counts a prefecture's parked events.
func (w *Warehouse) ParkedCount(ctx context.Context, prefecture string) (uint64, error) {
	var n uint64
	err := w.one(ctx, &n, facts.ParkedCountSQL, clickhouse.Named("prefecture", prefecture))
	return n, err
}

// ParkedAnswers says how far a replay of parked events is; the query's After and Limit do not count.
func (w *Warehouse) ParkedAnswers(ctx context.Context, prefecture string, q facts.ParkedQuery) (facts.ParkedAnswers, error) {
	var rows []struct {
		Waiting uint64 `ch:"waiting"`
		Tried   uint64 `ch:"tried"`
		Last    uint64 `ch:"last"`
	}
	err := w.read(ctx, &rows, facts.ParkedAnswersSQL, clickhouse.Named("prefecture", prefecture), clickhouse.Named("upto", q.UpTo),
		clickhouse.Named("numbers", ledgerNumbers(q.Numbers)), clickhouse.Named("request", q.NotOf.String()))
	if err != nil || len(rows) == 0 {
		return facts.ParkedAnswers{}, err
	}
	return facts.ParkedAnswers(rows[0]), nil
}

// Doubts implements indicators.Store.
func (w *Warehouse) Doubts(ctx context.Context, prefecture string, cells indicators.Folded) ([]indicators.Doubt, error) {
	var rows []struct {
		Areas []string `ch:"areas"`
		Since int32    `ch:"since"`
	}
	err := w.read(ctx, &rows, indicators.DoubtsSQL, clickhouse.Named("prefecture", prefecture), clickhouse.Named("number", cells.Number),
		clickhouse.Named("counted_at", cells.CountedAt.UnixMicro()))
	if err != nil {
		return nil, fmt.Errorf("read what parked events may touch: %w", err)
	}
	doubts := make([]indicators.Doubt, len(rows))
	for i, r := range rows {
		doubts[i] = indicators.Doubt{Areas: r.Areas, Since: calendar.Month(r.Since)}
	}
	return doubts, nil
}

func ledgerNumbers(numbers []uint64) clickhouse.ArraySet {
	set := make(clickhouse.ArraySet, len(numbers))
	for i, n := range numbers {
		set[i] = n
	}
	return set
}
