package warehouse_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/projector"
)

// everything asks for all that is parked.
func everything() facts.ParkedQuery { return facts.ParkedQuery{UpTo: math.MaxUint64, Limit: 100} }

func parkedAs(number uint64) facts.Parked {
	at := time.Date(2022, 12, 1, 8, 0, 0, 0, time.UTC)
	return facts.Parked{
		Key: facts.Key{Prefecture: "5326", Number: number}, EventID: uuid.New(), Type: "FromTheFuture.v9", Reason: facts.ReasonUnknown,
		Stack: []string{"projections/facts.Fold (fold.go:30)"}, Stream: "future-5326-x", Revision: number + 1, Area: "532601001",
		OccurredIn: int32(calendar.MonthOf(2022, 3)), Areas: []string{"532601001"}, Since: int32(calendar.MonthOf(2022, 3)),
		ParkedAt: at, TriedAt: at, SettledAt: facts.Never(),
	}
}

func numbersIn(all []facts.Parked) []uint64 {
	numbers := []uint64{}
	for _, p := range all {
		numbers = append(numbers, p.Number)
	}
	return numbers
}

func TestParkedEvents(t *testing.T) {
	w, ctx := open(t), t.Context()
	first, second, third := parkedAs(3), parkedAs(5), parkedAs(8)
	other := parkedAs(4)
	other.Prefecture = "5301"
	rows := []facts.Row{first, second, third, other}
	require.NoError(t, w.Write(ctx, rows))
	require.NoError(t, w.Write(ctx, rows), "twice is once")

	all, err := w.Parked(ctx, "5326", everything())
	require.NoError(t, err)
	require.Equal(t, []uint64{3, 5, 8}, numbersIn(all))
	require.Equal(t, first, all[0])
	n, err := w.ParkedCount(ctx, "5326")
	require.NoError(t, err)
	require.EqualValues(t, 3, n)

	request := uuid.New()
	again := second
	again.Request, again.Reason, again.TriedAt = request, facts.ReasonMissing, second.TriedAt.Add(time.Hour)
	require.NoError(t, w.Write(ctx, []facts.Row{again}))
	for behaviour, c := range map[string]struct {
		query facts.ParkedQuery
		want  []uint64
	}{
		"a page":                              {facts.ParkedQuery{UpTo: 100, Limit: 2}, []uint64{3, 5}},
		"the page behind it":                  {facts.ParkedQuery{After: 5, UpTo: 100, Limit: 2}, []uint64{8}},
		"up to a number":                      {facts.ParkedQuery{UpTo: 5, Limit: 9}, []uint64{3, 5}},
		"some of them":                        {facts.ParkedQuery{UpTo: 100, Limit: 9, Numbers: []uint64{8, 4, 3}}, []uint64{3, 8}},
		"what was not tried for this request": {facts.ParkedQuery{UpTo: 100, Limit: 9, NotOf: request}, []uint64{3, 8}},
	} {
		page, err := w.Parked(ctx, "5326", c.query)
		require.NoError(t, err, behaviour)
		require.Equal(t, c.want, numbersIn(page), behaviour)
	}
	answers, err := w.ParkedAnswers(ctx, "5326", facts.ParkedQuery{UpTo: math.MaxUint64, NotOf: request})
	require.NoError(t, err)
	require.Equal(t, facts.ParkedAnswers{Waiting: 2, Tried: 1, Last: 8}, answers)

	counted := time.Date(2022, 12, 2, 0, 0, 0, 0, time.UTC)
	first.SettledAt = counted.Add(-time.Microsecond)
	require.NoError(t, w.Write(ctx, []facts.Row{first}))
	all, err = w.Parked(ctx, "5326", everything())
	require.NoError(t, err)
	require.Equal(t, []uint64{5, 8}, numbersIn(all), "what is settled is parked no more")

	doubts := func(number uint64, at time.Time) []indicators.Doubt {
		d, err := w.Doubts(ctx, "5326", indicators.Folded{Number: number, CountedAt: at})
		require.NoError(t, err)
		return d
	}
	march := []indicators.Doubt{{Areas: []string{"532601001"}, Since: calendar.MonthOf(2022, 3)}}
	require.Equal(t, march, doubts(100, counted), "of equal reach, one is told")
	require.Empty(t, doubts(4, counted), "what was settled before the cells were counted")
	require.Equal(t, march, doubts(4, counted.Add(-time.Hour)), "cells that were read while it was being settled")
	require.Empty(t, doubts(2, counted.Add(-time.Hour)), "what comes after the cells")
	require.NoError(t, w.Forget(ctx, "5326"))
	require.Empty(t, doubts(100, counted))
}

// A warehouse that an earlier build made has a smaller table, with rows that say less.
func TestEventsThatAnEarlierBuildParked(t *testing.T) {
	url, database, ctx := address(t), newDatabase(), t.Context()
	o, err := clickhouse.ParseDSN(url)
	require.NoError(t, err)
	conn, err := clickhouse.Open(o)
	require.NoError(t, err)
	defer conn.Close()
	id := uuid.New()
	statements := []string{"CREATE DATABASE {db}", `CREATE TABLE {db}.parked (prefecture LowCardinality(String), number UInt64, event_id UUID,
		type LowCardinality(String), reason String) ENGINE = ReplacingMergeTree ORDER BY (prefecture, number)`}
	statements = append(statements, "INSERT INTO {db}.parked (prefecture, number, event_id, type, reason) VALUES ('5326', 7, '"+id.String()+"', 'FromTheFuture.v9', 'this build does not know the type')")
	for _, s := range statements {
		require.NoError(t, conn.Exec(ctx, strings.ReplaceAll(s, "{db}", database)), s)
	}
	w := openAt(t, warehouse.Options{URL: url, Database: database})
	require.NoError(t, w.Migrate(ctx))
	require.NoError(t, w.Write(ctx, []facts.Row{facts.Event{
		Key: facts.Key{Prefecture: "5326", Number: 7}, EventID: id, Stream: "future-5326-x", Revision: 4, Type: "FromTheFuture.v9", Area: "532601001",
		RecordedAt: today, ReceivedAt: today, OccurredOn: calendar.Date(2022, 3, 5).Time(),
	}}))
	all, err := w.Parked(ctx, "5326", everything())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "future-5326-x", all[0].Stream, "it is found by its envelope")
	require.EqualValues(t, 4, all[0].Revision)
	require.Equal(t, "532601001", all[0].Area)
	require.Equal(t, "2022-03", calendar.Month(all[0].OccurredIn).String())
	require.Equal(t, facts.Never(), all[0].ParkedAt.UTC())
	d, err := w.Doubts(ctx, "5326", indicators.Folded{Number: 9, CountedAt: today})
	require.NoError(t, err)
	require.Equal(t, []indicators.Doubt{{Areas: []string{}}}, d, "it may touch everything")
	require.NoError(t, w.Write(ctx, []facts.Row{all[0]}), "it can be written again")
}

var _ indicators.Store = (*warehouse.Warehouse)(nil)
var _ projector.Store = (*warehouse.Warehouse)(nil)

// The service says which cells are complete, with the real engine's queries.
func TestCellsThatAParkedEventMayTouchAreIncomplete(t *testing.T) {
	w, ctx := open(t), t.Context()
	p, err := plan.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	month := calendar.MonthOf(2022, 3)
	bed := func(number uint64, area string) facts.Row {
		return facts.BedChange{
			Key: facts.Key{Prefecture: "5326", Number: number}, Area: area, Institution: uuid.New(), EffectiveOn: calendar.Date(2021, 1, 5).Time(), Beds: 10,
		}
	}
	require.NoError(t, w.Write(ctx, []facts.Row{bed(1, "532601001"), bed(2, "532622101"), parkedAs(3)}))
	engine := indicators.Engine{Plan: p, Areas: areas, Store: w}
	keep := func(months ...calendar.Month) {
		numbers, err := engine.Compute(ctx, p.Definitions, months, 5)
		require.NoError(t, err)
		for i := range numbers {
			numbers[i].Position, numbers[i].ComputedAt = 5, today
		}
		require.NoError(t, w.Keep(ctx, "5326", numbers, nil, 5))
	}
	keep(month-1, month)
	s := indicators.Service{Engine: engine, Store: w, Now: func() time.Time { return today.AddDate(1, 0, 0) }}
	complete := func(m calendar.Month, area string, known time.Time) bool {
		a, err := s.Cells(ctx, indicators.Query{Area: area, Period: calendar.MonthPeriod(m), Codes: []string{"elder-beds"}, KnownAt: known})
		require.NoError(t, err)
		require.NotEmpty(t, a.Cells)
		return a.Cells[0].Complete
	}
	now := time.Time{}
	require.False(t, complete(month, "532601001", now))
	require.False(t, complete(month, "532601", now))
	require.False(t, complete(month, "532600", now))
	require.True(t, complete(month, "532622", now), "another county")
	require.True(t, complete(month-1, "532601", now), "the month before")

	settled := parkedAs(3)
	settled.SettledAt = time.Now()
	require.NoError(t, w.Write(ctx, []facts.Row{settled}))
	require.False(t, complete(month, "532601", now), "the cells were counted before it was settled")
	keep(month)
	require.True(t, complete(month, "532601", now))
}
