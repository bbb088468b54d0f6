package simulate

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/area"
)

// town is a township, unlike any other.
type town struct {
	code, county string
	countyAt     int
	people       float64 // its share of the prefecture's people
	upTo         float64 // that of all townships up to it
	visits       float64 // how far its visit rate stands from the prefecture's; nothing on the whole
	late         float64 // which share of its records comes late
	wrong        float64 // which share of its records is wrong
	behind       int     // days that it takes to bring in what is older
	immunised    float64 // how far its rates for children stand above the lowest, 0 to 1
}

// townsOf gives each township its character.
func townsOf(seed uint64, areas *area.Table, counties map[string]county) []town {
	var towns []town
	for c, of := range areas.Children(areas.Root().Code) {
		given, known := counties[of.Code]
		d := diceOf(seed, sortTown, textNumber(of.Code))
		if !known {
			given = county{People: math.Exp(0.4 * d.normal()), Visits: 0.1 * d.normal()}
		}
		first, sum := len(towns), 0.0
		for _, a := range areas.Children(of.Code) {
			d := diceOf(seed, sortTown, textNumber(a.Code))
			size := math.Exp(0.45 * d.normal())
			if strings.HasSuffix(a.Name, "街道") { // in the city
				size *= 2
			}
			sum += size
			towns = append(towns, town{
				code: a.Code, county: of.Code, countyAt: c, people: size, visits: given.Visits + 0.04*d.normal(),
				late: 0.05 + 0.3*d.unit()*d.unit(), wrong: 0.004 + 0.02*d.unit(), behind: 3 + d.below(15),
			})
		}
		for i := first; i < len(towns); i++ {
			towns[i].people *= given.People / sum
		}
	}
	level(towns)
	order := make([]int, len(towns))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(hashed(seed, a), hashed(seed, b)) })
	for place, i := range order {
		towns[i].immunised = float64(place) / float64(max(1, len(order)-1))
	}
	return towns
}

// level makes the townships' people one whole, and their distances from the whole nothing together.
func level(towns []town) {
	people, visits := 0.0, 0.0
	for _, t := range towns {
		people += t.people
		visits += t.people * t.visits
	}
	upTo := 0.0
	for i := range towns {
		towns[i].visits -= visits / people
		towns[i].people /= people
		upTo += towns[i].people
		towns[i].upTo = upTo
	}
}

// anyTown draws a township by its people.
func anyTown(towns []town, d *dice) int16 {
	at := d.unit()
	i, _ := slices.BinarySearchFunc(towns, at, func(t town, at float64) int { return cmp.Compare(t.upTo, at) })
	return int16(min(i, len(towns)-1))
}

// share parts a total by weights into whole numbers whose running sums are those of the weights, rounded.
func share(total int, weights []float64) []int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	parts, upTo, given := make([]int, len(weights)), 0.0, 0
	for i, w := range weights {
		upTo += w
		to := int(math.Round(upTo / sum * float64(total)))
		parts[i] = to - given
		given = to
	}
	return parts
}

func hashed(seed uint64, i int) uint64 { return mix(seed ^ mix(uint64(i)+77)) }

func textNumber(code string) uint64 {
	n := uint64(0)
	for _, r := range code {
		n = n*31 + uint64(r)
	}
	return n
}
