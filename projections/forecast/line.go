package forecast

import "math"

const (
	year          = 12
	wayOff        = 4.0  // standard deviations beyond which a value is taken for an outlier
	seasonPays    = 0.65 // the scatter with a season, as a share of that without, from which on there is one
	madEfficiency = 2.7  // as many values as a median distance needs to be as sure as a standard deviation of one
	mostMemory    = 0.8
)

// line is a robust straight line, with a season where there is one. Places are counted from its last point (0).
type line struct {
	level, slope     float64
	seasonal         bool
	season           [year]float64 // by place of the year, counted from the last point
	seasonVariance   float64       // of one of them, in variances of a value
	sigma            float64       // of a value around the line
	inflation        float64       // of the variance of level and slope, because one month is like the one before
	centre, sxx, eff float64       // of the places: their mean, their scatter, and the variance of a slope in units of 1/sxx
	n, df            float64
}

// newLine fits known values, at most a window of the newest.
func (o *observer) newLine(known []point) line {
	plain := o.fit(known, 1)
	if !o.seasonal || known[len(known)-1].x-known[0].x < 2*year-1 {
		return plain
	}
	if l := o.fit(known, year); l.seasonal && l.sigma < seasonPays*plain.sigma {
		return l
	}
	return plain
}

// fit takes the median of the slopes between all pairs of values that lie a multiple of lag apart: with a lag of a year
// no season moves it.
func (o *observer) fit(known []point, lag int) line {
	last := known[len(known)-1].x
	slopes := o.slopes[:0]
	for i, p := range known {
		for _, q := range known[:i] {
			if apart := p.x - q.x; lag == 1 || apart%lag == 0 {
				slopes = append(slopes, (p.y-q.y)/float64(apart))
			}
		}
	}
	o.slopes = slopes
	l := line{n: float64(len(known)), slope: median(slopes), inflation: 1}
	rest := o.rest[:0]
	for _, p := range known {
		rest = append(rest, p.y-l.slope*float64(p.x-last))
		l.centre += float64(p.x-last) / l.n
	}
	o.rest = rest
	l.level = median(o.copied(rest))
	for i := range rest {
		rest[i] -= l.level
	}
	free := l.n - 2
	if lag == 1 {
		l.scatter(known, last)
		l.sigma = scale(o.copied(rest)) * math.Sqrt(l.n/free)
	} else if !o.addSeason(&l, known, last) {
		return l
	} else {
		free -= year - 1
	}
	l.inflation = inflation(known, rest, l.sigma)
	l.df = max(3, free/madEfficiency)
	return l
}

// scatter notes how well the places carry a slope.
func (l *line) scatter(known []point, last int) {
	for _, p := range known {
		off := float64(p.x-last) - l.centre
		l.sxx += off * off
	}
	l.eff = 1.1
}

// addSeason reads what the months of a year have in common from what the line leaves (o.rest, which it takes it out of).
// A month of which there is but one value says that there is no knowing.
func (o *observer) addSeason(l *line, known []point, last int) bool {
	l.sigma = o.yearApart(l.slope, known)
	var season [year]float64
	shortest := window
	for m := range season {
		same, places := o.few[:0], o.places[:0]
		for i, p := range known {
			if place(p.x-last) == m {
				same, places = append(same, o.rest[i]), append(places, float64(p.x-last))
			}
		}
		o.few, o.places = same, places
		if len(same) < 2 {
			return false
		}
		shortest = min(shortest, len(same))
		l.sxx += scattered(places)
		season[m] = middleOfFew(same, wayOff*l.sigma)
	}
	mean := 0.0
	for _, s := range season {
		mean += s / year
	}
	for m := range season {
		season[m] -= mean
	}
	l.level += mean
	for i, p := range known {
		o.rest[i] -= mean + season[place(p.x-last)]
	}
	l.seasonal, l.season, l.eff, l.seasonVariance = true, season, 1.5, 1.3/float64(shortest)
	return true
}

// yearApart is the scatter of a value, from pairs a year apart, which have the season in common.
func (o *observer) yearApart(slope float64, known []point) float64 {
	off := o.slopes[:0]
	for i, p := range known {
		for j := i - 1; j >= 0 && p.x-known[j].x <= year; j-- {
			if p.x-known[j].x == year {
				off = append(off, p.y-known[j].y-slope*year)
			}
		}
	}
	return scale(off) / math.Sqrt2
}

// middleOfFew is the median of a month's few values; of two that cannot both be right, the less unusual one.
func middleOfFew(same []float64, apart float64) float64 {
	if len(same) == 2 && math.Abs(same[0]-same[1]) > apart*math.Sqrt2 {
		if math.Abs(same[0]) < math.Abs(same[1]) {
			return same[0]
		}
		return same[1]
	}
	return median(same)
}

// place is the place of the year of one counted from the last point.
func place(x int) int { return (x%year + year) % year }

func scattered(values []float64) float64 {
	mean, sum := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return sum
}

// inflation says by how much level and slope are less sure than of independent values, from how much one month's rest has
// in common with the one before; outliers are cut.
func inflation(known []point, rest []float64, sigma float64) float64 {
	cut := func(v float64) float64 { return min(max(v, -2*sigma), 2*sigma) }
	both, squares := 0.0, 0.0
	for i, v := range rest {
		squares += cut(v) * cut(v)
		if i > 0 && known[i].x == known[i-1].x+1 {
			both += cut(v) * cut(rest[i-1])
		}
	}
	if squares == 0 {
		return 1
	}
	memory := both / squares
	memory += (2 + 4*memory) / float64(len(rest)) // a fitted line hides some of it
	memory = min(max(memory, 0), mostMemory)
	return (1 + memory) / (1 - memory)
}

func (l line) at(ahead int) prospect {
	h := float64(ahead)
	mean, variance := l.level+l.slope*h, 1.0
	if l.seasonal {
		mean += l.season[place(ahead)]
		variance += l.seasonVariance
	}
	const medianEfficiency = math.Pi / 2
	off := h - l.centre
	variance += l.inflation * (medianEfficiency/l.n + l.eff*off*off/l.sxx)
	return prospect{mean, l.sigma * math.Sqrt(variance), int(l.df)}
}

func (l line) pace() float64 { return l.slope }
func (l line) now() float64  { return l.level }
