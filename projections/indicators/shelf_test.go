package indicators_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/indicators"
)

// counting is a store whose cells are counted anew from time to time.
type counting struct {
	indicators.Store
	counted uint64
	at      time.Time
	numbers []indicators.Number
	read    int // months
	figures int // read
}

func (c *counting) Kept(_ context.Context, _ string, months []calendar.Month, areas, codes []string) (indicators.Kept, error) {
	kept := indicators.Kept{Counted: c.counted, CountedAt: c.at}
	if slices.Equal(months, []calendar.Month{0}) {
		return kept, nil
	}
	c.read++
	for _, n := range c.numbers {
		if slices.Contains(months, n.Month) && (len(areas) == 0 || slices.Contains(areas, n.Area)) && (len(codes) == 0 || slices.Contains(codes, n.Code)) {
			kept.Numbers = append(kept.Numbers, n)
		}
	}
	return kept, nil
}

func (c *counting) Measure(_ context.Context, _ indicators.Group, b indicators.Bounds) ([]indicators.Measured, error) {
	c.figures++
	return []indicators.Measured{{Month: b.Months[0], Value: float64(b.Number)}}, nil
}

func TestAShelfAnswersWhatTheStoreWould(t *testing.T) {
	store := &counting{counted: 7, at: time.Unix(70, 0), numbers: []indicators.Number{rate("532601", 1, 2), rate("532622", 3, 4)}}
	shelf := &indicators.Shelf{Store: store}
	ask := func(months []calendar.Month, areas, codes []string) indicators.Kept {
		t.Helper()
		got, err := shelf.Kept(t.Context(), "5326", months, areas, codes)
		require.NoError(t, err)
		want, err := store.Kept(t.Context(), "5326", months, areas, codes)
		require.NoError(t, err)
		store.read--
		require.Equal(t, want, got)
		return got
	}
	one := []calendar.Month{november}
	require.Len(t, ask(one, nil, nil).Numbers, 2)
	require.Len(t, ask(one, []string{"532601", "532600"}, nil).Numbers, 1)
	require.Empty(t, ask(one, nil, []string{"elder-beds"}).Numbers)
	require.Equal(t, 1, store.read, "one reading serves them all")

	store.numbers[0] = rate("532601", 2, 2)
	store.counted = 8
	ask(one, nil, nil)
	require.Equal(t, 2, store.read, "more is counted")
	store.numbers = store.numbers[:1]
	store.at = time.Unix(71, 0)
	ask(one, nil, nil)
	require.Equal(t, 3, store.read, "the same is counted anew")
	store.counted, store.at, store.numbers = 0, time.Time{}, nil
	require.Empty(t, ask(one, nil, nil).Numbers, "the log was replaced")

	store.counted = 9
	for m := range calendar.Month(40) {
		ask([]calendar.Month{november + m}, nil, nil)
	}
	read := store.read
	ask([]calendar.Month{november + 39}, nil, nil)
	require.Equal(t, read, store.read)
	ask(one, nil, nil)
	require.Equal(t, read+1, store.read, "it was let go")
	ask([]calendar.Month{november, november + 1}, nil, nil)
	require.Equal(t, read+2, store.read, "several months are the store's")
}

func TestAShelfHasTheFiguresOfItsMonths(t *testing.T) {
	store := &counting{counted: 7, at: time.Unix(70, 0)}
	shelf := &indicators.Shelf{Store: store}
	ask := func(number uint64) {
		t.Helper()
		rows, err := shelf.Measure(t.Context(), indicators.Figures, indicators.Bounds{Prefecture: "5326", Number: number, Months: []calendar.Month{november}})
		require.NoError(t, err)
		require.Equal(t, float64(number), rows[0].Value)
	}
	ask(7)
	require.Equal(t, 1, store.figures, "of a month that is not at hand")
	_, err := shelf.Kept(t.Context(), "5326", []calendar.Month{november}, nil, nil)
	require.NoError(t, err)
	ask(7)
	ask(7)
	require.Equal(t, 2, store.figures)
	ask(6)
	require.Equal(t, 3, store.figures, "as known before")
}
