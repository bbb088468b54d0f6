package warehouse_test

import (
	"context"
	"flag"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// What all subjects of a history add is what one half of them adds and what the other half adds: in each area and month, of
// each measure, as known at any number. Counting on from what was counted rests on that.
func TestSubjectsAddUp(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		require.NoError(t, flag.Set("rapid.checks", historiesChecked))
		defer func() { require.NoError(t, flag.Set("rapid.checks", f.DefValue)) }()
	}
	w := open(t)
	p, err := plan.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	d := drift{warehouse: w, engine: indicators.Engine{Plan: p, Areas: areas, Store: w}}
	rapid.Check(t, func(t *rapid.T) {
		require.NoError(t, w.Forget(context.Background(), p.Prefecture))
		events := drawHistory(t, areas)
		var rows []facts.Row
		halves := [2][]uuid.UUID{{uuid.Max}, {uuid.Max}} // nobody: without anyone, all would be meant
		for _, e := range events {
			for _, row := range facts.Fold(e) {
				rows = append(rows, row)
				id, of := subjectOf(row)
				if half := id[15] % 2; of && !slices.Contains(halves[half], id) {
					halves[half] = append(halves[half], id)
				}
			}
		}
		require.NoError(t, w.Write(context.Background(), rows))
		months := rapid.SliceOfNDistinct(rapid.SampledFrom(d.months()), 1, 6, rapid.ID[calendar.Month]).Draw(t, "months")
		slices.Sort(months)
		adds := &addsUp{Measurer: w, t: t, halves: halves}
		engine := d.engine
		engine.Store = adds
		number := rapid.Uint64Range(1, events[len(events)-1].Number).Draw(t, "known up to")
		_, err := engine.Compute(context.Background(), p.Definitions, months, number)
		require.NoError(t, err)
		require.Positive(t, adds.compared)
	})
}

func subjectOf(row facts.Row) (uuid.UUID, bool) {
	switch r := row.(type) {
	case facts.Visit:
		return r.Elder, true
	case facts.ElderState:
		return r.Elder, true
	case facts.Standing:
		return r.Subject, true
	case facts.Activity:
		return r.Subject, true
	}
	return uuid.Nil, false
}

// addsUp asks everything three times.
type addsUp struct {
	indicators.Measurer
	t        *rapid.T
	halves   [2][]uuid.UUID
	compared int
}

func (a *addsUp) Measure(ctx context.Context, g indicators.Group, b indicators.Bounds) ([]indicators.Measured, error) {
	whole, err := a.Measurer.Measure(ctx, g, b)
	if err != nil || g != indicators.Visits && g != indicators.Standings && g != indicators.Activities {
		return whole, err
	}
	type key struct {
		month         calendar.Month
		measure, area string
	}
	sums := [2]map[key]indicators.Measured{{}, {}}
	add := func(to map[key]indicators.Measured, rows []indicators.Measured) {
		for _, m := range rows {
			if m.Area == "" || m.Value == 0 && m.Records == 0 {
				continue
			}
			k := key{m.Month, m.Measure, m.Area}
			sum := to[k]
			sum.Value, sum.Records = sum.Value+m.Value, sum.Records+m.Records
			to[k] = sum
		}
	}
	add(sums[0], whole)
	for _, half := range a.halves {
		b.Subjects = half
		part, err := a.Measurer.Measure(ctx, g, b)
		require.NoError(a.t, err)
		add(sums[1], part)
	}
	a.compared++
	require.Equal(a.t, sums[0], sums[1], g)
	return whole, nil
}
