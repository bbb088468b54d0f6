package child

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

// State is what a child's stream has told so far. Who is Erased has no personal values, whatever a vault may still open.
// MergedInto is nil unless the registration was merged.
type State struct {
	Child        uuid.UUID
	Area         string
	RegisteredOn calendar.Day
	BirthMonth   calendar.Month
	Personal     *event.Sealed
	Erased       bool
	MergedInto   uuid.UUID
	Enrolments   map[uuid.UUID]Enrolment
	Abandoned    map[uuid.UUID]bool
	Known        standing.State
}

// Enrolment is a place taken. EndedOn is zero while it lasts.
type Enrolment struct {
	Childcare     uuid.UUID
	ChildcareArea string
	EnrolledOn    calendar.Day
	EndedOn       calendar.Day
	Ended         bool
}

// Registered reports whether the child is on the register.
func (s State) Registered() bool { return s.Child != uuid.Nil }

// enrolled reports whether the child has a place.
func (s State) enrolled() bool {
	for _, taken := range s.Enrolments {
		if !taken.Ended {
			return true
		}
	}
	return false
}

func zero() State {
	return State{Enrolments: map[uuid.UUID]Enrolment{}, Abandoned: map[uuid.UUID]bool{}}
}

func evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Registered:
		s.Child, s.Area, s.RegisteredOn, s.BirthMonth, s.Personal = e.Child, e.Area, e.RegisteredOn, e.BirthMonth, e.Personal
	case Enrolled:
		s.Enrolments[e.Enrolment] = Enrolment{Childcare: e.Childcare, ChildcareArea: e.ChildcareArea, EnrolledOn: e.EnrolledOn}
	case Withdrawn:
		taken := s.Enrolments[e.Enrolment]
		taken.Ended, taken.EndedOn = true, e.WithdrawnOn
		s.Enrolments[e.Enrolment] = taken
	case EnrolmentAbandoned:
		s.Abandoned[e.Enrolment] = true
	case person.Erased:
		s.Personal, s.Erased = nil, true
	case person.Merged:
		s.MergedInto = e.Survivor
	default:
		s.Known = standing.Evolve(s.Known, e)
	}
	return s
}
