package childcare

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

// State is what a childcare institution's stream has told so far. Reserved maps each enrolment that holds a place to its
// child.
type State struct {
	Childcare    uuid.UUID
	Area         string
	Name         string
	RegisteredOn calendar.Day
	Filed        bool
	Places       int
	Inclusive    int
	Reserved     map[uuid.UUID]uuid.UUID
	Known        standing.State
}

// Registered reports whether it is on the register.
func (s State) Registered() bool { return s.Childcare != uuid.Nil }

func (s State) subject() standing.Subject {
	return standing.Subject{ID: s.Childcare, Kind: standing.Childcare, Since: s.RegisteredOn}
}

func zero() State { return State{Reserved: map[uuid.UUID]uuid.UUID{}} }

func evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Registered:
		s.Childcare, s.Area, s.Name, s.RegisteredOn = e.Childcare, e.Area, e.Name, e.RegisteredOn
	case Filed:
		s.Filed = true
	case PlacesOpened:
		s.Places += e.Places
		s.Inclusive += e.InclusivePlaces
	case PlacesClosed:
		s.Places -= e.Places
		s.Inclusive -= e.InclusivePlaces
	case PlaceReserved:
		s.Reserved[e.Enrolment] = e.Child
	case PlaceReleased:
		delete(s.Reserved, e.Enrolment)
	default:
		s.Known = standing.Evolve(s.Known, e)
	}
	return s
}
