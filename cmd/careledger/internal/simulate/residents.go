package simulate

import (
	"math"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
)

// seat is one place among the residents of a sort, with one person after the other in it. How many seats there are at the
// end of a month is a count, so that the residents of all institutions sum up to the figures.
type seat struct {
	dice
	sort   seatSort
	number int // among those of its sort
	name   uint64

	person *aged
	stay   uuid.UUID
	house  *house
	since  calendar.Day
	leaves calendar.Day // the person's last day here; 0: has no end so far
	moves  calendar.Day // to another house
}

type seatSort uint8

// Disabled extremely poor persons have a seat each, and only the first ones a bed; the others live at home until their
// turn comes.
const (
	seatDisabled seatSort = iota
	seatWilling
	seatPaying
)

// seats is how many of a sort there are at the end of a month, and how many of them have a bed.
func (l *life) seats(s seatSort, month int) (all, staying int) {
	disabled, willing := l.counts["poor_disabled_staying"][month], l.counts["poor_willing"][month]
	switch s {
	case seatDisabled:
		return l.counts["poor_disabled"][month], disabled
	case seatWilling:
		return willing, willing
	}
	n := max(0, l.counts["residents"][month]-disabled-willing)
	return n, n
}

// residents waits for each seat until there is one.
func (l *life) residents() {
	for s := range seatPaying + 1 {
		waiting := 0
		for m := range l.months() {
			all, _ := l.seats(s, m)
			for ; waiting < all; waiting++ {
				at := &seat{dice: l.dice(sortSeat, uint64(s)<<32|uint64(waiting)), sort: s, number: waiting}
				at.name = at.pcg.Uint64()
				on := l.month(m).First() + calendar.Day(at.below(20))
				if m == 0 { // after the houses
					on = l.first + 2 + calendar.Day(at.below(15))
				}
				l.expect(at, at.name, on)
			}
		}
	}
}

// act looks once a month, and on the days on which something is due.
func (s *seat) act(l *life) calendar.Day {
	month := l.at(l.today)
	all, staying := l.seats(s.sort, month)
	ends := s.person != nil && s.leaves != 0 && s.leaves <= l.today
	if s.house != nil && (ends || s.number >= staying) {
		s.discharge(l, ends)
	} else if ends {
		s.person.die(l)
		s.person = nil
	}
	if s.number < all && s.person == nil {
		s.fill(l, month)
	}
	if s.person != nil && s.house == nil && s.number < staying {
		s.admit(l, month)
	}
	if s.house != nil && s.moves != 0 && s.moves <= l.today {
		s.transfer(l)
	}
	checks := calendar.Day(0)
	if s.person != nil {
		s.person.check(l)
		checks = s.person.checks
	}
	return soonest((l.today.Month()+1).First()+calendar.Day(mix(s.name^uint64(month))%20), s.leaves, s.moves, checks)
}

// fill brings a person who is not on the register yet. At the opening the person has been there for years.
func (s *seat) fill(l *life, month int) {
	on := l.today
	age := 66 + math.Abs(11*s.normal())
	p := &aged{folk: newFolk(s.fork())}
	p.town = anyTown(l.towns, &p.dice)
	p.born = on - calendar.Day(age*yearDays)
	p.female = p.chance(0.55)
	p.registers = on
	if month == 0 {
		p.registers = l.first - 60 - calendar.Day(p.below(500))
	}
	p.dies = s.endOfMonthLeft(on + 40 + calendar.Day(min(l.yearsLeft(&p.dice, age), 30)*yearDays*0.7))
	s.person, s.leaves = p, p.dies
	p.register(l)
	if s.sort != seatPaying {
		p.holds(l, p.registers, "poor")
	}
	if s.sort == seatDisabled {
		p.holds(l, p.registers, "poor_disabled")
	}
}

// endOfMonthLeft moves a day to the first three weeks of its month, so that whoever follows comes in the same month.
func (s *seat) endOfMonthLeft(on calendar.Day) calendar.Day {
	return min(on, on.Month().First()+20)
}

// admit takes the person into a house with room; where there is none, the next month asks again.
func (s *seat) admit(l *life, month int) {
	h := withRoom(l.houses, lotOfBeds, &s.dice, nil)
	if h == nil {
		return
	}
	on := l.today
	if month == 0 {
		on = l.first - 30 - calendar.Day(s.below(25)) // since before
	}
	s.house, s.since, s.stay = h, on, recordID(s.person.id, 1<<20+s.person.made)
	h.taken++
	if s.sort != seatPaying {
		s.person.holds(l, on, "poor_willing")
	}
	r := s.person.record(l, on, elder.Admitted{Elder: s.person.id, Stay: s.stay, Institution: h.id, InstitutionArea: l.towns[h.town].code, AdmittedOn: on})
	l.tell(s.reserved(l, r, h), 0, r)
	if s.sort == seatPaying {
		s.leaves = min(s.person.dies, s.endOfMonthLeft(l.today+20+calendar.Day(-30*30*math.Log(1-s.unit()))))
	}
	s.moves = 0
	if s.chance(0.1) {
		s.moves = l.today + 25 + calendar.Day(s.below(400))
	}
}

// reserved is the institution's side of an admission or transfer.
func (s *seat) reserved(l *life, of Record, h *house) Record {
	return beside(l, of, "institution", h, institution.BedReserved{Institution: h.id, Stay: s.stay, Elder: s.person.id, FromOn: of.On})
}

// beside is the side of a house in what is recorded of somebody; no command of its own asks for it.
func beside(l *life, of Record, category string, h *house, e event.Event) Record {
	of.Category, of.Subject, of.Area, of.Event, of.Caused = category, h.id, l.towns[h.town].code, e, true
	return of
}

func (s *seat) transfer(l *life) {
	s.moves = 0
	to := withRoom(l.houses, lotOfBeds, &s.dice, s.house)
	if to == nil || s.leaves != 0 && s.leaves <= l.today+3 {
		return
	}
	from := s.house
	r := s.person.record(l, l.today, elder.Transferred{
		Elder: s.person.id, Stay: s.stay, From: from.id, FromArea: l.towns[from.town].code, Institution: to.id,
		InstitutionArea: l.towns[to.town].code, TransferredOn: l.today,
	})
	from.taken--
	to.taken++
	s.house = to
	l.tell(s.reserved(l, r, to), 0, r, beside(l, r, "institution", from, institution.BedReleased{Institution: from.id, Stay: s.stay, Reason: institution.MovedOn}))
}

// discharge ends the stay: by death, or because a seat is no more, or for the reasons of those who pay.
func (s *seat) discharge(l *life, ends bool) {
	h, on, reason := s.house, l.today, elder.ByDeath
	if ends {
		on = max(s.leaves, s.since)
	}
	if died := ends && s.person.dies <= l.today; !died {
		reason = []elder.DischargeReason{elder.ToHome, elder.ToHome, elder.ToHospital, elder.OtherReasons}[s.below(4)]
	}
	r := s.person.record(l, on, elder.Discharged{
		Elder: s.person.id, Stay: s.stay, Institution: h.id, InstitutionArea: l.towns[h.town].code, DischargedOn: on, Reason: reason,
	})
	l.tell(r, 0, beside(l, r, "institution", h, institution.BedReleased{Institution: h.id, Stay: s.stay, Reason: institution.Ended}))
	h.taken--
	s.house, s.moves = nil, 0
	if reason == elder.ByDeath {
		s.person.die(l)
	} else {
		l.expect(s.person, nameOf(s.person.id), s.person.dies)
	}
	s.person, s.leaves = nil, 0
}

// withRoom draws a house by its room, of which a tenth stays free; nil: all are full.
func withRoom(houses []*house, usual int, d *dice, not *house) *house {
	free := func(h *house) bool { return h != not && h.taken < h.room*9/10 }
	for range 40 {
		if h := houses[d.below(len(houses))]; free(h) && d.below(usual) < h.room {
			return h
		}
	}
	for _, h := range houses {
		if free(h) {
			return h
		}
	}
	return nil
}
