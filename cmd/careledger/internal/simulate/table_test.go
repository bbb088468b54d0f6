package simulate_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/simulate"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
)

// recomputed are the numbers that come out where the plan contradicts itself.
var recomputed = map[string]float64{
	"E07 2020-12": 20.8, "E09 2020-12": 30, "67 of operating": 65.3, "C12 2020-12": 0.55, "C12 2022-11": 0.96, "0.63 2020-12": 0.66, "0.9 2022-11": 0.99,
	"E06 2025-12": 17844, "E07 2025-12": 28.4, "16300": 16056, "475300": 404000, "C12 2025-12": 3.77,
}

// TestThePlansFiguresComeOut counts all that does not depend on the great number of people.
func TestThePlansFiguresComeOut(t *testing.T) {
	small := []string{simulate.Houses, simulate.Units, simulate.Reports, simulate.Retrofit}
	differing := map[string]float64{}
	agreed := 0
	for _, l := range world(t, simulate.Options{Seed: 1, Scale: 1, Parts: small}).Table() {
		if ofPeople(l) {
			continue
		}
		require.True(t, l.Known, "%s %s is counted", l.At, l.Name)
		if l.Agrees {
			agreed++
			continue
		}
		require.NotEmpty(t, l.Reason, "%s %s is %v and not %v for a reason", l.At, l.Name, l.Simulated, l.Said)
		require.NotEmpty(t, l.ReasonZh)
		differing[keyOf(l)] = l.Simulated
	}
	require.Greater(t, agreed, 35)
	require.Len(t, differing, len(recomputed), "%v", differing)
	for key, want := range recomputed {
		require.InEpsilon(t, want, differing[key], 0.005, key)
	}
}

// ofPeople are the numbers that need everybody.
func ofPeople(l simulate.Line) bool {
	for _, measure := range []string{"visited", "elder", "elder#health_check", "child#newborn_visit", "child#guidance", "child:under_3+managed", "child:under_3+immunised"} {
		if l.Numerator == measure {
			return true
		}
	}
	return false
}

// keyOf names a line by what tells it from the others.
func keyOf(l simulate.Line) string {
	switch {
	case l.Said == 67:
		return "67 of operating"
	case l.Said == 16300:
		return "16300"
	case l.Said == 475300:
		return "475300"
	case l.Number == "" && l.Denominator == "population":
		return map[float64]string{0.63: "0.63", 0.9: "0.9"}[l.Said] + " " + l.At.String()
	}
	return l.Number + " " + l.At.String()
}

// TestPeopleAreAsThePlanSays counts a twentieth of the people, as near as chance allows.
func TestPeopleAreAsThePlanSays(t *testing.T) {
	w := world(t, simulate.Options{Seed: 1, Scale: 0.05, Parts: []string{simulate.Houses, simulate.Reports, simulate.Elders, simulate.Children}, To: calendar.MonthOf(2022, 12)})
	counted := 0
	for _, l := range w.Table() {
		if !ofPeople(l) || l.Lowest { // the lowest of small townships is a matter of chance
			continue
		}
		counted++
		require.True(t, l.Known, l.Name)
		require.LessOrEqual(t, math.Abs(l.Simulated-l.Said), l.Within+1, "%s: %v", l.Name, l.Simulated)
	}
	require.Equal(t, 6, counted)
}

func TestEveryNumberOfThePlanStandsInTheTable(t *testing.T) {
	figures, err := simulate.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	require.Equal(t, areas.Root().Code, figures.Prefecture)
	numbers := map[string]bool{}
	for _, s := range figures.Said {
		numbers[s.Number] = true
	}
	require.Len(t, numbers, 35, "the 35 indicators but the intake, whose target is no number, and what has none")
}
