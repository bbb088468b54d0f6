package elder

import (
	"bytes"
	"math"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

// State is what an elder's stream has told so far. Area is where the elder lives now, Homes where since when, in the order
// of the ledger. DiedOn is zero for the living. Who is Erased has no personal values, whatever a vault may still open.
// MergedInto is nil unless the registration was merged.
type State struct {
	Elder         uuid.UUID
	Area          string
	Homes         []Home
	DiedOn        calendar.Day
	RegisteredOn  calendar.Day
	Sex           Sex
	BirthMonth    calendar.Month
	Household     uuid.UUID
	Personal      *event.Sealed
	Erased        bool
	MergedInto    uuid.UUID
	Circumstances []Circumstance
	EffectiveOn   calendar.Day
	Visits        map[uuid.UUID]Visit
	Stays         map[uuid.UUID]Stay
	Abandoned     map[Reservation]bool
	Known         standing.State
}

// Home is an area from a day on.
type Home struct {
	Area    string
	SinceOn calendar.Day
}

// Visit is a visit as last corrected.
type Visit struct {
	OccurredOn calendar.Day
	Mode       Mode
	Outcome    Outcome
	InError    bool
}

// Stay is a stay in one institution after another. SinceOn is the day it began in this one; EndedOn is zero while it
// lasts.
type Stay struct {
	Institution     uuid.UUID
	InstitutionArea string
	AdmittedOn      calendar.Day
	SinceOn         calendar.Day
	EndedOn         calendar.Day
	Ended           bool
}

// Reservation is a stay's claim on one institution.
type Reservation struct{ Stay, Institution uuid.UUID }

// Registered reports whether the elder is on the register.
func (s State) Registered() bool { return s.Elder != uuid.Nil }

// Current answers the stay that has not ended, if there is one. Reports of overlapping stays may leave several: then it
// is the one that began last, and of one day's the one with the greatest id.
func (s State) Current() (id uuid.UUID, ok bool) {
	for other, stay := range s.Stays {
		if !stay.Ended && (!ok || later(stay, s.Stays[id], other, id)) {
			id, ok = other, true
		}
	}
	return id, ok
}

func later(a, b Stay, idA, idB uuid.UUID) bool {
	if a.SinceOn != b.SinceOn {
		return a.SinceOn > b.SinceOn
	}
	return bytes.Compare(idA[:], idB[:]) > 0
}

func zero() State {
	return State{Visits: map[uuid.UUID]Visit{}, Stays: map[uuid.UUID]Stay{}, Abandoned: map[Reservation]bool{}}
}

func evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Registered:
		s.Elder, s.Area, s.RegisteredOn, s.Sex = e.Elder, e.Area, e.RegisteredOn, e.Sex
		s.BirthMonth, s.Household, s.Personal = e.BirthMonth, e.Household, e.Personal
		s.Homes = append(s.Homes, Home{e.Area, e.RegisteredOn})
	case MovedHome:
		s.Homes = append(s.Homes, Home{e.Area, e.MovedOn})
		s.Area = s.homeOn(math.MaxInt32).Area
	case Died:
		s.DiedOn = e.DiedOn
	case DeathEnteredInError:
		s.DiedOn = 0
	case CircumstancesRecorded:
		if e.EffectiveOn >= s.EffectiveOn { // an earlier set recorded later does not speak of today
			s.Circumstances, s.EffectiveOn = e.Circumstances, e.EffectiveOn
		}
	case HomeVisitLogged:
		s.Visits[e.Visit] = Visit{OccurredOn: e.OccurredOn, Mode: e.Mode, Outcome: e.Outcome}
	case HomeVisitCorrected:
		s.Visits[e.Visit] = Visit{OccurredOn: e.OccurredOn, Mode: e.Mode, Outcome: e.Outcome, InError: s.Visits[e.Visit].InError}
	case HomeVisitEnteredInError:
		v := s.Visits[e.Visit]
		v.InError = true
		s.Visits[e.Visit] = v
	case Admitted:
		s.Stays[e.Stay] = Stay{Institution: e.Institution, InstitutionArea: e.InstitutionArea, AdmittedOn: e.AdmittedOn, SinceOn: e.AdmittedOn}
	case Transferred:
		stay := s.Stays[e.Stay]
		stay.Institution, stay.InstitutionArea, stay.SinceOn = e.Institution, e.InstitutionArea, e.TransferredOn
		s.Stays[e.Stay] = stay
	case Discharged:
		stay := s.Stays[e.Stay]
		stay.Ended, stay.EndedOn = true, e.DischargedOn
		s.Stays[e.Stay] = stay
	case AdmissionAbandoned:
		s.Abandoned[Reservation{e.Stay, e.Institution}] = true
	case person.Erased:
		s.Personal, s.Erased = nil, true
	case person.Merged:
		s.MergedInto = e.Survivor
	default:
		s.Known = standing.Evolve(s.Known, e)
	}
	return s
}
