package forecast

import "math"

// walk goes on from where the value stands, at its mean pace; what each step adds or takes away stays.
type walk struct {
	from   float64
	drift  float64
	spread float64 // of one step
	length float64 // steps that were seen
	df     int
}

// newWalk reads the steps between known values; a step over a gap counts as the several that it is. What does not stay
// by itself, and so may be wild in its last month, stands at the middle of its last three values.
func newWalk(known []point, stays bool) walk {
	first, last := known[0], known[len(known)-1]
	if !stays {
		first, last = middle(known[:3]), middle(known[len(known)-3:])
	}
	w := walk{length: float64(last.x - first.x), df: len(known) - 2}
	w.drift = (last.y - first.y) / w.length
	w.from = last.y + w.drift*float64(known[len(known)-1].x-last.x)
	sum := 0.0
	for i, p := range known[1:] {
		before := known[i]
		steps := float64(p.x - before.x)
		off := p.y - before.y - w.drift*steps
		sum += off * off / steps
	}
	w.spread = math.Sqrt(sum / float64(w.df))
	return w
}

// middle is the second place of three, with the middle one of their values.
func middle(three []point) point {
	a, b, c := three[0].y, three[1].y, three[2].y
	return point{three[1].x, max(min(a, b), min(max(a, b), c))}
}

func (w walk) at(ahead int) prospect {
	h := float64(ahead)
	return prospect{w.from + w.drift*h, w.spread * math.Sqrt(h+h*h/w.length), w.df}
}

func (w walk) pace() float64 { return w.drift }
func (w walk) now() float64  { return w.from }
