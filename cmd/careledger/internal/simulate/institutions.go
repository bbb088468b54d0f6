package simulate

import (
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/standing"
)

const (
	lotOfBeds   = 60
	bedsGivenUp = 10 // each June, somewhere, and set up anew elsewhere
)

// institutionKind answers the kind of the n-th institution: first the kinds of which there are fixed numbers at scale 1.
func (l *life) institutionKind(n int) institutionKind {
	first, of := l.counts["institutions"][0], 0
	for _, k := range l.Figures.InstitutionKinds {
		of += k.Count
	}
	if n >= max(first, 1) {
		return l.Figures.NewInstitutions
	}
	at := n * of / max(first, 1)
	for _, k := range l.Figures.InstitutionKinds {
		if at -= k.Count; at < 0 {
			return k
		}
	}
	return l.Figures.NewInstitutions
}

// bedding is what the institutions have while they are built.
type bedding struct {
	*works
	beds, nursing, operating []int
}

// institutions are built by the annual steps: some beds are nursing-type from the beginning, others are converted; some
// are put into operation, and some given up.
func (l *life) institutions() {
	b := bedding{works: l.newWorks("institution", sortHouse, "institutions", func(i int) float64 { return l.institutionKind(i).Size })}
	n := len(b.houses)
	b.beds, b.nursing, b.operating = make([]int, n), make([]int, n), make([]int, n)
	for i, h := range b.houses {
		k := l.institutionKind(i)
		b.add(i, b.begins(i), institution.Registered{
			Institution: h.id, Area: l.towns[h.town].code, Name: k.Name + numeral(i+1), Kind: institution.Kind(k.Kind),
			Ownership: institution.Ownership(k.Ownership), RegisteredOn: b.begins(i),
		}, nil)
	}
	beds, nursing, operating := l.rises("beds"), l.rises("beds_nursing"), l.rises("beds_operating")
	for m := range l.months() {
		rise := beds[m]
		if m > 0 && l.month(m)%12 == calendar.Month(time.June-1) {
			rise += b.giveUp(m, bedsGivenUp)
		}
		left := b.convert(m, b.open(m, rise, nursing[m]))
		later := b.operate(m, operating[m])
		if m+1 < l.months() {
			nursing[m+1] += left
			operating[m+1] += later
		}
	}
	town := func(i int) int16 { return b.houses[i].town }
	contracts := func(m int) int { return of(l.counts["institutions"][m], l.shares["medical_contracts"][m]) }
	for i, from := range l.granted(n, func(i int) int { return b.begun[i] }, contracts, l.ahead(n, 2, town)) {
		if from != never {
			b.holds(i, l.dayOf(b.begins(i)+90, from, &b.houses[i].dice), standing.Institution, "medical_contract", 0)
		}
	}
	l.houses = b.houses
	b.start()
}

// open sets beds up, nursing-type ones as far as more are wanted, and answers how many of those are left to convert.
func (b *bedding) open(month, rise, nursing int) (left int) {
	lots, _ := b.lots(month, rise, lotOfBeds, func(int) int { return 1 << 20 })
	for _, lot := range lots {
		n := min(lot.n, nursing)
		if month == 0 { // a quarter of them was converted
			n = min(lot.n, lot.n*b.l.counts["beds_nursing"][0]*3/4/max(1, rise), nursing)
		}
		nursing -= n
		b.beds[lot.house] += lot.n
		b.nursing[lot.house] += n
		on := b.on(lot, month, 2)
		b.add(lot.house, on, institution.BedsOpened{Institution: b.houses[lot.house].id, Beds: lot.n, NursingBeds: n, OpenedOn: on}, nil)
	}
	return nursing
}

func (b *bedding) convert(month, rise int) (left int) {
	lots, left := b.lots(month, rise, lotOfBeds/2, func(i int) int { return b.beds[i] - b.nursing[i] })
	for _, lot := range lots {
		b.nursing[lot.house] += lot.n
		on := b.on(lot, month, 10)
		b.add(lot.house, on, institution.BedsConverted{Institution: b.houses[lot.house].id, Beds: lot.n, ConvertedOn: on}, nil)
	}
	return left
}

func (b *bedding) operate(month, rise int) (left int) {
	lots, left := b.lots(month, rise, lotOfBeds/2, func(i int) int { return b.beds[i] - b.operating[i] })
	for _, lot := range lots {
		h := b.houses[lot.house]
		b.operating[lot.house] += lot.n
		on := b.on(lot, month, 18)
		b.add(lot.house, on, institution.BedsPutIntoOperation{Institution: h.id, Beds: lot.n, OperatedOn: on}, func() { h.room += lot.n })
	}
	return left
}

// giveUp closes beds that are neither nursing-type nor in operation, and answers how many.
func (b *bedding) giveUp(month, n int) int {
	i := b.choose(month, func(i int) int { return b.beds[i] - max(b.nursing[i], b.operating[i]) - n })
	if i < 0 {
		return 0
	}
	b.beds[i] -= n
	on := b.on(lot{i, n}, month, 0)
	b.add(i, on, institution.BedsClosed{Institution: b.houses[i].id, Beds: n, ClosedOn: on}, nil)
	return n
}

// numeral writes a number in Chinese digits.
func numeral(n int) string {
	digits := []rune("〇一二三四五六七八九")
	var out []rune
	for ; n > 0 || out == nil; n /= 10 {
		out = append([]rune{digits[n%10]}, out...)
	}
	return string(out)
}
