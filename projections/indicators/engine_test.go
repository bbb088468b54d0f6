package indicators_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
)

// measurer answers rows, of those measures only that it is asked for.
type measurer struct {
	rows  map[indicators.Group][]indicators.Measured
	asked map[indicators.Group][]indicators.Bounds
}

func (m *measurer) Measure(_ context.Context, g indicators.Group, b indicators.Bounds) ([]indicators.Measured, error) {
	m.asked[g] = append(m.asked[g], b)
	return slices.DeleteFunc(slices.Clone(m.rows[g]), func(row indicators.Measured) bool {
		return len(b.Measures) > 0 && !slices.ContainsFunc(b.Measures, func(a indicators.Asked) bool { return a.Label == row.Measure })
	}), nil
}

func compute(t *testing.T, m *measurer, months []calendar.Month, definitions ...plan.Definition) func(code, area string) *float64 {
	t.Helper()
	areas, err := area.Wenshan()
	require.NoError(t, err)
	for i := range definitions {
		definitions[i].Variant = plan.Official
	}
	m.asked = map[indicators.Group][]indicators.Bounds{}
	p := &plan.Plan{Prefecture: "5326", BaselineOn: calendar.Date(2020, 12, 31), Definitions: definitions}
	e := indicators.Engine{Plan: p, Areas: areas, Store: m}
	numbers, err := e.Compute(t.Context(), definitions, months, 9)
	require.NoError(t, err)
	return func(code, area string) *float64 {
		for _, n := range numbers {
			if n.Code == code && n.Area == area && n.Month == months[len(months)-1] {
				return n.Value
			}
		}
		return nil
	}
}

func is(v float64) *float64 { return &v }

func TestTownshipsThatHaveAnyAreCounted(t *testing.T) {
	m := &measurer{rows: map[indicators.Group][]indicators.Measured{indicators.Standings: {
		{Month: november, Area: "532601001", Measure: "elder_school", Value: 3},
		{Month: november, Area: "532601002", Measure: "elder_school", Value: 1},
		{Month: november, Area: "532622101", Measure: "elder_school", Value: 1},
		{Month: november, Area: "532622", Measure: "elder_school", Value: 1}, // of a whole county
	}}}
	value := compute(t, m, []calendar.Month{november},
		plan.Definition{Code: "schools", Numerator: "any(elder_school)"},
		plan.Definition{Code: "share", Numerator: "any(elder_school)", Denominator: "townships", Scale: 100})
	require.Equal(t, is(3), value("schools", "532600"))
	require.Equal(t, is(2), value("schools", "532601"))
	require.Equal(t, is(1), value("schools", "532601001"))
	require.Equal(t, is(0), value("schools", "532601003"))
	require.InDelta(t, 300.0/104, *value("share", "532600"), 1e-12)
	require.InDelta(t, 200.0/17, *value("share", "532601"), 1e-12)
	require.Equal(t, is(100), value("share", "532601002"))
}

func TestTheLowestTownshipCounts(t *testing.T) {
	row := func(area, measure string, value float64) indicators.Measured {
		return indicators.Measured{Month: november, Area: area, Measure: measure, Value: value, Records: 1}
	}
	m := &measurer{rows: map[indicators.Group][]indicators.Measured{indicators.Standings: {
		row("532601001", "child:under_3", 10), row("532601001", "child:under_3+immunised", 9),
		row("532601002", "child:under_3", 10), row("532601002", "child:under_3+immunised", 8),
		row("532622101", "child:under_3", 10), row("532622101", "child:under_3+immunised", 10),
	}}}
	value := compute(t, m, []calendar.Month{november},
		plan.Definition{Code: "rate", Numerator: "child:under_3+immunised", Denominator: "child:under_3", Scale: 100, Rollup: plan.Lowest})
	require.Equal(t, is(80), value("rate", "532600"), "townships without children do not count")
	require.Equal(t, is(80), value("rate", "532601"))
	require.Equal(t, is(90), value("rate", "532601001"))
	require.Equal(t, is(100), value("rate", "532622"))
	require.Nil(t, value("rate", "532623"))
}

func TestWhatNobodyHasRecordedIsNoZero(t *testing.T) {
	m := &measurer{rows: map[indicators.Group][]indicators.Measured{indicators.Standings: {
		{Month: november, Area: "532601001", Measure: "community", Value: 2},
		{Month: november, Area: "532601001", Measure: "community:day_care", Records: 2}, // registered, and nothing said of day care
		{Month: november, Measure: "community:home_service"},                            // said of somebody, and ended
	}}}
	value := compute(t, m, []calendar.Month{november},
		plan.Definition{Code: "day-care", Numerator: "community:day_care", Denominator: "community", Scale: 100},
		plan.Definition{Code: "services", Numerator: "community:home_service", Denominator: "community", Scale: 100})
	require.Nil(t, value("day-care", "532601001"))
	require.Equal(t, is(0), value("services", "532601001"))
	require.Nil(t, value("services", "532622"), "no communities")
}

func TestEachFamilyIsAskedOnceForAllMonths(t *testing.T) {
	m := &measurer{}
	months := []calendar.Month{november, november - 70, november - 71, november - 1}
	compute(t, m, months,
		plan.Definition{Code: "a", Numerator: "community#respect_month", Denominator: "community", Scale: 100, Period: "year"},
		plan.Definition{Code: "b", Numerator: "child#newborn_visit", Denominator: "child#birth", Scale: 100, Period: "mch_year"},
		plan.Definition{Code: "c", Numerator: "*:integrated_care", Minus: "community:day_care"},
		plan.Definition{Code: "d", Numerator: "child#birth"})
	require.Len(t, m.asked, 2)
	for _, g := range []indicators.Group{indicators.Standings, indicators.Activities} {
		require.Len(t, m.asked[g], 2)
		require.Equal(t, []calendar.Month{november - 71, november - 70}, m.asked[g][0].Months)
		require.Equal(t, []calendar.Month{november - 1, november}, m.asked[g][1].Months)
	}
	require.Equal(t, []indicators.Asked{
		{Label: "community#respect_month year", Kind: "community", Words: "respect_month", Period: calendar.Yearly},
		{Label: "child#newborn_visit mch_year", Kind: "child", Words: "newborn_visit", Period: calendar.MCHYear},
		{Label: "child#birth mch_year", Kind: "child", Words: "birth", Period: calendar.MCHYear},
		{Label: "child#birth", Kind: "child", Words: "birth", Period: calendar.Monthly},
	}, m.asked[indicators.Activities][0].Measures)
	require.Equal(t, []indicators.Asked{
		{Label: "community", Kind: "community", Period: calendar.Monthly},
		{Label: "*:integrated_care", Kind: "institution", Words: "integrated_care", Period: calendar.Monthly},
		{Label: "*:integrated_care", Kind: "hospital", Words: "integrated_care", Period: calendar.Monthly},
		{Label: "community:day_care", Kind: "community", Words: "day_care", Period: calendar.Monthly},
	}, m.asked[indicators.Standings][0].Measures)
}

func TestAMonthThatEndsBeforeADefinitionIsValidHasNoNumber(t *testing.T) {
	m := &measurer{rows: map[indicators.Group][]indicators.Measured{indicators.Beds: {
		{Month: november, Area: "532601001", Measure: "beds_total", Value: 2}, {Month: november + 1, Area: "532601001", Measure: "beds_total", Value: 2},
	}}}
	d := plan.Definition{Code: "beds", Numerator: "beds_total", ValidFrom: calendar.Date(2022, 12, 31)}
	require.Nil(t, compute(t, m, []calendar.Month{november}, d)("beds", "532600"))
	require.Equal(t, is(2), compute(t, m, []calendar.Month{november + 1}, d)("beds", "532600"))
}
