package childcare

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

const mostPlaces = 10_000

// counted refuses what is no number of places, and more inclusive ones than places.
func counted(places, inclusive int) error {
	switch {
	case places < 1 || places > mostPlaces:
		return ErrPlaceCount.At("/places")
	case inclusive < 0 || inclusive > places:
		return ErrPlaceCount.At("/inclusive_places")
	}
	return nil
}

func openPlaces(s State, c OpenPlaces, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Places, c.InclusivePlaces); err != nil {
		return nil, err
	}
	if err := s.dated(c.OpenedOn, today, "/opened_on"); err != nil {
		return nil, err
	}
	return []event.Event{PlacesOpened{Childcare: s.Childcare, Places: c.Places, InclusivePlaces: c.InclusivePlaces, OpenedOn: c.OpenedOn}}, nil
}

func closePlaces(s State, c ClosePlaces, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Places, c.InclusivePlaces); err != nil {
		return nil, err
	}
	if err := s.dated(c.ClosedOn, today, "/closed_on"); err != nil {
		return nil, err
	}
	places, inclusive := s.Places-c.Places, s.Inclusive-c.InclusivePlaces
	switch {
	case places < 0 || inclusive < 0:
		return nil, ErrNotEnoughPlaces
	case inclusive > places:
		return nil, ErrInclusiveExceedsPlaces.At("/inclusive_places")
	case places < len(s.Reserved):
		return nil, ErrPlacesInUse.At("/places")
	}
	return []event.Event{PlacesClosed{Childcare: s.Childcare, Places: c.Places, InclusivePlaces: c.InclusivePlaces, ClosedOn: c.ClosedOn}}, nil
}

// FromOn is what a refusal of a reservation's day points at. No client sends the field: whoever reserves names its own.
const FromOn = "/from_on"

func reservePlace(s State, c ReservePlace, today calendar.Day) ([]event.Event, error) {
	if child, holds := s.Reserved[c.Enrolment]; holds && child != c.Child {
		return nil, ErrEnrolmentOfAnother
	} else if holds {
		return nil, ErrPlaceAlreadyReserved
	}
	if err := dated(c.FromOn, today, FromOn); err != nil {
		return nil, err
	}
	e := PlaceReserved{Childcare: s.Childcare, Enrolment: c.Enrolment, Child: c.Child, FromOn: c.FromOn}
	for _, broken := range s.brokenByReservation(c.FromOn) {
		if !c.Report {
			return nil, broken
		}
		e.Doubts.Doubts = append(e.Doubts.Doubts, broken.Code)
	}
	return []event.Event{e}, nil
}

// brokenByReservation lists the rules that a reservation from a day on would break: asked for, it is refused; reported,
// doubted.
func (s State) brokenByReservation(from calendar.Day) []*fault.Error {
	var broken []*fault.Error
	if from < s.RegisteredOn {
		broken = append(broken, ErrBeforeRegistration)
	}
	if len(s.Reserved) >= s.Places {
		broken = append(broken, ErrNoVacantPlace)
	}
	return broken
}

func releasePlace(s State, c ReleasePlace) ([]event.Event, error) {
	if _, holds := s.Reserved[c.Enrolment]; !holds {
		return nil, ErrPlaceNotReserved
	}
	return []event.Event{PlaceReleased{Childcare: s.Childcare, Enrolment: c.Enrolment, Reason: c.Reason}}, nil
}
