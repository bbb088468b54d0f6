package warehouse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/indicators"
)

// Cells that were counted in another epoch are not shown, and cells beyond the checkpoint, which Forget did not come to,
// are taken back: their higher numbers would win for long.
func TestCellsOfALogThatWasReplaced(t *testing.T) {
	all, ctx := open(t), t.Context()
	before, after := all.Of(1), all.Of(2)
	value := 50.0
	rate := func(position uint64) []indicators.Number {
		return []indicators.Number{{
			Code: "rate", Variant: "official", Version: 1, Area: "532601", Month: calendar.MonthOf(2022, time.November), Value: &value, Numerator: &value,
			Records: 1, Position: position, ComputedAt: time.Now().UTC(),
		}}
	}
	require.NoError(t, before.Keep(ctx, "5326", rate(90), nil, 90))
	frontier, err := before.Frontier(ctx, "5326")
	require.NoError(t, err)
	require.EqualValues(t, 90, frontier)
	kept, err := before.AllKept(ctx, "5326")
	require.NoError(t, err)
	require.Len(t, kept, 1)

	frontier, err = after.Frontier(ctx, "5326")
	require.NoError(t, err)
	require.Zero(t, frontier)
	kept, err = after.AllKept(ctx, "5326")
	require.NoError(t, err)
	require.Empty(t, kept)

	require.NoError(t, after.TakeBack(ctx, "5326", 40))
	require.NoError(t, after.Keep(ctx, "5326", rate(50), nil, 50))
	frontier, err = after.Frontier(ctx, "5326")
	require.NoError(t, err)
	require.EqualValues(t, 50, frontier)
	kept, err = after.AllKept(ctx, "5326")
	require.NoError(t, err)
	require.Len(t, kept, 1)
}
