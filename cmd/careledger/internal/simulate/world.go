package simulate

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
)

// The parts of a prefecture that can be lived by themselves.
const (
	Houses   = "houses"   // institutions, childcare institutions, their residents and children
	Units    = "units"    // communities, estates, schools, hospitals, staff
	Reports  = "reports"  // figures that offices report
	Retrofit = "retrofit" // home retrofits
	Elders   = "elders"
	Children = "children"
)

// Parts lists them.
func Parts() []string { return []string{Houses, Units, Reports, Retrofit, Elders, Children} }

// Options: Scale 1 is the prefecture of the figures, 0.01 to 100 are allowed. From and To are the first and last month of
// receipt, as far as the figures reach; what was received before From counts as received when From begins. A later To
// only adds records. Parts: none means all. Series are the
// reported figures that are wanted with their units; none means all.
type Options struct {
	Seed     uint64
	Scale    float64
	From, To calendar.Month
	Figures  *Figures
	Areas    *area.Table
	Parts    []string
	Series   map[string]string
}

// World is a prefecture that can be lived as often as one likes, each time the same.
type World struct {
	Options
	towns   []town
	horizon calendar.Month // the last month of the figures
	// counts and shares are by month from the opening to the horizon.
	counts map[string][]int
	shares map[string][]float64
}

const (
	smallest = 0.01
	largest  = 100
)

// New checks the options.
func New(o Options) (*World, error) {
	switch {
	case o.Figures == nil || o.Areas == nil || o.Areas.Root().Code != o.Figures.Prefecture:
		return nil, fmt.Errorf("the figures and the areas must be those of one prefecture / 参数文件与行政区划须属于同一州市")
	case math.IsNaN(o.Scale) || o.Scale < smallest || o.Scale > largest:
		return nil, fmt.Errorf("the scale must be from 0.01 to 100 / 规模须在0.01至100之间")
	}
	horizon := o.Figures.horizon()
	if o.From < o.Figures.Opening || o.To < o.From || o.To > horizon {
		return nil, fmt.Errorf("the months must lie from %s to %s, the first before the last / 起止月份须在%[1]s至%[2]s之间且先后有序", o.Figures.Opening, horizon)
	}
	for _, part := range o.Parts {
		if !slices.Contains(Parts(), part) {
			return nil, fmt.Errorf("there is no part %q: choose from %v / 没有这个部分", part, Parts())
		}
	}
	for _, s := range o.Figures.Reported {
		if unit, counted := o.Series[s.Series]; counted && unit != s.Unit {
			return nil, fmt.Errorf("the figures report %s in %s, the plan counts it in %s / 上报数单位与规划不一致", s.Series, s.Unit, unit)
		}
	}
	w := &World{Options: o, horizon: horizon, towns: townsOf(o.Seed, o.Areas, o.Figures.Counties), counts: map[string][]int{}, shares: map[string][]float64{}}
	for name, c := range o.Figures.Counts {
		for m := o.Figures.Opening; m <= horizon; m++ {
			w.counts[name] = append(w.counts[name], scaled(c.at(m), o.Scale))
		}
	}
	for name, c := range o.Figures.Shares {
		for m := o.Figures.Opening; m <= horizon; m++ {
			w.shares[name] = append(w.shares[name], c.at(m))
		}
	}
	return w, nil
}

// scaled is a count at a scale; where there is something, one at least is left of it.
func scaled(count, scale float64) int {
	n := int(math.Round(count * scale))
	if count >= 1 {
		return max(n, 1)
	}
	return n
}

// months is how many months the figures reach.
func (w *World) months() int { return int(w.horizon-w.Figures.Opening) + 1 }

// at is the place of a day's month in counts and shares, the nearest where it lies outside.
func (w *World) at(day calendar.Day) int {
	return min(max(int(day.Month()-w.Figures.Opening), 0), w.months()-1)
}

func (w *World) month(i int) calendar.Month { return w.Figures.Opening + calendar.Month(i) }

func (w *World) wants(part string) bool { return len(w.Parts) == 0 || slices.Contains(w.Parts, part) }

func (w *World) dice(of sort, number uint64) dice { return diceOf(w.Seed, of, number) }

// people is how many come of a flow from the beginning of its first year until the end of a month, at this scale.
func (w *World) people(flow string, until calendar.Month) int {
	years, sum := w.Figures.Flows[flow], 0.0
	given := slices.Sorted(maps.Keys(years))
	first := calendar.MonthOf(yearOf(given[0]), time.January)
	for m := first; m <= until; m++ {
		sum += ofYear(years, int(m)/12) / 12
	}
	return int(math.Round(sum * w.Scale))
}

// arrivals are how many of a flow come in each month from one to another.
func (w *World) arrivals(flow string, from, to calendar.Month) []int {
	before := w.people(flow, from-1)
	var all []int
	for m := from; m <= to; m++ {
		upTo := w.people(flow, m)
		all = append(all, upTo-before)
		before = upTo
	}
	return all
}

// Records lives the prefecture, and gives its records in the order in which they were received.
func (w *World) Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		l := &life{
			World: w, yield: yield, today: w.Figures.Opening.First(), first: w.Figures.Opening.First(), last: w.To.Last(), end: w.horizon.Last(), from: instant(w.From.First(), 0),
		}
		l.days = make([][]turn, l.last-l.first+1)
		l.populate()
		l.run()
	}
}
