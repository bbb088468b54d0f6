package forecast_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/forecast"
)

var (
	until    = calendar.MonthOf(2023, 12)
	deadline = calendar.MonthOf(2025, 12)
	gap      = math.NaN()
)

// history is monthly, within 0 to 1000, with a goal.
func history(goal float64, values ...float64) forecast.Series {
	return forecast.Series{Values: values, Until: until, Every: 1, High: 1000, Deadline: deadline, Goal: &forecast.Goal{Value: goal}}
}

// months makes n values.
func months(n int, value func(i int) float64) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = value(i)
	}
	return all
}

// wobble is small, regular and without a trend.
func wobble(i int) float64 { return []float64{0, 0.3, -0.2, 0.1, -0.3, 0.2, 0}[i%7] }

func TestATrendGoesOn(t *testing.T) {
	f := forecast.Of(history(60, months(24, func(i int) float64 { return 20 + float64(i) + wobble(i) })...))
	require.Nil(t, f.Silent)
	require.InDelta(t, 20+23+24, *f.Value, 1)
	require.InDelta(t, 1, *f.Pace, 0.03)
	require.InDelta(t, (60-43)/24.0, *f.PaceNeeded, 0.03)
	require.InDelta(t, float64(calendar.MonthOf(2025, 5)), float64(*f.ReachedIn), 1)
	require.Greater(t, *f.Probability, 0.99)
	require.Equal(t, 0.8, f.Level)
	require.Equal(t, 8, f.BackTest.Ahead, "half of the months beyond the fewest")
	require.Equal(t, 9, f.BackTest.Months)
}

func TestWhatIsReachedAndWhatIsNot(t *testing.T) {
	rising := months(24, func(i int) float64 { return 20 + float64(i) + wobble(i) })
	falling := months(24, func(i int) float64 { return 60 - float64(i)/2 + wobble(i) })
	for _, c := range []struct {
		behaviour   string
		values      []float64
		goal        forecast.Goal
		reached     string
		probability [2]float64
		needed      float64
	}{
		{"what stands at its goal has reached it in its last month", rising, forecast.Goal{Value: 40}, "2023-12", [2]float64{0.99, 1}, 0},
		{"what falls never reaches it", falling, forecast.Goal{Value: 80}, "", [2]float64{0, 0.01}, (80 - 48.8) / 24},
		{"a margin below the goal still counts", rising, forecast.Goal{Value: 45, Margin: 3}, "2023-12", [2]float64{0.99, 1}, 2.0 / 24},
		{"beyond what can be there is no chance", rising, forecast.Goal{Value: 1001}, "", [2]float64{0, 0}, (1001 - 43) / 24.0},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			s := history(0, c.values...)
			s.Goal = &c.goal
			f := forecast.Of(s)
			if c.reached == "" {
				require.Nil(t, f.ReachedIn)
			} else {
				require.Equal(t, c.reached, f.ReachedIn.String())
			}
			require.GreaterOrEqual(t, *f.Probability, c.probability[0])
			require.LessOrEqual(t, *f.Probability, c.probability[1])
			require.InDelta(t, c.needed, *f.PaceNeeded, 0.03)
		})
	}
}

func TestASeasonIsGoneOnWith(t *testing.T) {
	season := []float64{0, 0, 0, 0, 0, 8, 8, 8, 0, 0, 0, -20}
	values := months(36, func(i int) float64 { return 50 + float64(i)/6 + season[i%12] + wobble(i) })
	f := forecast.Of(history(70, values...))
	require.InDelta(t, 50+59.0/6-20, *f.Value, 1.5, "the deadline is in December")
	require.InDelta(t, 1/6.0, *f.Pace, 0.03)
	require.Less(t, *f.High-*f.Low, 5.0, "the season is no scatter")
}

func TestWhatMovesInStepsGoesOnFromWhereItStands(t *testing.T) {
	s := history(200, months(36, func(i int) float64 { return 100 + 50*math.Floor(float64(i)/30) })...)
	s.Stock = true
	f := forecast.Of(s)
	require.InDelta(t, 150+24*50/35.0, *f.Value, 1e-9)
	require.InDelta(t, 50/35.0, *f.Pace, 1e-9)
	require.Less(t, *f.Low, 150.0)
	near := s
	near.Deadline = until + 3
	require.Less(t, *forecast.Of(near).High-*forecast.Of(near).Low, *f.High-*f.Low, "the nearer, the surer")
}

func TestLongerPeriodsCountOneByOne(t *testing.T) {
	s := forecast.Series{Values: []float64{60, 63.5, 65.5, 69}, Until: until, Every: 12, High: 100, Deadline: deadline, Goal: &forecast.Goal{Value: 80}}
	f := forecast.Of(s)
	require.Nil(t, f.Silent)
	require.InDelta(t, 75, *f.Value, 1, "two years on")
	require.InDelta(t, 0.25, *f.Pace, 0.03, "a month")
	require.Zero(t, (*f.ReachedIn-until)%12, "a period's end")
	s.Values = s.Values[1:]
	require.Equal(t, "Only 3 complete periods have a value; a forecast needs 4.", forecast.Of(s).Silent.English)
}

func TestItIsSilentWhereTheMonthsCannotCarryIt(t *testing.T) {
	for _, c := range []struct {
		behaviour, why string
		s              forecast.Series
	}{
		{"nothing at all", "Only 0 complete months have a value; a forecast needs 8.", history(60)},
		{"only gaps", "Only 0 complete months have a value; a forecast needs 8.", history(60, gap, gap)},
		{"too few months", "Only 3 complete months have a value; a forecast needs 8.", history(60, 1, 2, 3)},
		{"no variation", "The value has not changed since 2022-12; there is no trend to go on.", history(60, months(13, func(int) float64 { return 7 })...)},
		{"gaps", "Only 8 of the 15 periods from 2022-10 to 2023-12 have a value; fill the gaps first.", history(60, months(15, func(i int) float64 {
			if i%2 == 1 {
				return gap
			}
			return float64(i)
		})...)},
		{"nothing new for long", "There is no value of a complete month after 2023-08; record what is missing first.",
			history(60, append(months(20, func(i int) float64 { return float64(i) }), gap, gap, gap, gap)...)},
		{"too far ahead", "A history of 12 months cannot carry a forecast 37 months ahead; it needs 19.", func() forecast.Series {
			s := history(60, months(12, func(i int) float64 { return float64(i) })...)
			s.Deadline = until + 37
			return s
		}()},
		{"the deadline is over", "There are values up to 2023-12: nothing is left to forecast before the deadline in 2023-12; see the value itself.",
			func() forecast.Series {
				s := history(60, months(20, func(i int) float64 { return float64(i) })...)
				s.Deadline = until
				return s
			}()},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			f := forecast.Of(c.s)
			require.Equal(t, c.why, f.Silent.English)
			require.NotEmpty(t, f.Silent.Chinese)
			require.Nil(t, f.Value)
			require.Nil(t, f.Probability)
			require.Nil(t, f.BackTest)
		})
	}
}

func TestTheBackTestSaysHowFarOffItWas(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	steady := months(60, func(i int) float64 { return 300 + float64(i) + 4*noise.NormFloat64() })
	b := forecast.Of(history(400, steady...)).BackTest
	require.Equal(t, 12, b.Ahead)
	require.Equal(t, 60-8-12+1, b.Months)
	require.InDelta(t, 4, b.MAE, 1.5, "the scatter of a month, and a little for the line")

	turned := months(60, func(i int) float64 { return 300 + 5*math.Min(float64(i), 30) + 4*noise.NormFloat64() })
	require.Greater(t, forecast.Of(history(500, turned...)).BackTest.MAE, 2*b.MAE, "nobody foresaw that it would stop")
}

func TestAllIsEachOfThem(t *testing.T) {
	noise := rand.New(rand.NewPCG(3, 4))
	series := make([]forecast.Series, 50)
	for i := range series {
		series[i] = history(60, months(10+i, func(j int) float64 { return float64(j) + noise.NormFloat64() })...)
	}
	for i, f := range forecast.All(series) {
		require.Equal(t, forecast.Of(series[i]), f)
	}
	require.Empty(t, forecast.All(nil))
}

// drawSeries is any history: with gaps, steps, outliers and any goal.
func drawSeries(t *rapid.T) forecast.Series {
	values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
		if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
			return gap
		}
		return rapid.Float64Range(0, 1000).Draw(t, "value")
	}), 0, 70).Draw(t, "values")
	s := history(rapid.Float64Range(-10, 1100).Draw(t, "goal"), values...)
	s.Every = rapid.SampledFrom([]int{1, 1, 3, 12}).Draw(t, "every")
	s.Stock = rapid.Bool().Draw(t, "stock")
	s.Deadline = until + calendar.Month(rapid.IntRange(-5, 80).Draw(t, "ahead"))
	return s
}

func TestWhateverHasBeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t)
		f := forecast.Of(s)
		if f.Silent != nil {
			require.Nil(t, f.Value)
			require.NotEmpty(t, f.Silent.Chinese)
			return
		}
		require.LessOrEqual(t, s.Low, *f.Low)
		require.LessOrEqual(t, *f.Low, *f.Value)
		require.LessOrEqual(t, *f.Value, *f.High)
		require.LessOrEqual(t, *f.High, s.High)
		require.GreaterOrEqual(t, *f.Probability, 0.0)
		require.LessOrEqual(t, *f.Probability, 1.0)
		if f.ReachedIn != nil {
			require.LessOrEqual(t, *f.ReachedIn, until+600)
		}
		if f.BackTest != nil {
			require.GreaterOrEqual(t, f.BackTest.Coverage, 0.0)
			require.LessOrEqual(t, f.BackTest.Coverage, 1.0)
		}
		easier := s
		easier.Goal = &forecast.Goal{Value: s.Goal.Value - 50}
		require.GreaterOrEqual(t, *forecast.Of(easier).Probability, *f.Probability, "an easier goal is no less probable")
	})
}

// synthetic is a straight line with a season and noise, of months and what comes after them.
type synthetic struct {
	from, slope, season, sigma float64
	phase                      int
	noise                      *rand.Rand
}

func (s synthetic) at(i int) float64 {
	return s.from + s.slope*float64(i) + s.season*math.Sin(2*math.Pi*float64(i+s.phase)/12) + s.sigma*s.noise.NormFloat64()
}

func drawn(noise *rand.Rand) synthetic {
	return synthetic{
		from: 300 + 300*noise.Float64(), slope: 3 * (noise.Float64() - 0.5), season: 30 * noise.Float64() * float64(noise.IntN(2)),
		sigma: 1 + 9*noise.Float64(), phase: noise.IntN(12), noise: noise,
	}
}

// stairs stay until something adds to them, once in eight months or so.
func stairs(noise *rand.Rand) func(int) float64 {
	value := 100.0
	return func(int) float64 {
		if noise.IntN(8) == 0 {
			value += 50 * noise.Float64()
		}
		return value
	}
}

// TestTheIntervalHoldsWhatItSays: of lines with noise, with or without a season, and of stairs, about as many come to lie
// in the interval as it promises, whatever the length of the history and the time ahead, and with wild months among them.
func TestTheIntervalHoldsWhatItSays(t *testing.T) {
	line := func(noise *rand.Rand) func(int) float64 { return drawn(noise).at }
	for _, c := range []struct {
		behaviour     string
		truth         func(*rand.Rand) func(int) float64
		length, ahead int
		wild, stock   bool
		least, most   float64
	}{
		{"a year of a line", line, 12, 12, false, false, 0.75, 0.92},
		{"two years", line, 24, 12, false, false, 0.75, 0.92},
		{"three years, far ahead", line, 36, 36, false, false, 0.75, 0.92},
		{"five years", line, 60, 24, false, false, 0.75, 0.92},
		{"three years with wild months", line, 36, 24, true, false, 0.75, 0.92},
		{"five years with wild months", line, 60, 24, true, false, 0.75, 0.92},
		{"two years of stairs", stairs, 24, 24, false, true, 0.75, 0.92},
		{"four years of stairs", stairs, 48, 24, false, true, 0.75, 0.92},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			const rounds = 600
			noise := rand.New(rand.NewPCG(uint64(c.length), uint64(c.ahead)))
			held := 0
			for range rounds {
				all := months(c.length+c.ahead, c.truth(noise))
				for i := range all[:c.length] {
					if c.wild && noise.IntN(20) == 0 {
						all[i] = 1000 * noise.Float64()
					}
				}
				s := history(500, all[:c.length]...)
				s.Low, s.High, s.Deadline, s.Stock = math.Inf(-1), math.Inf(1), until+calendar.Month(c.ahead), c.stock
				f := forecast.Of(s)
				if then := all[len(all)-1]; f.Silent == nil && *f.Low <= then && then <= *f.High {
					held++
				}
			}
			share := float64(held) / rounds
			t.Logf("%.3f", share)
			require.GreaterOrEqual(t, share, c.least)
			require.LessOrEqual(t, share, c.most)
		})
	}
}

// TestOutliersDoNotMoveIt: months gone wild, by hundreds, move what is foreseen by no more than the scatter of ordinary ones
// and the season that may be lost in it. Two of the last three would look like a new stand, and two of the same month of the
// year like a season.
func TestOutliersDoNotMoveIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		noise := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
		truth := drawn(noise)
		values := months(36, truth.at)
		calm := forecast.Of(history(500, values...))
		first := rapid.IntRange(0, 35).Draw(t, "first")
		for _, i := range []int{first, first + rapid.IntRange(3, 9).Draw(t, "later")} {
			values[i%36] = rapid.Float64Range(0, 1000).Draw(t, "value")
		}
		wild := forecast.Of(history(500, values...))
		require.InDelta(t, *calm.Value, *wild.Value, 8*truth.sigma+1.5*truth.season)
		require.InDelta(t, *calm.Pace, *wild.Pace, truth.sigma/3+truth.season/20)
	})
}

// BenchmarkAllCells forecasts 35 indicators of 113 areas from 60 months each.
func BenchmarkAllCells(b *testing.B) {
	noise := rand.New(rand.NewPCG(5, 6))
	series := make([]forecast.Series, 35*113)
	for i := range series {
		series[i] = history(800, months(60, drawn(noise).at)...)
	}
	for b.Loop() {
		forecast.All(series)
	}
}
