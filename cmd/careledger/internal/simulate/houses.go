package simulate

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// house is an institution, or a childcare institution: how many may be taken in, and how many are.
type house struct {
	folk
	room  int
	taken int
}

// works is what is built over the months: how much each house has of each thing, and the steps that made it so.
type works struct {
	l        *life
	category string
	houses   []*house
	dice     dice
	begun    []int // the month in which each house is registered
	weight   []float64
	steps    [][]step
}

// newWorks makes houses as a count of them grows.
func (l *life) newWorks(category string, of sort, count string, size func(i int) float64) *works {
	w := &works{l: l, category: category, dice: l.dice(sortWorks, uint64(of))}
	for m, n := range l.counts[count] {
		for i := len(w.begun); i < max(n, 1); i++ {
			h := &house{folk: newFolk(l.dice(of, uint64(i)))}
			h.town = anyTown(l.towns, &h.dice)
			w.houses, w.begun, w.weight = append(w.houses, h), append(w.begun, m), append(w.weight, size(i)*(0.6+0.8*h.unit()))
		}
	}
	w.steps = make([][]step, len(w.begun))
	return w
}

// begins is the day on which a house was registered: years before, where it stands when the records begin.
func (w *works) begins(i int) calendar.Day {
	if w.begun[i] == 0 {
		return w.l.first - 400 - calendar.Day(mix(uint64(i))%1500)
	}
	return w.l.month(w.begun[i]).First() + 1
}

// lot is what one house takes of a month's rise.
type lot struct{ house, n int }

// rises are by how much a count rises in each month; in the first, to what stands then.
func (l *life) rises(count string) []int {
	rises, most := make([]int, l.months()), 0
	for m, n := range l.counts[count] {
		rises[m] = max(0, n-most)
		most = max(most, n)
	}
	return rises
}

// lots parts a month's rise among the houses, in lots of around so many where it is not the first month. room is what a
// house can take; what nobody can is left.
func (w *works) lots(month, rise, size int, room func(i int) int) (lots []lot, left int) {
	if month == 0 {
		return w.found(rise, room)
	}
	given := map[int]int{}
	for rise > 0 {
		i := w.choose(month, func(i int) int { return room(i) - given[i] })
		if i < 0 {
			break
		}
		n := min(rise, room(i)-given[i], max(1, size/2+w.dice.below(size)))
		lots = append(lots, lot{i, n})
		given[i] += n
		rise -= n
	}
	return lots, rise
}

// found parts what stands when the records begin by the houses' weights.
func (w *works) found(total int, room func(i int) int) (lots []lot, left int) {
	weights := make([]float64, len(w.begun))
	for i := range weights {
		if w.begun[i] == 0 {
			weights[i] = w.weight[i]
		}
	}
	parts := share(total, weights)
	for range 2 { // what the last ones have no room for goes to the first
		for i := range parts {
			if w.begun[i] == 0 {
				parts[i] += left
				left = max(0, parts[i]-room(i))
				parts[i] -= left
			}
		}
	}
	for i, n := range parts {
		if n > 0 {
			lots = append(lots, lot{i, n})
		}
	}
	return lots, left
}

// choose draws a house with room, by weight; a new one comes first. -1: there is none.
func (w *works) choose(month int, room func(i int) int) int {
	sum, best := 0.0, -1
	for i := range w.begun {
		if w.begun[i] > month || room(i) <= 0 {
			continue
		}
		if w.begun[i] == month {
			return i
		}
		sum += w.weight[i]
		if w.dice.unit()*sum < w.weight[i] {
			best = i
		}
	}
	return best
}

// on is a day of a month. What stands when the records begin was made soon after the registration.
func (w *works) on(lot lot, month, day int) calendar.Day {
	day += w.dice.below(6)
	if month == 0 {
		return w.begins(lot.house) + 30 + calendar.Day(day)
	}
	return w.l.month(month).First() + calendar.Day(day)
}

// add adds a record of a house, and what happens with it.
func (w *works) add(i int, on calendar.Day, e event.Event, done func()) {
	h := w.houses[i]
	w.steps[i] = append(w.steps[i], step{on: on, done: done, Record: Record{
		ID: h.next(), Category: w.category, Subject: h.id, Area: w.l.towns[h.town].code, Event: e,
	}})
}

// start begins the houses' lives. Theirs is the first that is brought in.
func (w *works) start() {
	for i, h := range w.houses {
		w.l.begin(nameOf(h.id), w.steps[i], w.l.first)
	}
}
