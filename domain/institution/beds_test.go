package institution_test

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
)

func opened(beds, nursing int) institution.BedsOpened {
	return institution.BedsOpened{Institution: id(1), Beds: beds, NursingBeds: nursing, OpenedOn: day(2020, 2, 1)}
}

func converted(beds int) institution.BedsConverted {
	return institution.BedsConverted{Institution: id(1), Beds: beds, ConvertedOn: day(2020, 3, 1)}
}

func inOperation(beds int) institution.BedsPutIntoOperation {
	return institution.BedsPutIntoOperation{Institution: id(1), Beds: beds, OperatedOn: day(2020, 4, 1)}
}

func closed(beds, nursing, operating int) institution.BedsClosed {
	return institution.BedsClosed{Institution: id(1), Beds: beds, NursingBeds: nursing, OperatingBeds: operating, ClosedOn: day(2021, 1, 1)}
}

// Stay n of elder n+10.
func reserved(n int, doubts ...string) institution.BedReserved {
	return institution.BedReserved{Institution: id(1), Stay: id(n), Elder: id(n + 10), FromOn: day(2022, 6, 1), Doubts: event.Doubts{Doubts: doubts}}
}

func opening() []row {
	given := []event.Event{registered()}
	open := func(beds, nursing int, on calendar.Day) institution.OpenBeds {
		return institution.OpenBeds{Beds: beds, NursingBeds: nursing, OpenedOn: on}
	}
	on := day(2020, 2, 1)
	return []row{
		{Behaviour: "beds are set up", Given: given, When: open(100, 42, on), Then: []event.Event{opened(100, 42)}},
		{Behaviour: "all of them may be nursing-type", Given: given, When: open(100_000, 100_000, on), Then: []event.Event{opened(100_000, 100_000)}},
		{
			Behaviour: "beds are set up on the day of the registration", Given: given, When: open(1, 0, day(2020, 1, 1)),
			Then: []event.Event{institution.BedsOpened{Institution: id(1), Beds: 1, OpenedOn: day(2020, 1, 1)}},
		},
		{Behaviour: "but not before", Given: given, When: open(1, 0, day(2019, 12, 31)), Refused: institution.ErrBeforeRegistration.At("/opened_on")},
		{Behaviour: "nor in the future", Given: given, When: open(1, 0, today+2), Refused: institution.ErrInTheFuture.At("/opened_on")},
		{Behaviour: "nor on no day", Given: given, When: open(1, 0, 0), Refused: institution.ErrDayMissing.At("/opened_on")},
		{Behaviour: "no beds cannot be set up", Given: given, When: open(0, 0, on), Refused: institution.ErrBedCount.At("/beds")},
		{Behaviour: "nor more than 100,000", Given: given, When: open(100_001, 0, on), Refused: institution.ErrBedCount.At("/beds")},
		{Behaviour: "nor more nursing-type ones than beds", Given: given, When: open(10, 11, on), Refused: institution.ErrBedCount.At("/nursing_beds")},
		{Behaviour: "nor fewer than none", Given: given, When: open(10, -1, on), Refused: institution.ErrBedCount.At("/nursing_beds")},
	}
}

func converting() []row {
	given := []event.Event{registered(), opened(100, 42)}
	convert := func(beds int) institution.ConvertBeds {
		return institution.ConvertBeds{Beds: beds, ConvertedOn: day(2020, 3, 1)}
	}
	return []row{
		{Behaviour: "beds become nursing-type", Given: given, When: convert(58), Then: []event.Event{converted(58)}},
		{Behaviour: "no more than there are", Given: given, When: convert(59), Refused: institution.ErrNursingExceedsBeds.At("/beds")},
		{Behaviour: "those of before count", Given: after(given, converted(58)), When: convert(1), Refused: institution.ErrNursingExceedsBeds.At("/beds")},
		{Behaviour: "a conversion has beds", Given: given, When: convert(0), Refused: institution.ErrBedCount.At("/beds")},
		{
			Behaviour: "a conversion is not before the registration", Given: given,
			When: institution.ConvertBeds{Beds: 1, ConvertedOn: day(2019, 12, 31)}, Refused: institution.ErrBeforeRegistration.At("/converted_on"),
		},
		{
			Behaviour: "a conversion may be dated before the beds were: the totals decide", Given: given,
			When: institution.ConvertBeds{Beds: 1, ConvertedOn: day(2020, 1, 2)},
			Then: []event.Event{institution.BedsConverted{Institution: id(1), Beds: 1, ConvertedOn: day(2020, 1, 2)}},
		},
	}
}

func operating() []row {
	given := []event.Event{registered(), opened(100, 42)}
	operate := func(beds int) institution.OperateBeds {
		return institution.OperateBeds{Beds: beds, OperatedOn: day(2020, 4, 1)}
	}
	return []row{
		{Behaviour: "beds are put into operation", Given: given, When: operate(100), Then: []event.Event{inOperation(100)}},
		{Behaviour: "no more than there are", Given: given, When: operate(101), Refused: institution.ErrOperatingExceedsBeds.At("/beds")},
		{Behaviour: "those of before are in operation", Given: after(given, inOperation(60)), When: operate(41), Refused: institution.ErrOperatingExceedsBeds.At("/beds")},
		{Behaviour: "fewer than none are no number of beds", Given: given, When: operate(-1), Refused: institution.ErrBedCount.At("/beds")},
		{
			Behaviour: "nothing operates in the future", Given: given,
			When: institution.OperateBeds{Beds: 1, OperatedOn: today + 2}, Refused: institution.ErrInTheFuture.At("/operated_on"),
		},
	}
}

func closing() []row {
	given := []event.Event{registered(), opened(100, 42), inOperation(60), reserved(20), reserved(21)}
	full := []event.Event{registered(), opened(3, 0), inOperation(1), reserved(20), reserved(21, "no-vacant-bed")}
	shut := func(beds, nursing, operating int) institution.CloseBeds {
		return institution.CloseBeds{Beds: beds, NursingBeds: nursing, OperatingBeds: operating, ClosedOn: day(2021, 1, 1)}
	}
	return []row{
		{Behaviour: "beds are given up", Given: given, When: shut(98, 42, 58), Then: []event.Event{closed(98, 42, 58)}},
		{Behaviour: "none that is taken", Given: given, When: shut(99, 42, 59), Refused: institution.ErrBedsInUse.At("/operating_beds")},
		{Behaviour: "a bed that is free again may go", Given: after(given, institution.BedReleased{Institution: id(1), Stay: id(20), Reason: institution.Ended}), When: shut(99, 42, 59), Then: []event.Event{closed(99, 42, 59)}},
		{Behaviour: "idle beds may go where reports have overfilled the house", Given: full, When: shut(2, 0, 0), Then: []event.Event{closed(2, 0, 0)}},
		{Behaviour: "no more beds than there are", Given: given, When: shut(101, 42, 60), Refused: institution.ErrNotEnoughBeds},
		{Behaviour: "no more nursing-type ones than there are", Given: given, When: shut(50, 43, 0), Refused: institution.ErrNotEnoughBeds},
		{Behaviour: "no more in operation than there are", Given: given, When: shut(70, 42, 61), Refused: institution.ErrNotEnoughBeds},
		{Behaviour: "nursing-type beds do not outlast the beds", Given: given, When: shut(59, 0, 20), Refused: institution.ErrNursingExceedsBeds.At("/nursing_beds")},
		{Behaviour: "nor do those in operation", Given: given, When: shut(41, 10, 0), Refused: institution.ErrOperatingExceedsBeds.At("/operating_beds")},
		{Behaviour: "beds are counted from 1", Given: given, When: shut(0, 0, 0), Refused: institution.ErrBedCount.At("/beds")},
		{Behaviour: "no part is more than the whole", Given: given, When: shut(5, 0, 6), Refused: institution.ErrBedCount.At("/operating_beds")},
		{
			Behaviour: "nothing closes in the future", Given: given,
			When: institution.CloseBeds{Beds: 1, ClosedOn: today + 2}, Refused: institution.ErrInTheFuture.At("/closed_on"),
		},
	}
}

func reserving() []row {
	given := []event.Event{registered(), opened(2, 0), inOperation(1)}
	taken := after(given, reserved(20))
	reserve := func(stay int, report bool) institution.ReserveBed {
		return institution.ReserveBed{Stay: id(stay), Elder: id(stay + 10), FromOn: day(2022, 6, 1), Report: report}
	}
	with := func(stay int, change func(*institution.ReserveBed)) institution.ReserveBed {
		c := reserve(stay, false)
		change(&c)
		return c
	}
	early := reserved(20, "before-registration")
	early.FromOn = day(2019, 12, 31)
	return []row{
		{Behaviour: "a vacant bed is reserved", Given: given, When: reserve(20, false), Then: []event.Event{reserved(20)}},
		{Behaviour: "a bed out of operation is not vacant", Given: taken, When: reserve(21, false), Refused: institution.ErrNoVacantBed},
		{Behaviour: "a report of a stay in a full house is doubted", Given: taken, When: reserve(21, true), Then: []event.Event{reserved(21, "no-vacant-bed")}},
		{Behaviour: "a report of a stay in a house with room is not", Given: given, When: reserve(20, true), Then: []event.Event{reserved(20)}},
		{
			Behaviour: "a bed that was released is vacant", Given: after(taken, institution.BedReleased{Institution: id(1), Stay: id(20), Reason: institution.MovedOn}),
			When: reserve(21, false), Then: []event.Event{reserved(21)},
		},
		{Behaviour: "a stay holds one bed", Given: taken, When: reserve(20, false), Refused: institution.ErrBedAlreadyReserved},
		{Behaviour: "a stay holds one bed, reported or not", Given: taken, When: reserve(20, true), Refused: institution.ErrBedAlreadyReserved},
		{Behaviour: "nobody shares another elder's stay", Given: taken, When: with(20, func(c *institution.ReserveBed) { c.Elder = id(99) }), Refused: institution.ErrStayOfAnother},
		{
			Behaviour: "nothing is reserved from before the registration", Given: given,
			When: with(20, func(c *institution.ReserveBed) { c.FromOn = day(2019, 12, 31) }), Refused: institution.ErrBeforeRegistration,
		},
		{
			Behaviour: "a report of a stay from before the registration is doubted", Given: given,
			When: with(20, func(c *institution.ReserveBed) { c.FromOn, c.Report = day(2019, 12, 31), true }), Then: []event.Event{early},
		},
		{
			Behaviour: "nothing is reserved from a future day on", Given: given,
			When: with(20, func(c *institution.ReserveBed) { c.FromOn = today + 2 }), Refused: institution.ErrInTheFuture.At("/from_on"),
		},
		{
			Behaviour: "nothing is reserved from no day on, reported or not", Given: given,
			When: with(20, func(c *institution.ReserveBed) { c.FromOn, c.Report = 0, true }), Refused: institution.ErrDayMissing.At("/from_on"),
		},
	}
}

func releasing() []row {
	given := []event.Event{registered(), opened(2, 0), inOperation(1), reserved(20)}
	release := institution.ReleaseBed{Stay: id(20), Reason: institution.NotCommitted}
	released := institution.BedReleased{Institution: id(1), Stay: id(20), Reason: institution.NotCommitted}
	return []row{
		{Behaviour: "a bed is released", Given: given, When: release, Then: []event.Event{released}},
		{Behaviour: "a bed is released once", Given: after(given, released), When: release, Refused: institution.ErrBedNotReserved},
		{Behaviour: "a bed of another stay is not", Given: given, When: institution.ReleaseBed{Stay: id(21)}, Refused: institution.ErrBedNotReserved},
	}
}
