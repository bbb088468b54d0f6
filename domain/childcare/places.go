package childcare

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

const mostPlaces = 10_000

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
	if err := dated(c.OpenedOn, s.RegisteredOn, today, "/opened_on"); err != nil {
		return nil, err
	}
	return []event.Event{PlacesOpened{Childcare: s.Childcare, Places: c.Places, InclusivePlaces: c.InclusivePlaces, OpenedOn: c.OpenedOn}}, nil
}

func closePlaces(s State, c ClosePlaces, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Places, c.InclusivePlaces); err != nil {
		return nil, err
	}
	if err := dated(c.ClosedOn, s.RegisteredOn, today, "/closed_on"); err != nil {
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

func reservePlace(s State, c ReservePlace) ([]event.Event, error) {
	if _, holds := s.Reserved[c.Enrolment]; holds {
		return nil, ErrPlaceAlreadyReserved
	}
	e := PlaceReserved{Childcare: s.Childcare, Enrolment: c.Enrolment, Child: c.Child, FromOn: c.FromOn}
	if len(s.Reserved) >= s.Places {
		if !c.Report {
			return nil, ErrNoVacantPlace
		}
		e.Doubts.Doubts = []string{ErrNoVacantPlace.Code}
	}
	return []event.Event{e}, nil
}

func releasePlace(s State, c ReleasePlace) ([]event.Event, error) {
	if _, holds := s.Reserved[c.Enrolment]; !holds {
		return nil, ErrPlaceNotReserved
	}
	return []event.Event{PlaceReleased{Childcare: s.Childcare, Enrolment: c.Enrolment, Reason: c.Reason}}, nil
}
