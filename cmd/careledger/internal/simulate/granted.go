package simulate

import (
	"cmp"
	"math"
	"slices"

	"github.com/careledger/careledger/domain/calendar"
)

// never is the month of what is not granted.
const never = -1

// granted says from which month on each of n has something of which a number is wanted at the end of each month: those
// who are there get it in the given order. A smaller number takes it from nobody.
func (l *life) granted(n int, begun func(i int) int, want func(month int) int, order []int) []int {
	from := slices.Repeat([]int{never}, n)
	have := 0
	for m := range l.months() {
		for _, i := range order {
			if have >= want(m) {
				break
			}
			if from[i] == never && begun(i) <= m {
				from[i] = m
				have++
			}
		}
	}
	return from
}

// of is a share of a number.
func of(n int, share float64) int { return int(math.Round(float64(n) * share)) }

// dayOf is a day of a month, or the earliest one for what has been since before the opening.
func (l *life) dayOf(earliest calendar.Day, month int, d *dice) calendar.Day {
	if month == 0 {
		return min(earliest, l.first-1)
	}
	return max(earliest, l.month(month).First()+calendar.Day(d.below(25)))
}

// inTurn is 0 to n-1.
func inTurn(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// ahead is 0 to n-1 by chance, those of townships whose visits are ahead a little sooner.
func (l *life) ahead(n int, salt uint64, town func(i int) int16) []int {
	order, place := inTurn(n), make([]float64, n)
	for i := range place {
		d := l.dice(sortWorks, mix(salt)^uint64(i))
		place[i] = d.unit() - l.towns[town(i)].visits
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
	return order
}

// byCounty is 0 to n-1, one of each county in turn.
func (l *life) byCounty(n int, town func(i int) int16) []int {
	rank, seen := make([]int, n), map[int]int{}
	county := func(i int) int { return l.towns[town(i)].countyAt }
	for i := range rank {
		rank[i] = seen[county(i)]
		seen[county(i)]++
	}
	order := inTurn(n)
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(county(a), county(b)))
	})
	return order
}
