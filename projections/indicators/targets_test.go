package indicators_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/words"
)

// shelf keeps numbers, and what is reported of people.
type shelf struct {
	numbers  []indicators.Number
	measured []indicators.Measured
}

func (s *shelf) Measure(_ context.Context, g indicators.Group, b indicators.Bounds) ([]indicators.Measured, error) {
	return slices.DeleteFunc(slices.Clone(s.measured), func(m indicators.Measured) bool {
		return indicators.GroupOf(m.Measure) != g || !slices.Contains(b.Months, m.Month)
	}), nil
}

func (s *shelf) Kept(_ context.Context, _ string, months []calendar.Month, areas, codes []string) (indicators.Kept, error) {
	return indicators.Kept{Counted: 7, Numbers: slices.DeleteFunc(slices.Clone(s.numbers), func(n indicators.Number) bool {
		return !slices.Contains(months, n.Month) || len(areas) > 0 && !slices.Contains(areas, n.Area) || len(codes) > 0 && !slices.Contains(codes, n.Code)
	})}, nil
}

func (s *shelf) Frontier(context.Context, string) (uint64, error) { return 7, nil }

func (s *shelf) NumberAt(context.Context, string, time.Time) (uint64, error) { return 5, nil }

func (s *shelf) Doubts(context.Context, string, indicators.Folded) ([]indicators.Doubt, error) {
	return nil, nil
}

func (s *shelf) VisitedAreas(context.Context, string, string) (map[calendar.Month][]string, error) {
	return nil, nil
}

var november = calendar.MonthOf(2022, time.November)

// rate is a kept visit rate.
func rate(area string, seen, of float64) indicators.Number {
	value := seen / of * 100
	return indicators.Number{Code: "monthly-visit-rate", Variant: plan.Official, Version: 1, Area: area, Month: november, Value: &value, Numerator: &seen, Denominator: &of}
}

func service(t *testing.T, s *shelf, adopted ...plan.AreaTarget) *indicators.Service {
	t.Helper()
	areas, err := area.Wenshan()
	require.NoError(t, err)
	p, err := plan.Wenshan()
	require.NoError(t, err)
	return &indicators.Service{
		Engine: indicators.Engine{Plan: p, Areas: areas, Store: s}, Store: s, Now: func() time.Time { return time.Date(2022, 12, 20, 0, 0, 0, 0, time.UTC) },
		Adopted: func() []plan.AreaTarget { return adopted },
	}
}

func cellsOf(t *testing.T, s *indicators.Service, q indicators.Query) map[string]indicators.Cell {
	t.Helper()
	q.Period = calendar.MonthPeriod(november)
	answer, err := s.Cells(t.Context(), q)
	require.NoError(t, err)
	all := map[string]indicators.Cell{}
	for _, c := range answer.Cells {
		if c.Definition.Variant == plan.Official {
			all[c.Code+" "+c.Area] = c
		}
	}
	return all
}

func people() (all []indicators.Measured) {
	for _, m := range []calendar.Month{november, november + 1} {
		for area, n := range map[string]float64{"532600": 400_000, "532601": 100_000, "532623": 100_000, "532624": 200_000, "532601001": 5_000} {
			all = append(all, indicators.Measured{Month: m, Area: area, Measure: "population_60_plus", Value: n})
		}
	}
	return all
}

func TestCountiesHaveTheirPartsOfACount(t *testing.T) {
	beds := plan.Held{Code: "elder-beds", Target: "plan-2025", Of: "532624"}
	recorded := time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC)
	s := service(t, &shelf{measured: people()}, plan.AreaTarget{Held: beds, Value: 8000, EffectiveOn: november.First(), RecordedAt: recorded})
	counties := cellsOf(t, s, indicators.Query{Area: "532600", Level: indicators.Counties, Codes: []string{"elder-beds"}})
	require.Equal(t, 4789.0, counties["elder-beds 532601"].Target.Value, "above the average")
	require.Equal(t, 4354.0, counties["elder-beds 532623"].Target.Value)
	require.Equal(t, 8000.0, counties["elder-beds 532624"].Target.Value, "adopted, in the place of what is allotted")
	require.Nil(t, counties["elder-beds 532622"].Target, "nobody is reported there")
	require.Equal(t, 17850.0, cellsOf(t, s, indicators.Query{Area: "532600"})["elder-beds 532600"].Target.Value)

	before := cellsOf(t, s, indicators.Query{Area: "532624", Codes: []string{"elder-beds"}, KnownAt: recorded.Add(-time.Second)})
	require.Equal(t, 8707.0, before["elder-beds 532624"].Target.Value, "what was not yet adopted was not known")
	after := cellsOf(t, s, indicators.Query{Area: "532624", Codes: []string{"elder-beds"}, KnownAt: recorded})
	require.Equal(t, 8000.0, after["elder-beds 532624"].Target.Value)
}

func TestAnAllotmentCanBeAdjusted(t *testing.T) {
	s := service(t, &shelf{measured: people()})
	a, err := s.Allotted(t.Context(), "elder-beds", map[string]float64{"532623": 1.1})
	require.NoError(t, err)
	sum := 0.0
	for _, p := range a.Parts {
		sum += p.Value
	}
	require.Equal(t, 17850.0, sum)
	require.Equal(t, a.Whole, sum)
	require.Equal(t, a.Parts[0].Value, a.Parts[1].Value, "as many people, as far above the average")
	require.Greater(t, a.Parts[0].PerHead, a.Parts[0].Average)
	_, err = s.Allotted(t.Context(), "monthly-visit-rate", nil)
	require.ErrorIs(t, err, indicators.ErrNotAllotted)
	_, err = service(t, &shelf{}).Allotted(t.Context(), "elder-beds", nil)
	require.ErrorIs(t, err, indicators.ErrNoPeople)
}

func TestARevisedCountIsFollowedByItsRatio(t *testing.T) {
	places := plan.AreaTarget{Held: plan.Held{Code: "childcare-places", Target: "plan-2025", Of: "532600"}, Value: 40_000, EffectiveOn: 1}
	value, of := 1.0, 1_000_000.0
	n := indicators.Number{Code: "places-per-1000", Variant: plan.Official, Version: 1, Area: "532600", Month: november, Value: &value, Numerator: &value, Denominator: &of}
	expected := func(adopted ...plan.AreaTarget) float64 {
		return *cellsOf(t, service(t, &shelf{numbers: []indicators.Number{n}}, adopted...), indicators.Query{Area: "532600"})["places-per-1000 532600"].Expected
	}
	require.InDelta(t, (3717+3377*334.0/365)/1000, expected(), 1e-9)
	require.InDelta(t, 40, expected(places), 1e-9, "a whole without steps or baseline is asked for at once")
}

func TestACellSaysHowManyAreMissingInItsTownships(t *testing.T) {
	kept := []indicators.Number{
		rate("532601", 60, 120), rate("532601001", 10, 20), rate("532601002", 30, 70), rate("532601003", 20, 30), rate("532622", 90, 100), rate("532600", 150, 220),
	}
	counties := cellsOf(t, service(t, &shelf{numbers: kept}), indicators.Query{Area: "532600", Level: indicators.Counties, Codes: []string{"monthly-visit-rate"}})
	require.Equal(t, words.Text{
		Zh: "2个乡镇（街道）距进度线（61.95%）还差 17次探访；全区域补上 15次探访即可达到", En: "17 visits in 2 townships short of the line (61.95 %); 15 visits would do for the area as a whole",
	}, counties["monthly-visit-rate 532601"].Words)
	require.Equal(t, "28.05 points ahead of the line (61.95 %)", counties["monthly-visit-rate 532622"].Words.En)
	require.Equal(t, "no data yet", counties["monthly-visit-rate 532623"].Words.En)

	s := service(t, &shelf{numbers: kept})
	trend, err := s.Trend(t.Context(), indicators.TrendQuery{Area: "532601", Code: "monthly-visit-rate", From: november - 1, To: november})
	require.NoError(t, err)
	require.Equal(t, []string{"no data yet", "15 visits short of the line (61.95 %)"}, []string{trend.Cells[0].Words.En, trend.Cells[1].Words.En})
}

func TestEachMonthIsCountedByTheVersionOfItsTime(t *testing.T) {
	areas, err := area.Wenshan()
	require.NoError(t, err)
	d := func(version int, denominator string, from calendar.Day) plan.Definition {
		return plan.Definition{Code: "rate", Variant: plan.Official, Version: version, Numerator: "beds_total", Denominator: denominator, Scale: 100, ValidFrom: from}
	}
	p := &plan.Plan{Prefecture: "5326", Definitions: []plan.Definition{d(1, "population", 0), d(2, "population_60_plus", november.First())}}
	store := &shelf{}
	for _, m := range []calendar.Month{november - 1, november} {
		store.measured = append(store.measured, indicators.Measured{Month: m, Area: "532601001", Measure: "beds_total", Value: 10},
			indicators.Measured{Month: m, Area: "532600", Measure: "population", Value: 1000}, indicators.Measured{Month: m, Area: "532600", Measure: "population_60_plus", Value: 100})
	}
	engine := indicators.Engine{Plan: p, Areas: areas, Store: store}
	numbers, err := engine.Compute(t.Context(), p.Definitions, []calendar.Month{november - 1, november}, 7)
	require.NoError(t, err)
	require.Len(t, numbers, 2)
	require.Equal(t, []int{1, 2}, []int{numbers[0].Version, numbers[1].Version})
	require.Equal(t, []float64{1, 10}, []float64{*numbers[0].Value, *numbers[1].Value})
}
