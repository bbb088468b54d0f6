package child_test

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/event"
)

// Enrolment 30 in childcare institution 40 from 1 March 2022 on; 41 is another institution, 31 another enrolment.
func enrolled(doubts ...string) child.Enrolled {
	return child.Enrolled{
		Child: id(1), Enrolment: id(30), Childcare: id(40), ChildcareArea: "532601002", Class: child.Toddler,
		BirthMonth: calendar.MonthOf(2020, 10), EnrolledOn: day(2022, 3, 1), Doubts: event.Doubts{Doubts: doubts},
	}
}

func withdrawn() child.Withdrawn {
	return child.Withdrawn{
		Child: id(1), Enrolment: id(30), Childcare: id(40), ChildcareArea: "532601002", BirthMonth: calendar.MonthOf(2020, 10),
		WithdrawnOn: day(2022, 9, 1), Reason: child.MovedAway,
	}
}

func abandoned() child.EnrolmentAbandoned {
	return child.EnrolmentAbandoned{Child: id(1), Enrolment: id(30), Childcare: id(40)}
}

func enrol(change func(*child.Enrol)) child.Enrol {
	c := child.Enrol{Enrolment: id(30), Childcare: id(40), ChildcareArea: "532601002", Class: child.Toddler, EnrolledOn: day(2022, 3, 1)}
	change(&c)
	return c
}

func asked(*child.Enrol)      {}
func reported(c *child.Enrol) { c.Report = true }

// another enrolment, 31 in institution 41.
func another(on calendar.Day, report bool, doubts ...string) child.Enrol {
	return child.Enrol{
		Enrolment: id(31), Childcare: id(41), ChildcareArea: "532622100", Class: child.Junior, EnrolledOn: on, Report: report, Doubts: doubts,
	}
}

func anotherEnrolled(on calendar.Day, doubts ...string) []event.Event {
	return []event.Event{child.Enrolled{
		Child: id(1), Enrolment: id(31), Childcare: id(41), ChildcareArea: "532622100", Class: child.Junior,
		BirthMonth: calendar.MonthOf(2020, 10), EnrolledOn: on, Doubts: event.Doubts{Doubts: doubts},
	}}
}

// A child born in October 2019, who turned 3 last month.
func threeNow() []event.Event {
	e := registered()
	e.BirthMonth = calendar.MonthOf(2019, 10)
	return []event.Event{e}
}

func enrolling() []row {
	given := []event.Event{registered()}
	in := after(given, enrolled())
	out := after(in, withdrawn())
	old := func(on calendar.Day, doubts ...string) []event.Event {
		e := enrolled(doubts...)
		e.BirthMonth, e.EnrolledOn = calendar.MonthOf(2019, 10), on
		return []event.Event{e}
	}
	return []row{
		{Behaviour: "a child takes a place", Given: given, When: enrol(asked), Then: []event.Event{enrolled()}},
		{
			Behaviour: "the childcare institution's doubts are recorded", Given: given,
			When: enrol(func(c *child.Enrol) { c.Report, c.Doubts = true, []string{"no-vacant-place"} }), Then: []event.Event{enrolled("no-vacant-place")},
		},
		{Behaviour: "a child has one place", Given: in, When: another(day(2022, 4, 1), false), Refused: child.ErrAlreadyEnrolled},
		{
			Behaviour: "a report of a second place is doubted, after the institution's doubts", Given: in,
			When: another(day(2022, 4, 1), true, "no-vacant-place"), Then: anotherEnrolled(day(2022, 4, 1), "no-vacant-place", "already-enrolled"),
		},
		{Behaviour: "on the day of withdrawal a child may enrol elsewhere", Given: out, When: another(day(2022, 9, 1), false), Then: anotherEnrolled(day(2022, 9, 1))},
		{Behaviour: "no enrolment is before the end of an earlier one", Given: out, When: another(day(2022, 8, 31), false), Refused: child.ErrOverlapping},
		{
			Behaviour: "a report of one is doubted", Given: out,
			When: another(day(2022, 8, 31), true), Then: anotherEnrolled(day(2022, 8, 31), "overlapping-enrolment"),
		},
		{
			Behaviour: "the day of birth being sealed, a child is under 3 to the end of its month of birth", Given: threeNow(),
			When: enrol(func(c *child.Enrol) { c.EnrolledOn = day(2022, 10, 31) }), Then: old(day(2022, 10, 31)),
		},
		{
			Behaviour: "from the next month on it is too old", Given: threeNow(),
			When: enrol(func(c *child.Enrol) { c.EnrolledOn = day(2022, 11, 1) }), Refused: child.ErrOver3,
		},
		{
			Behaviour: "a report of a child that is too old is doubted", Given: threeNow(),
			When: enrol(func(c *child.Enrol) { c.Report, c.EnrolledOn = true, day(2022, 11, 1) }), Then: old(day(2022, 11, 1), "child-over-3"),
		},
		{Behaviour: "an abandoned enrolment is refused", Given: after(given, abandoned()), When: enrol(asked), Refused: child.ErrEnrolmentAbandoned},
		{Behaviour: "an abandoned enrolment is refused as a report too", Given: after(given, abandoned()), When: enrol(reported), Refused: child.ErrEnrolmentAbandoned},
		{Behaviour: "an enrolment id is used once", Given: in, When: enrol(asked), Refused: child.ErrEnrolmentExists},
		{Behaviour: "an enrolment id is used once by reports too", Given: out, When: enrol(reported), Refused: child.ErrEnrolmentExists},
		{
			Behaviour: "the month of birth itself is not before it: no class asks for an age here", Given: given,
			When: enrol(func(c *child.Enrol) { c.EnrolledOn = day(2020, 10, 1) }),
			Then: []event.Event{func() child.Enrolled { e := enrolled(); e.EnrolledOn = day(2020, 10, 1); return e }()},
		},
		{
			Behaviour: "no child enrols before its month of birth, reported or not", Given: given,
			When: enrol(func(c *child.Enrol) { c.Report, c.EnrolledOn = true, day(2020, 9, 30) }), Refused: child.ErrBeforeBirth.At("/enrolled_on"),
		},
		{
			Behaviour: "no child enrols in the future, reported or not", Given: given,
			When: enrol(func(c *child.Enrol) { c.Report, c.EnrolledOn = true, today+2 }), Refused: child.ErrInTheFuture.At("/enrolled_on"),
		},
		{
			Behaviour: "a class is a known one", Given: given,
			When: enrol(func(c *child.Enrol) { c.Class = "school" }), Refused: child.ErrUnknownWord.At("/class"),
		},
	}
}

func withdrawing() []row {
	in := []event.Event{registered(), enrolled()}
	leave := child.Withdraw{Enrolment: id(30), WithdrawnOn: day(2022, 9, 1), Reason: child.MovedAway}
	with := func(change func(*child.Withdraw)) child.Withdraw { c := leave; change(&c); return c }
	return []row{
		{Behaviour: "a child leaves its place", Given: in, When: leave, Then: []event.Event{withdrawn()}},
		{Behaviour: "no child leaves a place it does not have", Given: in[:1], When: leave, Refused: child.ErrNotEnrolled},
		{Behaviour: "a child leaves once", Given: after(in, withdrawn()), When: leave, Refused: child.ErrAlreadyWithdrawn},
		{
			Behaviour: "a child may leave on its first day", Given: in,
			When: with(func(c *child.Withdraw) { c.WithdrawnOn = day(2022, 3, 1) }),
			Then: []event.Event{func() child.Withdrawn { e := withdrawn(); e.WithdrawnOn = day(2022, 3, 1); return e }()},
		},
		{
			Behaviour: "no withdrawal is before the enrolment", Given: in,
			When: with(func(c *child.Withdraw) { c.WithdrawnOn = day(2022, 2, 28) }), Refused: child.ErrWithdrawnTooEarly.At("/withdrawn_on"),
		},
		{
			Behaviour: "no withdrawal is in the future", Given: in,
			When: with(func(c *child.Withdraw) { c.WithdrawnOn = today + 2 }), Refused: child.ErrInTheFuture.At("/withdrawn_on"),
		},
		{
			Behaviour: "a withdrawal has a known reason", Given: in,
			When: with(func(c *child.Withdraw) { c.Reason = "" }), Refused: child.ErrUnknownWord.At("/reason"),
		},
	}
}

func abandoning() []row {
	given := []event.Event{registered()}
	giveUp := child.AbandonEnrolment{Enrolment: id(30), Childcare: id(40)}
	return []row{
		{Behaviour: "an enrolment that never came is given up", Given: given, When: giveUp, Then: []event.Event{abandoned()}},
		{Behaviour: "it is given up once", Given: after(given, abandoned()), When: giveUp, Refused: child.ErrAlreadyAbandoned},
		{Behaviour: "a committed enrolment is not given up", Given: after(given, enrolled()), When: giveUp, Refused: child.ErrEnrolmentCommitted},
		{
			Behaviour: "a place elsewhere under the same enrolment id is given up", Given: after(given, enrolled()),
			When: child.AbandonEnrolment{Enrolment: id(30), Childcare: id(41)},
			Then: []event.Event{child.EnrolmentAbandoned{Child: id(1), Enrolment: id(30), Childcare: id(41)}},
		},
	}
}
