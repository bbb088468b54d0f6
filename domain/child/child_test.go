package child_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
)

type row = dectest.Row[child.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

func id(n int) uuid.UUID { return dectest.ID(n) }

// after is a history of its own: rows never share one.
func after(past []event.Event, more ...event.Event) []event.Event { return slices.Concat(past, more) }

func TestChild(t *testing.T) {
	if today != day(2022, 11, 30) {
		t.Fatalf("today is %s", today)
	}
	rows := slices.Concat(registering(), enrolling(), withdrawing(), abandoning(), caring(), erasing(), merging())
	dectest.Run(t, child.Decider(), today, rows)
	dectest.EveryRefusal(t, rows)
}

// A child born in October 2020.
func registered() child.Registered {
	return child.Registered{
		Child: id(1), Area: "532601001", RegisteredOn: day(2022, 1, 5), Sex: child.Female, BirthMonth: calendar.MonthOf(2020, 10),
		Personal: sealed(id(9), "personal"), Guardian: sealed(id(8), "guardian"),
	}
}

func sealed(subject uuid.UUID, text string) *event.Sealed {
	return &event.Sealed{Subject: subject, Ciphertext: []byte(text)}
}

func registering() []row {
	ask := child.Register{
		Child: id(1), Area: "532601001", RegisteredOn: day(2022, 1, 5), Sex: child.Female, Born: day(2020, 10, 17),
		Personal: sealed(id(9), "personal"), Guardian: sealed(id(8), "guardian"),
	}
	with := func(change func(*child.Register)) child.Register { c := ask; change(&c); return c }
	born := func(m calendar.Month) []event.Event { e := registered(); e.BirthMonth = m; return []event.Event{e} }
	return []row{
		{Behaviour: "a child is registered with the month of birth alone in clear", When: ask, Then: []event.Event{registered()}},
		{
			Behaviour: "a child is registered on the day of birth",
			When:      with(func(c *child.Register) { c.Born = day(2022, 1, 5) }), Then: born(calendar.MonthOf(2022, 1)),
		},
		{
			Behaviour: "no child is registered before birth",
			When:      with(func(c *child.Register) { c.Born = day(2022, 1, 6) }), Refused: child.ErrBornLater.At("/born_on"),
		},
		{
			Behaviour: "a child is registered up to the day before its third birthday",
			When:      with(func(c *child.Register) { c.Born = day(2019, 1, 6) }), Then: born(calendar.MonthOf(2019, 1)),
		},
		{
			Behaviour: "on its third birthday it is too old",
			When:      with(func(c *child.Register) { c.Born = day(2019, 1, 5) }), Refused: child.ErrOver3.At("/born_on"),
		},
		{Behaviour: "a child is registered once", Given: []event.Event{registered()}, When: ask, Refused: child.ErrAlreadyRegistered},
		{Behaviour: "a child has an id", When: with(func(c *child.Register) { c.Child = id(0) }), Refused: child.ErrIDMissing.At("/id")},
		{Behaviour: "a child has a day of birth", When: with(func(c *child.Register) { c.Born = 0 }), Refused: child.ErrDayMissing.At("/born_on")},
		{Behaviour: "sex is a known word", When: with(func(c *child.Register) { c.Sex = "" }), Refused: child.ErrUnknownWord.At("/sex")},
		{
			Behaviour: "tomorrow is taken, since the office's clock may be ahead",
			When:      with(func(c *child.Register) { c.RegisteredOn = today + 1 }),
			Then:      []event.Event{func() child.Registered { e := registered(); e.RegisteredOn = today + 1; return e }()},
		},
		{
			Behaviour: "no child is registered in the future",
			When:      with(func(c *child.Register) { c.RegisteredOn = today + 2 }), Refused: child.ErrInTheFuture.At("/registered_on"),
		},
		{
			Behaviour: "a registration has a day",
			When:      with(func(c *child.Register) { c.RegisteredOn = 0 }), Refused: child.ErrDayMissing.At("/registered_on"),
		},
		{Behaviour: "no child enrols that is not registered", When: enrol(asked), Refused: child.ErrNotRegistered},
		{Behaviour: "no command is no command", Given: []event.Event{registered()}, Refused: child.ErrUnknownCommand},
	}
}
