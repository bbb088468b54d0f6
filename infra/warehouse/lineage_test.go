package warehouse_test

import (
	"cmp"
	"context"
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/lineage"
)

// historiesTraced is how many random histories a test run looks behind, unless -rapid.checks says otherwise.
const historiesTraced = "4"

// traced is a warehouse with a random history in it.
type traced struct {
	*warehouse.Warehouse
	plan   *plan.Plan
	areas  *area.Table
	events []event.Recorded
}

func (w traced) cell(d plan.Definition, area string, month calendar.Month, number uint64) lineage.Cell {
	c := lineage.Cell{
		Definition: d, Prefecture: w.plan.Prefecture, Area: area, Whole: area == w.areas.Root().Code, Month: month, Begin: d.PeriodType().Of(month).First,
		From: w.plan.BaselineOn + 1, Number: number,
	}
	for _, a := range w.areas.Within(area) {
		c.Areas = append(c.Areas, a.Code)
	}
	return c
}

// What the rows behind a cell contribute adds up to what the cell says, for every definition, at any ledger number, page by
// page; every row that counts has the events it comes from; and what makes two states of a cell differ is what one finds
// by holding all rows of both against each other.
func TestLineageAddsUpToTheCell(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		require.NoError(t, flag.Set("rapid.checks", historiesTraced))
		defer func() { require.NoError(t, flag.Set("rapid.checks", f.DefValue)) }()
	}
	p, err := plan.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	w := traced{Warehouse: open(t), plan: p, areas: areas}
	rapid.Check(t, func(t *rapid.T) {
		w.events = drawSteps(t, areas, 50, 120) // enough for persons to be merged
		require.NoError(t, w.Forget(context.Background(), p.Prefecture))
		var rows []facts.Row
		for _, e := range w.events {
			rows = append(rows, facts.Fold(e)...)
		}
		require.NoError(t, w.Write(context.Background(), rows))
		require.NoError(t, w.Write(context.Background(), rows[len(rows)/2:]), "some are written twice")
		month := rapid.SampledFrom(months(p)).Draw(t, "month")
		number := rapid.Uint64Range(1, uint64(len(w.events))).Draw(t, "number")
		where := rapid.SampledFrom(interesting(areas)).Draw(t, "area")
		engine := indicators.Engine{Plan: p, Areas: areas, Store: w}
		cells, err := engine.Compute(context.Background(), p.Definitions, []calendar.Month{month}, number)
		require.NoError(t, err)
		closely := rapid.SliceOfNDistinct(rapid.IntRange(0, len(p.Definitions)-1), 4, 4, rapid.ID[int]).Draw(t, "definitions that are looked at closely")
		for i, d := range p.Definitions {
			if a, _ := areas.Find(where); d.Rollup == plan.Lowest && a.Level != area.Township {
				continue // it is that of a township
			}
			c := w.cell(d, where, month, number)
			totals := w.check(t, c, cells)
			if slices.Contains(closely, i) {
				w.checkRows(t, c, totals)
			}
		}
		against := w.cell(rapid.SampledFrom(p.Definitions).Draw(t, "definition"), where, rapid.SampledFrom(months(p)).Draw(t, "other month"),
			rapid.Uint64Range(0, uint64(len(w.events))).Draw(t, "other number"))
		w.compare(t, against, w.cell(against.Definition, where, month, number))
		w.compare(t, against, w.cell(against.Definition, where, against.Month, number))
	})
}

func months(p *plan.Plan) (all []calendar.Month) {
	for m := p.BaselineOn.Month(); m <= calendar.DayOf(today).Month(); m++ {
		all = append(all, m)
	}
	return all
}

// interesting are the areas that histories are drawn in, and what they lie in.
func interesting(areas *area.Table) []string {
	codes := []string{areas.Root().Code}
	for _, county := range areas.Children(areas.Root().Code)[:3] {
		codes = append(codes, county.Code)
		for _, township := range areas.Children(county.Code)[:2] {
			codes = append(codes, township.Code)
		}
	}
	return codes
}

// all pages through every row, looking at few subjects at a time.
func (w traced) all(t *rapid.T, c lineage.Cell, role lineage.Role) (rows []lineage.Row) {
	limit, reach := rapid.IntRange(1, 30).Draw(t, "limit"), rapid.IntRange(1, 9).Draw(t, "reach")
	at := lineage.Key{}
	for {
		page, err := lineage.Read(context.Background(), w, c, role, at, limit, reach)
		require.NoError(t, err)
		rows = append(rows, page...)
		if len(page) < limit {
			return rows
		}
		at = page[limit-1].Key
	}
}

func (w traced) totals(t *rapid.T, c lineage.Cell) lineage.Totals {
	totals, err := w.Totals(context.Background(), c)
	require.NoError(t, err)
	return totals
}

// check holds the totals of all rows against the cell.
func (w traced) check(t *rapid.T, c lineage.Cell, cells []indicators.Number) lineage.Totals {
	name, totals := c.Definition.Code+"/"+c.Definition.Variant, w.totals(t, c)
	at := slices.IndexFunc(cells, func(n indicators.Number) bool {
		return n.Code == c.Definition.Code && n.Variant == c.Definition.Variant && n.Area == c.Area
	})
	switch {
	case at >= 0 && c.Definition.IsRatio():
		require.Equal(t, [2]float64{*cells[at].Numerator, *cells[at].Denominator}, [2]float64{totals.Numerator, totals.Denominator}, "%s in %s", name, c.Area)
	case at >= 0:
		require.Equal(t, *cells[at].Numerator, totals.Numerator, "%s in %s", name, c.Area) //nolint:testifylint // exactly
	case totals.Denominator != 0 && totals.Numerator != 0:
		t.Fatalf("%s of %s has rows (%+v) and no number", name, c.Area, totals)
	}
	return totals
}

// checkRows: page by page, the rows are those that the totals add up, each once.
func (w traced) checkRows(t *rapid.T, c lineage.Cell, totals lineage.Totals) {
	rows, sum, seen := w.all(t, c, ""), lineage.Totals{}, map[lineage.Key]bool{}
	for _, r := range rows {
		sum.Rows++
		sum.Numerator += r.Numerator
		sum.Denominator += r.Denominator
		if r.Role == lineage.Excluded {
			sum.Excluded++
		}
		require.NotEqual(t, r.Reason, lineage.ReasonOf(r.Reason).En, "%s: %s has no words", c.Definition.Code, r.Reason)
		require.False(t, seen[r.Key], "%s: each once", c.Definition.Code)
		seen[r.Key] = true
	}
	require.Equal(t, totals, sum, c.Definition.Code)
	w.checkRoles(t, c, rows)
	w.checkEvents(t, c, rows)
}

// checkRoles: the roles are the parts of all.
func (w traced) checkRoles(t *rapid.T, c lineage.Cell, rows []lineage.Row) {
	for _, role := range lineage.Roles() {
		of := slices.DeleteFunc(slices.Clone(rows), func(r lineage.Row) bool { return r.Role != role })
		require.ElementsMatch(t, of, w.all(t, c, role), "%s: %s", c.Definition.Code, role)
	}
}

// checkEvents: who is behind a number has events of their own, none that the number does not know.
func (w traced) checkEvents(t *rapid.T, c lineage.Cell, rows []lineage.Row) {
	if len(rows) == 0 {
		return
	}
	keys := make([]lineage.Key, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	behind, err := w.Behind(context.Background(), c, 0, keys)
	require.NoError(t, err)
	for _, r := range rows {
		if r.Kind != "township" { // which may have nothing
			require.NotEmpty(t, behind[r.Key], "%s: %v has events", c.Definition.Code, r)
		}
	}
	for _, events := range behind {
		require.True(t, slices.IsSortedFunc(events, func(a, b facts.Event) int { return cmp.Compare(a.Number, b.Number) }))
		for _, e := range events {
			require.LessOrEqual(t, e.Number, c.Number)
			require.Equal(t, w.events[e.Number-1].ID, e.EventID)
		}
	}
	above := rapid.Uint64Range(0, c.Number).Draw(t, "above")
	later, err := w.Behind(context.Background(), c, above, keys)
	require.NoError(t, err)
	for key, events := range behind {
		events = slices.DeleteFunc(slices.Clone(events), func(e facts.Event) bool { return e.Number <= above })
		require.Equal(t, len(events), len(later[key]))
	}
}

// compare holds all rows of two states against each other.
func (w traced) compare(t *rapid.T, before, after lineage.Cell) {
	want := map[lineage.Key]lineage.Difference{}
	were, totalsBefore := w.all(t, before, ""), w.totals(t, before)
	are, totalsAfter := w.all(t, after, ""), w.totals(t, after)
	for _, r := range were {
		want[r.Key] = lineage.Difference{Key: r.Key, Before: &r.Share}
	}
	for _, r := range are {
		d := want[r.Key]
		d.Key, d.After = r.Key, &r.Share
		want[r.Key] = d
	}
	counts := func(s *lineage.Share) bool { return s != nil && s.Role != lineage.Excluded }
	changed := map[lineage.Change]uint64{lineage.Entered: 0, lineage.Left: 0, lineage.OtherRole: 0, lineage.OtherAmount: 0}
	for key, d := range want {
		switch {
		case counts(d.After) && d.Before == nil:
			d.Change = lineage.Entered
		case counts(d.Before) && d.After == nil:
			d.Change = lineage.Left
		case d.Before == nil || d.After == nil:
		case d.After.Role != d.Before.Role:
			d.Change = lineage.OtherRole
		case d.After.Numerator != d.Before.Numerator || d.After.Denominator != d.Before.Denominator:
			d.Change = lineage.OtherAmount
		}
		if d.Change == "" {
			delete(want, key)
			continue
		}
		changed[d.Change]++
		want[key] = d
	}
	const limit = 2
	got, at := map[lineage.Key]lineage.Difference{}, lineage.Place{}
	for {
		page, totals, err := w.Differences(context.Background(), before, after, at, limit)
		require.NoError(t, err)
		require.Equal(t, lineage.DifferenceTotals{Before: totalsBefore, After: totalsAfter, Changed: changed}, totals)
		for _, d := range page {
			require.NotContains(t, got, d.Key, "each once")
			got[d.Key] = d
		}
		if len(page) < limit {
			break
		}
		at = lineage.DifferencePage{Rows: page}.Last()
	}
	require.Equal(t, want, got)
}

// A page of the service is of one ledger number from the first to the last, however the log goes on.
func TestALineageIsOfOneNumber(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	p, err := plan.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	cells := &indicators.Service{Engine: indicators.Engine{Plan: p, Areas: areas, Store: w}, Store: w, Now: func() time.Time { return today }}
	s := lineage.Service{Plan: p, Areas: areas, Cells: cells, Store: w}
	beds := func(n uint64, township string, beds int64) []facts.Row {
		key := facts.Key{Prefecture: "5326", Number: n}
		return []facts.Row{
			facts.BedChange{Key: key, Area: township, Institution: idOf(n), EffectiveOn: time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC), Beds: beds},
			facts.Event{Key: key, Stream: "institution-5326-" + idOf(n).String(), Type: "BedsOpened.v1", RecordedAt: today.Add(time.Duration(n) * time.Second), ReceivedAt: today, OccurredOn: today},
		}
	}
	june := calendar.MonthPeriod(calendar.MonthOf(2022, time.June))
	require.NoError(t, w.Write(ctx, slices.Concat(beds(1, "532601001", 10), beds(2, "532601002", 20), beds(3, "532622101", 40))))
	q := lineage.Query{Of: lineage.Of{Code: "elder-beds", Area: "532600"}, State: lineage.State{Period: june, KnownAt: today.Add(3 * time.Second)}, Limit: 2}
	first, err := s.Rows(ctx, q)
	require.NoError(t, err)
	require.True(t, first.More)
	require.Equal(t, lineage.Totals{Numerator: 70, Rows: 3}, first.Totals)
	require.InDelta(t, 70, *first.Cell.Numerator, 0)
	require.Equal(t, "institution-5326-"+first.Rows[0].Subject, first.Rows[0].Events[0].Stream)

	require.NoError(t, w.Write(ctx, beds(4, "532601001", 80)))
	q.Number, q.After, q.Totals = first.Cell.Position, first.Rows[1].Key, &first.Totals
	second, err := s.Rows(ctx, q)
	require.NoError(t, err)
	require.False(t, second.More)
	require.Len(t, second.Rows, 1)
	require.Equal(t, first.Totals, second.Totals)
	require.Equal(t, first.Cell.Value, second.Cell.Value)

	d, err := s.Differences(ctx, lineage.DifferenceQuery{Of: q.Of, State: lineage.State{Period: june, KnownAt: today.Add(time.Minute)}, Against: lineage.State{Period: june, KnownAt: today.Add(3 * time.Second)}, Limit: 10})
	require.NoError(t, err)
	require.Len(t, d.Rows, 1)
	require.Equal(t, lineage.Entered, d.Rows[0].Change)
	require.Equal(t, idOf(4).String(), d.Rows[0].Subject)
	require.InDelta(t, 150, *d.Cell.Numerator, 0)
	require.InDelta(t, 70, *d.Against.Numerator, 0)

	for _, of := range []lineage.Of{{Code: "none", Area: "532600"}, {Code: "elder-beds", Variant: "none", Area: "532600"}, {Code: "elder-beds", Area: "532601001001"}} {
		_, err = s.Rows(ctx, lineage.Query{Of: of, State: q.State, Limit: 1})
		require.ErrorIs(t, err, lineage.ErrNoCell)
	}
}

func idOf(n uint64) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceOID, []byte{byte(n)}) }
