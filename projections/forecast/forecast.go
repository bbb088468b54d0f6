package forecast

import (
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/careledger/careledger/domain/calendar"
)

// Level is the share of cases in which the value is to lie within the interval.
const Level = 0.8

// Series is what an indicator of an area has been, in the indicator's unit: one value every Every months, the last one of
// the period that ends with Until; NaN where there is none. Stock says that the value stays until something changes it.
// Values lie in Low to High (infinite where there is no bound). Deadline is the month of the forecast; Goal, where there is
// one, what the value shall be then.
type Series struct {
	Values    []float64
	Until     calendar.Month
	Every     int
	Stock     bool
	Low, High float64
	Deadline  calendar.Month
	Goal      *Goal
}

// Goal is reached by at least Value (Above: by more than it); Margin below it still counts, as it does in judging a value.
type Goal struct {
	Value  float64
	Margin float64
}

// Forecast is where a value will stand at the deadline. Value, Low and High are in the indicator's unit, Level is the share
// of cases for which the interval is meant, Probability that of reaching the goal, in [0,1]. Pace is the change per month
// so far, PaceNeeded the one that would reach the goal in time. ReachedIn is the month in which the goal would be reached
// at this pace, or in which it was found reached; nil: never, or not within fifty years. Where Silent is set nothing but
// PaceNeeded is given.
type Forecast struct {
	Value       *float64        `json:"value"`
	Low         *float64        `json:"low"`
	High        *float64        `json:"high"`
	Level       float64         `json:"level"`
	Probability *float64        `json:"probability"`
	Pace        *float64        `json:"pace"`
	PaceNeeded  *float64        `json:"pace_needed"`
	ReachedIn   *calendar.Month `json:"reached_in"`
	BackTest    *BackTest       `json:"back_test"`
	Silent      *Silence        `json:"silent"`
}

// BackTest says how well the same would have forecast the months that are known: each time Ahead months ahead, from each
// of Months past months with only what was known by then. MAE is the mean distance of the values from what was forecast,
// Coverage the share of them that lay in the interval.
type BackTest struct {
	Months   int     `json:"months"`
	Ahead    int     `json:"ahead"`
	MAE      float64 `json:"mae"`
	Coverage float64 `json:"coverage"`
}

// longestWait is how many months ahead a goal is looked for.
const longestWait = 600

// All forecasts each series; as many at a time as there are processors.
func All(series []Series) []Forecast {
	forecasts := make([]Forecast, len(series))
	workers := min(runtime.GOMAXPROCS(0), len(series))
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(series); i += workers {
				forecasts[i] = Of(series[i])
			}
		})
	}
	all.Wait()
	return forecasts
}

// Of forecasts one series.
func Of(s Series) Forecast {
	points := s.points()
	f := Forecast{Level: Level}
	if len(points) == 0 {
		f.Silent = tooFew(s.Every, 0)
		return f
	}
	last := points[len(points)-1]
	ahead := int(s.Deadline-s.monthOf(last.x)) / s.Every
	f.PaceNeeded = s.paceNeeded(last, ahead)
	if f.Silent = s.silence(points, ahead); f.Silent != nil {
		return f
	}
	o := newObserver(s, points)
	chosen, widened, back := o.walkThroughThePast(o.testAhead(ahead))
	p := chosen.at(ahead)
	p.spread = max(p.spread*widened, math.SmallestNonzeroFloat32)
	value, low, high := s.bounded(p.mean), s.bounded(p.mean-p.half()), s.bounded(p.mean+p.half())
	pace := chosen.pace() / float64(s.Every)
	f.Value, f.Low, f.High, f.Pace, f.BackTest = &value, &low, &high, &pace, back
	if s.Goal != nil {
		f.Probability = s.probability(p)
		f.ReachedIn = s.reachedIn(last, chosen)
	}
	return f
}

// bounded keeps a value within what the indicator can be.
func (s Series) bounded(v float64) float64 { return min(max(v, s.Low), s.High) }

// monthOf is the month with which the x-th value's period ends.
func (s Series) monthOf(x int) calendar.Month {
	return s.Until - calendar.Month((len(s.Values)-1-x)*s.Every)
}

// point is a value that is there; x counts the places of the series.
type point struct {
	x int
	y float64
}

func (s Series) points() []point {
	points := make([]point, 0, len(s.Values))
	for x, y := range s.Values {
		if !math.IsNaN(y) {
			points = append(points, point{x, y})
		}
	}
	return points
}

// reached reports whether a value meets the goal as it is judged.
func (s Series) reached(v float64) bool { return v >= s.Goal.Value-s.Goal.Margin }

func (s Series) paceNeeded(last point, ahead int) *float64 {
	if s.Goal == nil || ahead < 1 {
		return nil
	}
	pace := max(0, s.Goal.Value-last.y) / float64(ahead*s.Every)
	return &pace
}

func (s Series) probability(p prospect) *float64 {
	least := s.Goal.Value - s.Goal.Margin
	share := distuv.StudentsT{Mu: p.mean, Sigma: p.spread, Nu: float64(p.df)}.Survival(least)
	switch {
	case least > s.High:
		share = 0
	case least <= s.Low:
		share = 1
	}
	return &share
}

func (s Series) reachedIn(last point, w way) *calendar.Month {
	month := s.monthOf(last.x)
	if s.reached(last.y) {
		return &month
	}
	least := s.Goal.Value - s.Goal.Margin
	steps := math.Max(1, math.Ceil((least-w.now())/w.pace()))
	if least > s.High || w.pace() <= 0 || steps*float64(s.Every) > longestWait {
		return nil
	}
	month += calendar.Month(int(steps) * s.Every)
	return &month
}

// prospect is what is expected of one place ahead: a Student's t with this mean, spread and degrees of freedom.
type prospect struct {
	mean, spread float64
	df           int
}

// half is half the width of the interval.
func (p prospect) half() float64 { return p.spread * halfWidths()[min(p.df, mostDegrees)] }

const mostDegrees = 40

// halfWidths are, by degrees of freedom, how many spreads the interval reaches to each side.
var halfWidths = sync.OnceValue(func() [mostDegrees + 1]float64 {
	var widths [mostDegrees + 1]float64
	for df := 1; df <= mostDegrees; df++ {
		widths[df] = distuv.StudentsT{Sigma: 1, Nu: float64(df)}.Quantile((1 + Level) / 2)
	}
	return widths
})
