package plan_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

func TestWhatIsSharedOutAddsUpToTheWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		people := map[string]float64{}
		for i := range rapid.IntRange(1, 12).Draw(r, "areas") {
			people[fmt.Sprint("99000", i)] = float64(rapid.IntRange(1, 900_000).Draw(r, "people"))
		}
		above := []string{"990000", "990001"}
		a := plan.Allotment{Above: above, Factor: rapid.Float64Range(1.01, 3).Draw(r, "factor"), Factors: map[string]float64{"990002": rapid.Float64Range(0.5, 2).Draw(r, "own")}}
		whole := float64(rapid.IntRange(0, 50_000).Draw(r, "whole"))
		sum := 0.0
		for area, part := range a.Share(whole, people) {
			require.Equal(r, float64(int(part)), part, "whole units")
			require.GreaterOrEqual(r, part, 0.0)
			require.Contains(r, people, area)
			sum += part
		}
		require.Equal(r, whole, sum)
	})
}

func TestNamedAreasStandAboveTheAverage(t *testing.T) {
	p, err := plan.Wenshan()
	require.NoError(t, err)
	people := map[string]float64{"532601": 88_000, "532622": 66_000, "532623": 37_000, "532624": 38_000, "532625": 49_000, "532626": 64_000, "532627": 94_000, "532628": 51_600}
	all := 487_600.0
	rule, ruled := p.AllotmentOf("elder-beds")
	require.True(t, ruled)
	parts := rule.Share(17850, people)
	for area, n := range people {
		average := 17850 * n / all
		if area == "532601" || area == "532622" || area == "532627" {
			require.Greater(t, parts[area], average+1, area)
		} else {
			require.Less(t, parts[area], average, area)
		}
	}
	rule.Factors = map[string]float64{"532623": 1.3}
	require.Greater(t, rule.Share(17850, people)["532623"], parts["532623"], "adjusted by hand")
	require.Nil(t, rule.Share(17850, nil), "where nothing is known of anybody")
}

func TestWhatIsAskedOfAnArea(t *testing.T) {
	p, err := plan.Wenshan()
	require.NoError(t, err)
	beds, _ := p.Find("elder-beds", "")
	ratio, _ := p.Find("elder-beds-per-1000", "")
	people := func(series string) map[string]float64 {
		if series != "population_60_plus" {
			return nil
		}
		return map[string]float64{"532601": 100_000, "532623": 100_000}
	}
	last := calendar.Date(2022, 11, 30)
	said := func(of string, value float64, withdrawn bool, on calendar.Day) plan.AreaTarget {
		return plan.AreaTarget{Held: plan.Held{Code: "elder-beds", Target: "plan-2025", Of: of}, Value: value, Withdrawn: withdrawn, EffectiveOn: on}
	}
	for _, c := range []struct {
		behaviour  string
		definition plan.Definition
		ask        plan.Ask
		want       []float64
	}{
		{"the plan's own target of the prefecture", beds, plan.Ask{Area: "532600"}, []float64{17850}},
		{"a ratio's target holds everywhere", ratio, plan.Ask{Area: "532601001"}, []float64{35}},
		{"a count is allotted, above the average", beds, plan.Ask{Area: "532601", People: people}, []float64{9350}},
		{"and below", beds, plan.Ask{Area: "532623", People: people}, []float64{8500}},
		{"nothing is allotted while nobody is counted", beds, plan.Ask{Area: "532601"}, nil},
		{"nor to a township", beds, plan.Ask{Area: "532601001", People: people}, nil},
		{"what was adopted comes before what is allotted", beds, plan.Ask{Area: "532601", People: people, Adopted: []plan.AreaTarget{said("532601", 4000, false, 100)}}, []float64{4000}},
		{"from its day on", beds, plan.Ask{Area: "532601", People: people, Adopted: []plan.AreaTarget{said("532601", 4000, false, last+1)}}, []float64{9350}},
		{"the newest of several", beds, plan.Ask{Area: "532601", Adopted: []plan.AreaTarget{said("532601", 5000, false, 200), said("532601", 4000, false, 100)}}, []float64{5000}},
		{"the last of one day", beds, plan.Ask{Area: "532601", Adopted: []plan.AreaTarget{said("532601", 5000, false, 100), said("532601", 4000, false, 100)}}, []float64{4000}},
		{"what was withdrawn is asked no more", beds, plan.Ask{Area: "532601", People: people, Adopted: []plan.AreaTarget{said("532601", 0, true, 100)}}, nil},
		{"a revised whole is allotted anew", beds, plan.Ask{Area: "532601", People: people, Adopted: []plan.AreaTarget{said("532600", 21000, false, 100)}}, []float64{11000}},
		{"a withdrawn whole asks nothing below", beds, plan.Ask{Area: "532601", People: people, Adopted: []plan.AreaTarget{said("532600", 0, true, 100)}}, nil},
		{"a township may have one of its own", beds, plan.Ask{Area: "532601001", Adopted: []plan.AreaTarget{said("532601001", 50, false, 100)}}, []float64{50}},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			c.ask.Root, c.ask.Last = "532600", last
			var got []float64
			for _, target := range p.TargetsOf(c.definition, c.ask) {
				got = append(got, target.Value)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestAnAreasPartGoesTheWholesWay(t *testing.T) {
	p, err := plan.Wenshan()
	require.NoError(t, err)
	beds, _ := p.Find("elder-beds", "")
	people := func(string) map[string]float64 { return map[string]float64{"532601": 100_000, "532623": 100_000} }
	for _, on := range []calendar.Day{calendar.Date(2020, 12, 31), calendar.Date(2021, 12, 31), calendar.Date(2023, 6, 30), calendar.Date(2025, 12, 31)} {
		sum := 0.0
		for _, area := range []string{"532601", "532623"} {
			part, ok := p.TargetsOf(beds, plan.Ask{Area: area, Root: "532600", Last: on, People: people})[0].Expected(on)
			require.True(t, ok)
			sum += part
		}
		whole, _ := beds.Targets[0].Expected(on)
		require.InDelta(t, whole, sum, 1e-6)
	}
	revised := p.TargetsOf(beds, plan.Ask{Area: "532600", Root: "532600", Last: 20000, Adopted: []plan.AreaTarget{{Held: plan.Held{Code: "elder-beds", Target: "plan-2025", Of: "532600"}, Value: 20000}}})[0]
	expected, _ := revised.Expected(calendar.Date(2020, 12, 31))
	require.Equal(t, 10144.0, expected, "a revised whole goes straight from the baseline")
}

func TestTheVersionThatCountsIsTheNewestByThePeriodsEnd(t *testing.T) {
	june := calendar.MonthOf(2026, 6)
	d := func(code, variant string, version int, from calendar.Day) plan.Definition {
		return plan.Definition{Code: code, Variant: variant, Version: version, ValidFrom: from}
	}
	yearly := d("year", "official", 2, calendar.Date(2026, 12, 31))
	yearly.Period = "year"
	p := plan.Plan{Definitions: []plan.Definition{
		d("a", "official", 2, calendar.Date(2026, 6, 30)), d("b", "official", 1, 0), d("a", "official", 1, 0), d("a", "other", 1, calendar.Date(2026, 7, 15)),
		d("year", "official", 1, 0), yearly,
	}}
	versions := func(m calendar.Month) (all []string) {
		for _, d := range p.In(m) {
			all = append(all, fmt.Sprintf("%s/%s %d", d.Code, d.Variant, d.Version))
			require.True(t, p.Counts(d, m))
		}
		return all
	}
	require.Equal(t, []string{"b/official 1", "a/official 1", "year/official 2"}, versions(june-1), "a year's version is that of its end")
	require.Equal(t, []string{"a/official 2", "b/official 1", "year/official 2"}, versions(june))
	require.Equal(t, []string{"a/official 2", "b/official 1", "a/other 1", "year/official 2"}, versions(june+1))
	require.Equal(t, []string{"b/official 1", "a/official 1", "year/official 1"}, versions(june-6))
	newest, ok := p.Find("a", "")
	require.True(t, ok)
	require.Equal(t, 2, newest.Version)
	_, ok = p.FindIn("a", "other", june)
	require.False(t, ok)
	require.False(t, p.Counts(p.Definitions[2], june))
}

func TestLessIsBetterIsJudgedMirrored(t *testing.T) {
	on, base := calendar.Date(2022, 12, 31), 100.0
	down := plan.Definition{Unit: "persons", Direction: plan.Down}
	most := plan.Target{Kind: plan.Floor, Value: 20}
	reach := plan.Target{Kind: plan.Reach, Value: 20, Baseline: &base, BaselineOn: calendar.Date(2020, 12, 31), Deadline: calendar.Date(2024, 12, 31)}
	for _, c := range []struct {
		behaviour string
		target    plan.Target
		value     float64
		want      plan.Status
	}{
		{"at most is met at it", most, 20, plan.OnTrack},
		{"and missed above", most, 21, plan.Behind},
		{"half way down is on track", reach, 60, plan.OnTrack},
		{"further down is ahead", reach, 40, plan.Ahead},
		{"not so far down is behind", reach, 80, plan.Behind},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			a := down.Assess(c.target, &c.value, on, 0.02, nil)
			require.Equal(t, c.want, a.Status)
			require.Equal(t, c.target, a.Target)
			if c.target.Kind == plan.Reach {
				require.InDelta(t, 60, *a.Expected, 0.1)
			}
		})
	}
	loose := 0.9
	most.Kind, most.Tolerance = plan.Hold, &loose
	v := 30.0
	require.Equal(t, plan.OnTrack, down.Assess(most, &v, on, 0.02, nil).Status, "a target's own tolerance")
}
