package simulate

import (
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

// site is a unit and what is recorded of it.
type site struct {
	folk
	kind   standing.Kind
	begun  int
	begins calendar.Day
	steps  []step
}

func (s *site) add(l *life, on calendar.Day, late int, e func(r Record) event.Event) {
	r := Record{ID: s.next(), Category: "unit", Subject: s.id, Area: l.towns[s.town].code}
	r.Event = e(r)
	s.steps = append(s.steps, step{on: on, late: late, Record: r})
}

func (s *site) holds(l *life, on calendar.Day, word string, until calendar.Day) {
	s.add(l, on, 0, func(r Record) event.Event {
		return standing.Recorded{Subject: s.id, Kind: s.kind, Standing: word, Record: r.ID, EffectiveOn: on, Until: until}
	})
}

// sites makes units as a count of them grows. town says where, for those that are not where people are.
func (l *life) sites(kind standing.Kind, count string, salt uint64, name string) []*site {
	var all []*site
	for m, n := range l.counts[count] {
		for len(all) < n {
			s := &site{folk: newFolk(l.dice(sortUnit, salt<<40|uint64(len(all)))), kind: kind, begun: m}
			s.town = anyTown(l.towns, &s.dice)
			s.begins = l.month(m).First() + calendar.Day(s.below(25))
			if m == 0 {
				s.begins = l.first - 700 - calendar.Day(s.below(1000))
			}
			s.register(l, name, len(all))
			all = append(all, s)
		}
	}
	return all
}

func (s *site) register(l *life, name string, n int) {
	if name != "" {
		name += numeral(n + 1)
	}
	s.add(l, s.begins, 0, func(Record) event.Event {
		return unit.Registered{Unit: s.id, Kind: s.kind, Area: l.towns[s.town].code, RegisteredOn: s.begins, Name: name}
	})
	s.steps[0].Number = int32(s.below(1 << 30))
}

// shows gives a standing to as many of the sites as are wanted at the end of each month.
func (l *life) shows(sites []*site, word string, want func(month int) int, order []int) {
	for i, from := range l.granted(len(sites), func(i int) int { return sites[i].begun }, want, order) {
		if from != never {
			sites[i].holds(l, l.dayOf(sites[i].begins+30, from, &sites[i].dice), word, 0)
		}
	}
}

func (l *life) start(sites []*site) {
	for _, s := range sites {
		l.begin(nameOf(s.id), s.steps, l.brings(s.town))
	}
}

func townOf(sites []*site) func(i int) int16 { return func(i int) int16 { return sites[i].town } }

func (l *life) units() {
	l.communities()
	l.estates()
	l.schools()
	l.hospitals()
	l.staff()
}

// communities have services, and something for the old each October.
func (l *life) communities() {
	all := l.sites(standing.Community, "communities", 1, "示例社区")
	for salt, word := range []struct{ standing, share string }{
		{"home_service", "home_service"}, {"day_care", "day_care"}, {"childcare", "community_childcare"}, {"elder_friendly", "elder_friendly"},
	} {
		l.shows(all, word.standing, func(m int) int { return of(len(all), l.shares[word.share][m]) }, l.ahead(len(all), 10+uint64(salt), townOf(all)))
	}
	for _, s := range all {
		for year := int(l.Figures.Opening) / 12; year <= int(l.horizon)/12; year++ {
			on := calendar.Date(year, time.October, 1+s.below(31))
			s.add(l, on, l.lateness(&s.folk), func(r Record) event.Event {
				return standing.Logged{Subject: s.id, Kind: s.kind, Activity: "respect_month", Record: r.ID, OccurredOn: on}
			})
		}
	}
	l.start(all)
}

// estates are on the register from their acceptance on, and have their premises then.
func (l *life) estates() {
	all := l.sites(standing.Estate, "estates", 2, "示例小区")
	for _, s := range all {
		s.holds(l, s.begins, "compliant", 0)
	}
	l.start(all)
}

// schools stand in some townships only: the first of each township comes as the share of townships with one rises, the
// others go to where there is one.
func (l *life) schools() {
	all := l.sites(standing.ElderSchool, "elder_schools", 3, "示例老年学校")
	order := l.ahead(len(l.towns), 20, func(i int) int16 { return int16(i) })
	used := 0
	for i, s := range all {
		want := of(len(l.towns), l.shares["school_townships"][s.begun])
		if want = min(max(want, 1), len(order)); used < want {
			s.town = int16(order[used])
			used++
		} else {
			s.town = int16(order[s.below(used)])
		}
		s.steps = nil
		s.register(l, "示例老年学校", i)
	}
	l.start(all)
}

// hospitals have departments.
func (l *life) hospitals() {
	general := l.sites(standing.Hospital, "hospitals_general", 4, "示例综合医院")
	tcm := l.sites(standing.Hospital, "hospitals_tcm", 5, "示例中医医院")
	every := func(sites []*site) func(int) int { return func(int) int { return len(sites) } }
	l.shows(general, "general_secondary", every(general), inTurn(len(general)))
	l.shows(general, "geriatrics", func(m int) int { return of(len(general), l.shares["geriatrics"][m]) }, l.ahead(len(general), 30, townOf(general)))
	l.shows(tcm, "tcm_tertiary", every(tcm), inTurn(len(tcm)))
	l.shows(tcm, "rehabilitation", every(tcm), inTurn(len(tcm)))
	l.shows(general, "integrated_care", func(m int) int { return l.counts["integrated_care"][m] }, l.byCounty(len(general), townOf(general)))
	l.start(append(general, tcm...))
}

const (
	certificateValid = 3 * 365
	staffStays       = 6 * 365 // days, on the whole
)

// staff come and go; each place on staff is taken by one person after the other, within the month.
func (l *life) staff() {
	var all []*site
	for salt, word := range []struct{ standing, count string }{
		{"social_worker", "social_workers"}, {"elder_carer", "elder_carers"}, {"childcare_worker", "childcare_workers"},
	} {
		for _, s := range l.sites(standing.Staff, word.count, 6+uint64(salt), "") {
			all = append(all, l.succession(s, word.standing)...)
		}
	}
	l.start(all)
}

// succession is who follows whom in a place on staff.
func (l *life) succession(s *site, word string) []*site {
	var all []*site
	for {
		all = append(all, s)
		leaves := max(s.begins, l.first) + 60 + calendar.Day(s.below(2*staffStays))
		leaves = min(leaves, leaves.Month().First()+20)
		s.holds(l, s.begins, word, 0)
		l.certificates(s, leaves)
		if leaves > l.end {
			return all
		}
		s.add(l, leaves, 0, func(Record) event.Event { return unit.Closed{Unit: s.id, Kind: s.kind, ClosedOn: leaves} })
		next := &site{folk: newFolk(s.fork()), kind: s.kind, begun: l.at(leaves), begins: leaves + calendar.Day(s.below(7))}
		next.town = s.town
		next.register(l, "", len(all))
		s = next
	}
}

// certificates are held from the first day on, and renewed, by some not in time.
func (l *life) certificates(s *site, leaves calendar.Day) {
	on := s.begins
	if s.begun == 0 {
		on = l.first - calendar.Day(s.below(certificateValid-200))
	}
	for on < min(leaves, l.end+1) {
		until := on + certificateValid - 1
		s.holds(l, on, "certificate", until)
		on = until - calendar.Day(s.below(60))
		if s.chance(0.05) {
			on = until + 2 + calendar.Day(s.below(40))
		}
	}
}
