package simulate

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/standing"
)

const (
	lotOfPlaces  = 40
	fireValid    = 730 // days of a certificate
	fireLapses   = 0.15
	fireLapseFor = 50
)

// childcare institutions open places by the annual steps, are put on file, and get, lose and renew what they have to show.
func (l *life) childcares() {
	w := l.newWorks("childcare", sortNursery, "childcare", func(int) float64 { return 1 })
	for i, h := range w.houses {
		ownership := childcare.Private
		if i < l.Figures.PublicChildcare || w.begun[i] > 0 && h.chance(0.3) {
			ownership = childcare.Public
		}
		w.add(i, w.begins(i), childcare.Registered{
			Childcare: h.id, Area: l.towns[h.town].code, Name: "示例托育园" + numeral(i+1), Ownership: ownership, RegisteredOn: w.begins(i),
		}, nil)
	}
	places, inclusive := l.rises("places"), l.rises("places_inclusive")
	for m := range l.months() {
		lots, _ := w.lots(m, places[m], lotOfPlaces, func(int) int { return 1 << 20 })
		for _, lot := range lots {
			h, n := w.houses[lot.house], min(lot.n, inclusive[m])
			inclusive[m] -= n
			on := w.on(lot, m, 3)
			w.add(lot.house, on, childcare.PlacesOpened{Childcare: h.id, Places: lot.n, InclusivePlaces: n, OpenedOn: on}, func() { h.room += lot.n })
		}
		if m+1 < l.months() {
			inclusive[m+1] += inclusive[m]
		}
	}
	l.shown(w)
	l.nurseries = w.houses
	w.start()
}

// shown is what a childcare institution has to show: its filing, fire safety, and that it is a model for others.
func (l *life) shown(w *works) {
	n, begun, town := len(w.houses), func(i int) int { return w.begun[i] }, func(i int) int16 { return w.houses[i].town }
	filed := l.granted(n, begun, func(m int) int { return l.counts["filed"][m] }, inTurn(n))
	safe := l.granted(n, begun, func(m int) int { return of(l.counts["childcare"][m], l.shares["fire_safety"][m]) }, l.ahead(n, 1, town))
	model := l.granted(n, begun, func(m int) int { return l.counts["demonstration_childcare"][m] }, l.byCounty(n, town))
	for i, h := range w.houses {
		if filed[i] != never {
			on := l.dayOf(w.begins(i)+60, filed[i], &h.dice)
			w.add(i, on, childcare.Filed{Childcare: h.id, FiledOn: on, FilingNumber: "示例备案" + numeral(i+1)}, nil)
		}
		if safe[i] != never {
			l.certified(w.begins(i), safe[i], &h.dice, fireValid, func(on, until calendar.Day) {
				w.holds(i, on, standing.Childcare, "fire_safety", until)
			})
		}
		if model[i] != never {
			w.holds(i, l.dayOf(w.begins(i)+60, model[i], &h.dice), standing.Childcare, "demonstration", 0)
		}
	}
}

// certified issues a certificate from a month on, again and again; some are renewed only after they have lapsed.
func (l *life) certified(begins calendar.Day, month int, d *dice, valid int, issue func(on, until calendar.Day)) {
	on := l.dayOf(begins+5, month, d)
	if month == 0 {
		on = l.first - calendar.Day(d.below(valid-90)) // not to lapse soon after the opening
	}
	for on <= l.end {
		until := on + calendar.Day(valid) - 1
		issue(on, until)
		if on = until + 1 - calendar.Day(d.below(30)); d.chance(fireLapses) {
			on = until + 2 + calendar.Day(d.below(fireLapseFor))
		}
	}
}

// holds adds a standing of a house.
func (w *works) holds(i int, on calendar.Day, kind standing.Kind, word string, until calendar.Day) {
	r := recordID(w.houses[i].id, w.houses[i].made+1)
	w.add(i, on, standing.Recorded{Subject: w.houses[i].id, Kind: kind, Standing: word, Record: r, EffectiveOn: on, Until: until}, nil)
}

// place is one place that is taken by one child after the other, as a seat is by elders.
type place struct {
	dice
	number    int
	name      uint64
	child     *young
	enrolment uuid.UUID
	house     *house
	leaves    calendar.Day
}

// enrolments waits for each place until it is taken.
func (l *life) enrolments() {
	waiting := 0
	for m := range l.months() {
		for ; waiting < l.counts["enrolled"][m]; waiting++ {
			at := &place{dice: l.dice(sortPlace, uint64(waiting)), number: waiting}
			at.name = at.pcg.Uint64()
			on := l.month(m).First() + calendar.Day(at.below(20))
			if m == 0 {
				on = l.first + 2 + calendar.Day(at.below(15))
			}
			l.expect(at, at.name, on)
		}
	}
}

func (p *place) act(l *life) calendar.Day {
	month := l.at(l.today)
	wanted := p.number < l.counts["enrolled"][month]
	if p.child != nil && (!wanted || p.leaves <= l.today) {
		p.withdraw(l)
	}
	if wanted && p.child == nil {
		p.enrol(l, month)
	}
	next := (l.today.Month() + 1).First() + calendar.Day(mix(p.name^uint64(month))%20)
	if p.child != nil {
		next = min(next, p.leaves)
	}
	return next
}

// enrol brings a child who is not on the register yet, of half a year to two and a half.
func (p *place) enrol(l *life, month int) {
	h := withRoom(l.nurseries, lotOfPlaces, &p.dice, nil)
	if h == nil {
		return
	}
	on := l.today
	if month == 0 {
		on = l.first - 10 - calendar.Day(p.below(50))
	}
	c := l.childOf(p.fork(), on-190-calendar.Day(p.below(690)))
	c.town = h.town
	c.registers = on - 1
	p.child, p.house, p.enrolment = c, h, recordID(c.id, 1<<20)
	h.taken++
	if next := c.act(l); next != 0 { // registers, and goes on by itself
		l.expect(c, nameOf(c.id), next)
	}
	r := c.record(l, on, child.Enrolled{
		Child: c.id, Enrolment: p.enrolment, Childcare: h.id, ChildcareArea: l.towns[h.town].code, Class: classOf(c.born, on),
		BirthMonth: c.born.Month(), EnrolledOn: on,
	})
	l.tell(beside(l, r, "childcare", h, childcare.PlaceReserved{Childcare: h.id, Enrolment: p.enrolment, Child: c.id, FromOn: on}), 0, r)
	// Out before the month of the third birthday ends, early enough for another child to follow.
	p.leaves = c.birthday(3).Month().First() + calendar.Day(p.below(20))
	if p.chance(0.2) {
		early := l.today + 40 + calendar.Day(p.below(300))
		p.leaves = min(p.leaves, early.Month().First()+min(early-early.Month().First(), 20))
	}
	p.leaves = max(p.leaves, l.today+1)
}

func (p *place) withdraw(l *life) {
	c, h := p.child, p.house
	reason := child.OfAge
	if l.today < c.birthday(3).Month().First() {
		reason = []child.WithdrawalReason{child.MovedAway, child.OtherReason}[p.below(2)]
	}
	r := c.record(l, l.today, child.Withdrawn{
		Child: c.id, Enrolment: p.enrolment, Childcare: h.id, ChildcareArea: l.towns[h.town].code, BirthMonth: c.born.Month(),
		WithdrawnOn: l.today, Reason: reason,
	})
	l.tell(r, 0, beside(l, r, "childcare", h, childcare.PlaceReleased{Childcare: h.id, Enrolment: p.enrolment, Reason: childcare.Ended}))
	h.taken--
	p.child, p.house = nil, nil
}

func classOf(born, on calendar.Day) child.Class {
	switch months := on.Month() - born.Month(); {
	case months < 12:
		return child.Infant
	case months < 24:
		return child.Toddler
	}
	return child.Junior
}
