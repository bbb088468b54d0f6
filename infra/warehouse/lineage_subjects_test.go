package warehouse_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/lineage"
)

func TestWhatHoldsOfSubjectsIsTracedToThem(t *testing.T) {
	w, r := open(t), &recording{}
	const here, there, county, all = "532601001", "532601002", "532601", "532600"
	poor, gone, rich := uuid.New(), uuid.New(), uuid.New()
	for _, who := range []uuid.UUID{poor, gone, rich} {
		r.says("elder", who, "registered", here, "2021-01-01", "")
	}
	r.says("elder", poor, "poor", here, "2021-01-01", "")
	r.says("elder", poor, "stay", here, "2022-02-01", "")
	r.says("elder", gone, "poor", here, "2021-01-01", "")
	r.says("elder", gone, "stay", here, "2021-03-01", "!")
	r.does("elder", poor, "health_check", here, "2022-02-03")
	r.does("elder", gone, "health_check", there, "2021-12-31")
	safe, lapsed, without, closed := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	for _, who := range []uuid.UUID{safe, lapsed, without, closed} {
		r.says("childcare", who, "registered", there, "2021-01-01", "")
	}
	r.says("childcare", safe, "fire_safety", there, "2021-01-01", "")
	r.says("childcare", lapsed, "fire_safety", there, "2021-01-01", "2022-06-29")
	r.says("childcare", closed, "registered", there, "2022-06-30", "!")
	r.says("elder_school", uuid.New(), "registered", here, "2021-01-01", "")
	r.says("community", uuid.New(), "registered", here, "2021-01-01", "")
	busy := uuid.New()
	r.says("community", busy, "registered", here, "2021-01-01", "")
	r.does("community", busy, "respect_month", here, "2022-03-09")
	require.NoError(t, w.Write(t.Context(), r.rows))

	definition := func(code, numerator, denominator, period string) plan.Definition {
		return plan.Definition{Code: code, Variant: plan.Official, Version: 1, Numerator: numerator, Denominator: denominator, Scale: 1, Period: period}
	}
	p := &plan.Plan{Prefecture: "5326", BaselineOn: calendar.Date(2020, 12, 31), Definitions: []plan.Definition{
		definition("staying", "elder:poor+stay", "elder:poor", ""), definition("safe", "childcare:fire_safety", "childcare", ""),
		definition("checked", "elder#health_check", "elder", "year"), definition("active", "community#respect_month", "community", "year"),
		definition("schools", "any(elder_school)", "townships", ""), definition("anything", "*:fire_safety", "", ""),
		{Code: "lowest", Variant: plan.Official, Version: 1, Numerator: "elder:poor+stay", Denominator: "elder", Scale: 1, Rollup: plan.Lowest},
	}}
	areas, err := area.Wenshan()
	require.NoError(t, err)
	june := calendar.MonthOf(2022, time.June)
	engine := indicators.Engine{Plan: p, Areas: areas, Store: w}
	numbers, err := engine.Compute(t.Context(), p.Definitions, []calendar.Month{june}, r.number)
	require.NoError(t, err)
	cells := &indicators.Service{Engine: engine, Store: w, Now: func() time.Time { return today }}
	s := lineage.Service{Plan: p, Areas: areas, Cells: cells, Store: w}
	rows := func(code, area string) map[string]lineage.Row {
		page, err := s.Rows(t.Context(), lineage.Query{Of: lineage.Of{Code: code, Area: area}, State: lineage.State{Period: calendar.MonthPeriod(june), Number: r.number}, Limit: 200})
		require.NoError(t, err)
		sum, byName := lineage.Totals{}, map[string]lineage.Row{}
		for _, row := range page.Rows {
			sum.Numerator += row.Numerator
			sum.Denominator += row.Denominator
			byName[row.Subject] = row
		}
		require.InDelta(t, page.Totals.Numerator, sum.Numerator, 0, code)
		require.InDelta(t, page.Totals.Denominator, sum.Denominator, 0, code)
		for _, n := range numbers {
			if n.Code != code || n.Area != area {
				continue
			}
			require.InDelta(t, *n.Numerator, sum.Numerator, 0, "%s in %s", code, area)
			if n.Denominator != nil {
				require.InDelta(t, *n.Denominator, sum.Denominator, 0, "%s in %s", code, area)
			}
		}
		return byName
	}
	for _, d := range p.Definitions {
		for _, code := range []string{here, there, county, "532622", all} {
			rows(d.Code, code)
		}
	}
	for _, c := range []struct {
		code, area string
		who        uuid.UUID
		role       lineage.Role
		reason     string
	}{
		{"staying", county, poor, lineage.Numerator, "holds"},
		{"staying", county, gone, lineage.Denominator, "ended:stay"},
		{"safe", there, safe, lineage.Numerator, "holds"},
		{"safe", there, lapsed, lineage.Denominator, "lapsed:fire_safety"},
		{"safe", there, without, lineage.Denominator, "lacking:fire_safety"},
		{"safe", there, closed, lineage.Excluded, "ended:registered"},
		{"checked", all, poor, lineage.Numerator, "happened:health_check"},
		{"checked", all, gone, lineage.Denominator, "nothing:health_check"},
		{"active", all, busy, lineage.Numerator, "happened:respect_month"},
		{"lowest", county, poor, lineage.Numerator, "holds"},
	} {
		row, there := rows(c.code, c.area)[c.who.String()]
		require.True(t, there, "%s: %s", c.code, c.reason)
		require.Equal(t, c.role, row.Role, "%s: %s", c.code, row.Reason)
		require.Equal(t, c.reason, row.Reason, c.code)
	}
	require.NotContains(t, rows("staying", all), rich.String(), "of whom nothing was recorded that could have made them count")
	schools := rows("schools", county)
	require.Equal(t, lineage.Numerator, schools[here].Role)
	require.Equal(t, "township_with", schools[here].Reason)
	require.Equal(t, lineage.Denominator, schools[there].Role)
	require.Equal(t, "“有效消防安全”已到期", lineage.ReasonOf("lapsed:fire_safety").Zh)
}

// What a plan may count with can be asked for in every way, also where nothing was recorded.
func TestEveryDefinitionCanBeTraced(t *testing.T) {
	p, err := plan.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	w := traced{Warehouse: open(t), plan: p, areas: areas}
	june := calendar.MonthOf(2022, time.June)
	for _, d := range append(p.Definitions, plan.Definition{Code: "any", Numerator: "any(child#birth)", Denominator: "any(beds_total)"}, plan.Definition{Code: "figures", Numerator: "any(population)", Minus: "*:integrated_care"}) {
		c := w.cell(d, "532601", june, 7)
		rows, err := lineage.Read(t.Context(), w, c, "", lineage.Key{}, 5, 5)
		require.NoError(t, err, d.Code)
		_, err = w.Behind(t.Context(), c, 0, []lineage.Key{{Kind: "elder", Subject: uuid.NewString()}, {Kind: "township", Subject: "532601001"}})
		require.NoError(t, err, d.Code)
		differences, totals, err := w.Differences(t.Context(), w.cell(d, "532601", june-1, 7), c, lineage.Place{}, 5)
		require.NoError(t, err, d.Code)
		require.Empty(t, differences)
		require.Equal(t, totals.Before, totals.After)
		for _, r := range rows {
			require.Equal(t, "township", r.Kind, "%s: the table of areas alone knows them", d.Code)
		}
	}
}
