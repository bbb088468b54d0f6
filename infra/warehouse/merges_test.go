package warehouse_test

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// historiesMerged is how many random histories a test run merges, unless -rapid.checks says otherwise.
const historiesMerged = "5"

// From the number of a merge on, everything of a registration counts for the one that stays, in every month; as known before
// it, nothing has changed. So the oracle counts, too, however registrations are merged one after another.
func TestMergedRegistrationsCountForTheOneThatStays(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		require.NoError(t, flag.Set("rapid.checks", historiesMerged))
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
		events := drawSteps(t, areas, 80, 160)
		var rows []facts.Row
		numbers := []uint64{uint64(len(events))}
		for _, r := range events {
			rows = append(rows, facts.Fold(r)...)
			if _, is := r.Event.(person.Merged); is {
				numbers = append(numbers, r.Number-1, r.Number)
			}
		}
		require.NoError(t, w.Write(context.Background(), rows))
		require.NoError(t, w.Write(context.Background(), rows[len(rows)/2:]), "some are written twice")
		for range 3 {
			number := rapid.SampledFrom(numbers).Draw(t, "number")
			months := d.months()
			if rapid.Bool().Draw(t, "one month alone") { // which has a query of its own
				months = []calendar.Month{rapid.SampledFrom(months).Draw(t, "month")}
			}
			cells, err := d.engine.Compute(context.Background(), p.Definitions, months, number)
			require.NoError(t, err)
			d.same(t, cells, events, months, number, fmt.Sprintf("as known at %d", number))
		}
	})
}
