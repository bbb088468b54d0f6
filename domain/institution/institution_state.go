package institution

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

// State is what an institution's stream has told so far. Reserved maps each stay that holds a bed to its elder.
type State struct {
	Institution  uuid.UUID
	Area         string
	Name         string
	RegisteredOn calendar.Day
	Beds         int
	Nursing      int
	Operating    int
	Reserved     map[uuid.UUID]uuid.UUID
	Known        standing.State
}

// Registered reports whether the institution is on the register.
func (s State) Registered() bool { return s.Institution != uuid.Nil }

func (s State) subject() standing.Subject {
	return standing.Subject{ID: s.Institution, Kind: standing.Institution, Since: s.RegisteredOn}
}

func zero() State { return State{Reserved: map[uuid.UUID]uuid.UUID{}} }

func evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Registered:
		s.Institution, s.Area, s.Name, s.RegisteredOn = e.Institution, e.Area, e.Name, e.RegisteredOn
	case BedsOpened:
		s.Beds += e.Beds
		s.Nursing += e.NursingBeds
	case BedsConverted:
		s.Nursing += e.Beds
	case BedsPutIntoOperation:
		s.Operating += e.Beds
	case BedsClosed:
		s.Beds -= e.Beds
		s.Nursing -= e.NursingBeds
		s.Operating -= e.OperatingBeds
	case BedReserved:
		s.Reserved[e.Stay] = e.Elder
	case BedReleased:
		delete(s.Reserved, e.Stay)
	default:
		s.Known = standing.Evolve(s.Known, e)
	}
	return s
}
