package forecast

import "math"

const (
	window      = 36 // months that a trend is read from: older ones say what was, not what is
	enoughToSay = 5  // tests from which on they say something
	widest      = 3  // times the width, however wrong the past was
)

// way is a way of going on, of which places are counted from its last point.
type way interface {
	at(ahead int) prospect
	pace() float64 // per place
	now() float64  // where it stands at its last point
}

// The ways that are tried.
const (
	theLine = iota
	theWalk
	waysTried
)

// observer walks through a series as it came. Its buffers are used again by each fit.
type observer struct {
	series       Series
	points       []point
	fewest       int
	seasonal     bool
	slopes, rest []float64
	copies       []float64
	few, places  []float64
	tests        []test // in the order of their months
	alike        []test
}

// test is what was forecast of a month that is known today.
type test struct {
	x       int
	season  bool // the line had one
	err     [waysTried]float64
	half    [waysTried]float64
	chosen  int
	widened float64
}

func newObserver(s Series, points []point) *observer {
	return &observer{series: s, points: points, fewest: fewest(s.Every), seasonal: s.Every == 1}
}

// testAhead is how many places ahead is tested: at most a year, as far into one as the deadline is but at least half of
// one, so that a season helps and hinders as it will; a shorter past is tested over a shorter time.
func (o *observer) testAhead(ahead int) int {
	perYear := year / o.series.Every
	if rest := ahead % perYear; ahead > perYear && rest > 0 {
		ahead = max(rest, perYear/2)
	}
	return max(1, min(ahead, perYear, (len(o.points)-o.fewest)/2))
}

// walkThroughThePast answers the way that is chosen at the last point, how much wider its interval is to be than it says
// itself, and how forecasts so many places ahead would have turned out.
func (o *observer) walkThroughThePast(ahead int) (chosen way, widened float64, back *BackTest) {
	for n := o.fewest; n <= len(o.points); n++ {
		known := o.points[:n]
		last := known[n-1].x
		due := last + ahead
		newest := n == len(o.points)
		if !newest && (due >= len(o.series.Values) || math.IsNaN(o.series.Values[due])) {
			continue
		}
		known = o.newest(known)
		w, l := newWalk(known, o.series.Stock), line{}
		if !o.series.Stock {
			l = o.newLine(known)
		}
		alike := o.settled(last, l.seasonal)
		best := o.nearer(alike)
		widened := o.widening(alike, best)
		switch {
		case newest && best == theWalk:
			return w, widened, o.verdict(ahead)
		case newest:
			return l, widened, o.verdict(ahead)
		}
		t := test{x: due, season: l.seasonal, chosen: best, widened: widened}
		for k, p := range [waysTried]prospect{theLine: l.at(ahead), theWalk: w.at(ahead)} {
			t.err[k], t.half[k] = math.Abs(o.series.Values[due]-o.series.bounded(p.mean)), p.half()
		}
		o.tests = append(o.tests, t)
	}
	return nil, 1, nil // not reached: there are enough points
}

// newest keeps the points of the window, or the fewest that say something.
func (o *observer) newest(known []point) []point {
	last := known[len(known)-1].x
	for len(known) > o.fewest && (last-known[0].x)*o.series.Every >= window {
		known = known[1:]
	}
	return known
}

// settled are the tests whose month has come, of a line with a season or of one without: one says nothing of the other.
func (o *observer) settled(x int, season bool) []test {
	o.alike = o.alike[:0]
	for _, t := range o.tests {
		if t.x <= x && t.season == season {
			o.alike = append(o.alike, t)
		}
	}
	return o.alike
}

// nearer is the way that was nearer so far; the line before that can be said. What stays goes on from where it stands.
func (o *observer) nearer(alike []test) int {
	off := 0.0
	for _, t := range alike {
		off += t.err[theWalk] - t.err[theLine]
	}
	if o.series.Stock || len(alike) >= enoughToSay && off < 0 {
		return theWalk
	}
	return theLine
}

// widening is by how much the intervals of a way should have been wider so far.
func (o *observer) widening(alike []test, k int) float64 {
	if len(alike) < enoughToSay {
		return 1
	}
	ratios := o.copies[:0]
	for _, t := range alike {
		ratios = append(ratios, t.err[k]/max(t.half[k], math.SmallestNonzeroFloat32))
	}
	o.copies = ratios
	return min(max(nth(ratios, int(math.Ceil(Level*float64(len(ratios))))-1), 1), widest)
}

// verdict sums the tests up; nil where there are too few to say anything.
func (o *observer) verdict(ahead int) *BackTest {
	if len(o.tests) < enoughToSay {
		return nil
	}
	off, held := 0.0, 0
	for _, t := range o.tests {
		off += t.err[t.chosen]
		if t.err[t.chosen] <= t.half[t.chosen]*t.widened {
			held++
		}
	}
	n := float64(len(o.tests))
	return &BackTest{Months: len(o.tests), Ahead: ahead * o.series.Every, MAE: off / n, Coverage: float64(held) / n}
}

func (o *observer) copied(values []float64) []float64 {
	o.copies = append(o.copies[:0], values...)
	return o.copies
}
