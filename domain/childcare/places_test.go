package childcare_test

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/event"
)

func opened(places, inclusive int) childcare.PlacesOpened {
	return childcare.PlacesOpened{Childcare: id(1), Places: places, InclusivePlaces: inclusive, OpenedOn: day(2020, 2, 1)}
}

func closed(places, inclusive int) childcare.PlacesClosed {
	return childcare.PlacesClosed{Childcare: id(1), Places: places, InclusivePlaces: inclusive, ClosedOn: day(2021, 1, 1)}
}

// Enrolment n of child n+10.
func reserved(n int, doubts ...string) childcare.PlaceReserved {
	return childcare.PlaceReserved{
		Childcare: id(1), Enrolment: id(n), Child: id(n + 10), FromOn: day(2022, 9, 1), Doubts: event.Doubts{Doubts: doubts},
	}
}

func opening() []row {
	given := []event.Event{registered()}
	open := func(places, inclusive int, on calendar.Day) childcare.OpenPlaces {
		return childcare.OpenPlaces{Places: places, InclusivePlaces: inclusive, OpenedOn: on}
	}
	on := day(2020, 2, 1)
	return []row{
		{Behaviour: "places are opened", Given: given, When: open(50, 30, on), Then: []event.Event{opened(50, 30)}},
		{Behaviour: "all of them may be inclusive", Given: given, When: open(10_000, 10_000, on), Then: []event.Event{opened(10_000, 10_000)}},
		{Behaviour: "no places cannot be opened", Given: given, When: open(0, 0, on), Refused: childcare.ErrPlaceCount.At("/places")},
		{Behaviour: "nor more than 10,000", Given: given, When: open(10_001, 0, on), Refused: childcare.ErrPlaceCount.At("/places")},
		{Behaviour: "nor more inclusive ones than places", Given: given, When: open(10, 11, on), Refused: childcare.ErrPlaceCount.At("/inclusive_places")},
		{Behaviour: "nor fewer than none", Given: given, When: open(10, -1, on), Refused: childcare.ErrPlaceCount.At("/inclusive_places")},
		{Behaviour: "nothing opens before the registration", Given: given, When: open(1, 0, day(2019, 12, 31)), Refused: childcare.ErrBeforeRegistration.At("/opened_on")},
		{Behaviour: "nor in the future", Given: given, When: open(1, 0, today+2), Refused: childcare.ErrInTheFuture.At("/opened_on")},
	}
}

func closing() []row {
	given := []event.Event{registered(), opened(50, 30), reserved(20), reserved(21)}
	shut := func(places, inclusive int) childcare.ClosePlaces {
		return childcare.ClosePlaces{Places: places, InclusivePlaces: inclusive, ClosedOn: day(2021, 1, 1)}
	}
	return []row{
		{Behaviour: "places are given up", Given: given, When: shut(48, 30), Then: []event.Event{closed(48, 30)}},
		{Behaviour: "none that is taken", Given: given, When: shut(49, 30), Refused: childcare.ErrPlacesInUse.At("/places")},
		{Behaviour: "no more than there are", Given: given, When: shut(51, 30), Refused: childcare.ErrNotEnoughPlaces},
		{Behaviour: "no more inclusive ones than there are", Given: given, When: shut(40, 31), Refused: childcare.ErrNotEnoughPlaces},
		{Behaviour: "inclusive places do not outlast the places", Given: given, When: shut(21, 0), Refused: childcare.ErrInclusiveExceedsPlaces.At("/inclusive_places")},
		{Behaviour: "places are counted from 1", Given: given, When: shut(0, 0), Refused: childcare.ErrPlaceCount.At("/places")},
		{
			Behaviour: "nothing closes before the registration", Given: given,
			When: childcare.ClosePlaces{Places: 1, ClosedOn: day(2019, 12, 31)}, Refused: childcare.ErrBeforeRegistration.At("/closed_on"),
		},
	}
}

func reserving() []row {
	given := []event.Event{registered(), opened(1, 0)}
	taken := after(given, reserved(20))
	reserve := func(enrolment int, report bool) childcare.ReservePlace {
		return childcare.ReservePlace{Enrolment: id(enrolment), Child: id(enrolment + 10), FromOn: day(2022, 9, 1), Report: report}
	}
	with := func(change func(*childcare.ReservePlace)) childcare.ReservePlace {
		c := reserve(20, false)
		change(&c)
		return c
	}
	early := reserved(20, "before-registration")
	early.FromOn = day(2019, 12, 31)
	return []row{
		{Behaviour: "a vacant place is reserved", Given: given, When: reserve(20, false), Then: []event.Event{reserved(20)}},
		{Behaviour: "where all are taken none is", Given: taken, When: reserve(21, false), Refused: childcare.ErrNoVacantPlace},
		{Behaviour: "a report of a child without a place is doubted", Given: taken, When: reserve(21, true), Then: []event.Event{reserved(21, "no-vacant-place")}},
		{
			Behaviour: "a place that was released is vacant",
			Given:     after(taken, childcare.PlaceReleased{Childcare: id(1), Enrolment: id(20), Reason: childcare.Ended}),
			When:      reserve(21, false), Then: []event.Event{reserved(21)},
		},
		{Behaviour: "an enrolment holds one place", Given: taken, When: reserve(20, false), Refused: childcare.ErrPlaceAlreadyReserved},
		{
			Behaviour: "nobody shares another child's enrolment", Given: taken,
			When: with(func(c *childcare.ReservePlace) { c.Child = id(99) }), Refused: childcare.ErrEnrolmentOfAnother,
		},
		{
			Behaviour: "nothing is reserved from before the registration", Given: given,
			When: with(func(c *childcare.ReservePlace) { c.FromOn = day(2019, 12, 31) }), Refused: childcare.ErrBeforeRegistration,
		},
		{
			Behaviour: "a report of a place taken before the registration is doubted", Given: given,
			When: with(func(c *childcare.ReservePlace) { c.FromOn, c.Report = day(2019, 12, 31), true }), Then: []event.Event{early},
		},
		{
			Behaviour: "nothing is reserved from a future day on", Given: given,
			When: with(func(c *childcare.ReservePlace) { c.FromOn = today + 2 }), Refused: childcare.ErrInTheFuture.At("/from_on"),
		},
	}
}

func releasing() []row {
	given := []event.Event{registered(), opened(1, 0), reserved(20)}
	release := childcare.ReleasePlace{Enrolment: id(20), Reason: childcare.NotCommitted}
	released := childcare.PlaceReleased{Childcare: id(1), Enrolment: id(20), Reason: childcare.NotCommitted}
	return []row{
		{Behaviour: "a place is released", Given: given, When: release, Then: []event.Event{released}},
		{Behaviour: "a place is released once", Given: after(given, released), When: release, Refused: childcare.ErrPlaceNotReserved},
	}
}
