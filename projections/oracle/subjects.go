package oracle

import (
	"strings"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	closing "github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

// subject is whom standings and activities are of; both in the ledger's order.
type subject struct {
	kind standing.Kind
	said []said
	done []done
}

// said is that a standing holds from a day on, to until (0: without an end), or that it does not.
type said struct {
	standing, area string
	from, until    calendar.Day
	holds          bool
	record         uuid.UUID // nil: it follows from another event and cannot be withdrawn
}

type done struct {
	activity, area string
	on             calendar.Day
	record         uuid.UUID
}

func (l *ledger) of(kind standing.Kind, id uuid.UUID) *subject {
	id = l.who(id)
	if l.subjects[id] == nil {
		l.subjects[id] = &subject{kind: kind}
	}
	return l.subjects[id]
}

func (s *subject) say(one said) { s.said = append(s.said, one) }

func (l *ledger) takeOfSubject(e event.Event, area string) {
	switch e := e.(type) {
	case closing.DayClosed:
		l.closed = max(l.closed, e.Day)
	case standing.Recorded:
		s := l.of(e.Kind, e.Subject)
		s.say(said{e.Standing, area, e.EffectiveOn, e.Until, true, e.Record})
		if strings.HasPrefix(e.Standing, "ability_") { // one level at a time
			for _, level := range []string{"ability_1", "ability_2", "ability_3", "ability_4", "ability_5"} {
				if level != e.Standing {
					s.say(said{level, area, e.EffectiveOn, 0, false, e.Record})
				}
			}
		}
	case standing.Ended:
		l.of(e.Kind, e.Subject).say(said{e.Standing, area, e.EndedOn, 0, false, e.Record})
	case standing.Logged:
		s := l.of(e.Kind, e.Subject)
		s.done = append(s.done, done{e.Activity, area, e.OccurredOn, e.Record})
	case standing.EnteredInError:
		l.withdrawn[e.Record] = true
	default:
		l.takeRegistration(e, area)
	}
}

func (l *ledger) takeRegistration(e event.Event, area string) {
	registered := func(kind standing.Kind, id uuid.UUID, where string, on calendar.Day) *subject {
		s := l.of(kind, id)
		s.say(said{"registered", where, on, 0, true, uuid.Nil})
		return s
	}
	gone := func(kind standing.Kind, id uuid.UUID, on calendar.Day) {
		l.of(kind, id).say(said{"registered", area, on, 0, false, uuid.Nil})
	}
	switch e := e.(type) {
	case elder.Registered:
		old := max((e.BirthMonth + 780).First(), e.RegisteredOn)
		registered("elder", e.Elder, e.Area, e.RegisteredOn).say(said{"aged_65", area, old, 0, true, uuid.Nil})
	case elder.MovedHome:
		registered("elder", e.Elder, e.Area, e.MovedOn)
	case elder.Died:
		gone("elder", e.Elder, e.DiedOn)
	case elder.DeathEnteredInError:
		registered("elder", e.Elder, e.Area, e.WasOn)
	case elder.Admitted:
		l.of("elder", e.Elder).say(said{"stay", area, e.AdmittedOn, 0, true, uuid.Nil})
	case elder.Discharged:
		l.of("elder", e.Elder).say(said{"stay", area, e.DischargedOn, 0, false, uuid.Nil})
	case child.Registered:
		born, grown := e.BirthMonth.First(), (e.BirthMonth + 36).First()
		s := registered("child", e.Child, e.Area, e.RegisteredOn)
		s.say(said{"under_3", area, max(born, e.RegisteredOn), grown - 1, true, uuid.Nil})
		s.done = append(s.done, done{"birth", area, born, uuid.Nil})
	case institution.Registered:
		registered("institution", e.Institution, e.Area, e.RegisteredOn)
	case childcare.Registered:
		registered("childcare", e.Childcare, e.Area, e.RegisteredOn)
	case unit.Registered:
		registered(e.Kind, e.Unit, e.Area, e.RegisteredOn)
	case unit.Closed:
		gone(e.Kind, e.Unit, e.ClosedOn)
	case unit.ClosureEnteredInError:
		registered(e.Kind, e.Unit, e.Area, e.WasOn)
	}
}

// newest is what was said last of a standing for a day.
func (l *ledger) newest(s *subject, word string, on calendar.Day) (last said, any bool) {
	for _, one := range s.said {
		if one.standing == word && one.from <= on && !l.withdrawn[one.record] && (!any || one.from >= last.from) {
			last, any = one, true
		}
	}
	return last, any
}

func (l *ledger) holds(s *subject, word string, on calendar.Day) bool {
	last, any := l.newest(s, word, on)
	return any && last.holds && (last.until == 0 || last.until >= on)
}
