package plan_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

func TestTheTrajectoryGoesThroughThePlansCorners(t *testing.T) {
	p, err := plan.Wenshan()
	require.NoError(t, err)
	for _, c := range []struct {
		behaviour, code, on string
		want                float64
	}{
		{"a straight line stands at about 62 % in November 2022", "monthly-visit-rate", "2022-11-30", 52 + 26*699.0/1826},
		{"steps go back from the target: 10,150 beds at the end of 2021", "elder-beds", "2021-12-31", 10150},
		{"and 11,650 at the end of 2022", "elder-beds", "2022-12-31", 11650},
		{"before the steps it is straight from the baseline", "elder-beds", "2020-12-31", 10144},
		{"places stand at 3,717 at the end of 2021", "childcare-places", "2021-12-31", 3717},
		{"a trajectory without baseline starts at its first corner", "childcare-places", "2021-03-31", 3717},
		{"the target itself holds from the deadline on", "childcare-places", "2026-11-30", 16300},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			d, ok := p.Find(c.code, "")
			require.True(t, ok)
			on, err := calendar.ParseDay(c.on)
			require.NoError(t, err)
			got, ok := d.Targets[0].Expected(on)
			require.True(t, ok)
			require.InDelta(t, c.want, got, 1e-9)
		})
	}
}

func TestThePlanOfWenshanHasAll35Indicators(t *testing.T) {
	p, err := plan.Wenshan()
	require.NoError(t, err)
	numbers := map[string]plan.Definition{}
	for _, d := range p.Definitions {
		if d.Number == "" {
			continue
		}
		require.NotContains(t, numbers, d.Number)
		numbers[d.Number] = d
		require.Equal(t, plan.Official, d.Variant, d.Number)
		require.Equal(t, map[byte]string{'E': "elder", 'C': "child"}[d.Number[0]], d.Group)
		official := 0
		for _, target := range d.Targets {
			require.NotNil(t, target.Baseline, d.Number)
			if target.Official {
				official++
			}
		}
		require.Equal(t, 1, official, d.Number)
	}
	for prefix, most := range map[string]int{"E": 23, "C": 12} {
		for n := 1; n <= most; n++ {
			require.Contains(t, numbers, fmt.Sprintf("%s%02d", prefix, n))
		}
	}
	require.Len(t, numbers, 35)
	require.Len(t, numbers["E10"].Targets, 2, "the plan's 78 % and the national 100 %")
	require.Equal(t, "households", numbers["E17"].Unit)
	require.Equal(t, plan.Lowest, numbers["C02"].Rollup)
	require.Equal(t, calendar.MCHYear, numbers["C01"].PeriodType())
}

func TestAValueIsJudgedByTheKindOfItsTarget(t *testing.T) {
	on, end := calendar.Date(2022, 11, 30), calendar.Date(2025, 12, 31)
	base := 58.0
	target := func(k plan.Kind, v float64) plan.Target {
		return plan.Target{ID: "t", Kind: k, Value: v, Baseline: &base, BaselineOn: calendar.Date(2020, 12, 31), Deadline: end}
	}
	for _, c := range []struct {
		behaviour string
		target    plan.Target
		value     *float64
		want      plan.Status
	}{
		{"no value is no data", target(plan.Floor, 55), nil, plan.NoData},
		{"a floor below its baseline is met by anything above the floor", target(plan.Floor, 55), f(55), plan.OnTrack},
		{"a floor is missed below it", target(plan.Floor, 55), f(54.9), plan.Behind},
		{"above is strict", target(plan.Above, 90), f(90), plan.Behind},
		{"hold stays within the tolerance", target(plan.Hold, 94), f(93), plan.OnTrack},
		{"hold falls behind below the tolerance", target(plan.Hold, 94), f(92), plan.Behind},
		{"rise needs no number", target(plan.Rise, 0), f(58), plan.OnTrack},
		{"rise falls behind below its baseline", target(plan.Rise, 0), f(57), plan.Behind},
		{"grow must exceed its baseline", target(plan.Grow, 0), f(58), plan.Behind},
		{"reach is ahead above its line and tolerance", target(plan.Reach, 78), f(70), plan.Ahead},
		{"reach is on track near its line", target(plan.Reach, 78), f(65), plan.OnTrack},
		{"reach is behind below it", target(plan.Reach, 78), f(60), plan.Behind},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			require.Equal(t, c.want, c.target.Assess(c.value, "%", on, 0.02, nil).Status)
		})
	}
}

func f(v float64) *float64 { return &v }
