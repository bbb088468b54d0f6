package elder_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
)

type row = dectest.Row[elder.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

func id(n int) uuid.UUID { return dectest.ID(n) }

// after is a history of its own: rows never share one.
func after(past []event.Event, more ...event.Event) []event.Event { return slices.Concat(past, more) }

func TestElder(t *testing.T) {
	if today != day(2022, 11, 30) {
		t.Fatalf("today is %s", today)
	}
	rows := slices.Concat(registering(), circumstances(), logging(), correcting(), takingBack(), admitting(), transferring(), discharging(), abandoning(), living(), erasing(), merging())
	dectest.Run(t, elder.Decider(), today, rows)
	dectest.EveryRefusal(t, rows)
}

// An elder born in March 1948, registered at the start of 2022.
func registered() elder.Registered {
	return elder.Registered{
		Elder: id(1), Area: "532601001", RegisteredOn: day(2022, 1, 5), Sex: elder.Female,
		BirthMonth: calendar.MonthOf(1948, 3), Household: id(2), Personal: sealed("personal"),
	}
}

func sealed(text string) *event.Sealed {
	return &event.Sealed{Subject: id(9), Ciphertext: []byte(text)}
}

func registering() []row {
	ask := elder.Register{
		Elder: id(1), Area: "532601001", RegisteredOn: day(2022, 1, 5), Sex: elder.Female, Born: day(1948, 3, 17),
		Household: id(2), Personal: sealed("personal"),
	}
	with := func(change func(*elder.Register)) elder.Register { c := ask; change(&c); return c }
	return []row{
		{Behaviour: "a person is registered with the month of birth alone in clear", When: ask, Then: []event.Event{registered()}},
		{
			Behaviour: "on the 60th birthday a person is an elder",
			When:      with(func(c *elder.Register) { c.Born = day(1962, 1, 5) }),
			Then: []event.Event{func() elder.Registered {
				e := registered()
				e.BirthMonth = calendar.MonthOf(1962, 1)
				return e
			}()},
		},
		{
			Behaviour: "a day before the 60th birthday nobody is",
			When:      with(func(c *elder.Register) { c.Born = day(1962, 1, 6) }), Refused: elder.ErrUnder60.At("/born_on"),
		},
		{Behaviour: "nobody is registered twice", Given: []event.Event{registered()}, When: ask, Refused: elder.ErrAlreadyRegistered},
		{
			Behaviour: "nobody is registered before birth",
			When:      with(func(c *elder.Register) { c.Born = day(2022, 1, 6) }), Refused: elder.ErrBornLater.At("/born_on"),
		},
		{
			Behaviour: "tomorrow is taken, since the office's clock may be ahead",
			When:      with(func(c *elder.Register) { c.RegisteredOn = today + 1 }),
			Then:      []event.Event{func() elder.Registered { e := registered(); e.RegisteredOn = today + 1; return e }()},
		},
		{
			Behaviour: "the day after tomorrow is not",
			When:      with(func(c *elder.Register) { c.RegisteredOn = today + 2 }), Refused: elder.ErrInTheFuture.At("/registered_on"),
		},
		{
			Behaviour: "a registration has a day",
			When:      with(func(c *elder.Register) { c.RegisteredOn = 0 }), Refused: elder.ErrDayMissing.At("/registered_on"),
		},
		{
			Behaviour: "a registration has a day of birth",
			When:      with(func(c *elder.Register) { c.Born = 0 }), Refused: elder.ErrDayMissing.At("/born_on"),
		},
		{
			Behaviour: "sex is one of the words on an ID card",
			When:      with(func(c *elder.Register) { c.Sex = "other" }), Refused: elder.ErrUnknownWord.At("/sex"),
		},
		{
			Behaviour: "nobody is registered under the nil id",
			When:      with(func(c *elder.Register) { c.Elder = id(0) }), Refused: elder.ErrIDMissing.At("/id"),
		},
		{Behaviour: "nothing is recorded of somebody who is not registered", When: elder.RecordCircumstances{EffectiveOn: today}, Refused: elder.ErrNotRegistered},
		{Behaviour: "no visit is logged of somebody who is not registered", When: visit(), Refused: elder.ErrNotRegistered},
		{Behaviour: "nobody who is not registered is admitted", When: elder.Admit{Stay: id(30), Institution: id(40), AdmittedOn: today}, Refused: elder.ErrNotRegistered},
		{Behaviour: "no command is no command", Given: []event.Event{registered()}, Refused: elder.ErrUnknownCommand},
	}
}

func circumstances() []row {
	given := []event.Event{registered()}
	recorded := func(on calendar.Day, words ...elder.Circumstance) []event.Event {
		return []event.Event{elder.CircumstancesRecorded{Elder: id(1), Circumstances: append([]elder.Circumstance{}, words...), EffectiveOn: on}}
	}
	return []row{
		{
			Behaviour: "circumstances stand in the plan's order, each once", Given: given,
			When: elder.RecordCircumstances{
				Circumstances: []elder.Circumstance{elder.VeryOld, elder.LivingAlone, elder.VeryOld}, EffectiveOn: day(2022, 2, 1),
			},
			Then: recorded(day(2022, 2, 1), elder.LivingAlone, elder.VeryOld),
		},
		{
			Behaviour: "an elder may hold none any more", Given: after(given, recorded(day(2022, 2, 1), elder.Disabled)...),
			When: elder.RecordCircumstances{EffectiveOn: day(2022, 3, 1)}, Then: recorded(day(2022, 3, 1)),
		},
		{
			Behaviour: "circumstances from before the registration are recorded", Given: given,
			When: elder.RecordCircumstances{Circumstances: []elder.Circumstance{elder.Disabled}, EffectiveOn: day(2020, 12, 31)},
			Then: recorded(day(2020, 12, 31), elder.Disabled),
		},
		{
			Behaviour: "a circumstance may hold since the month of birth", Given: given,
			When: elder.RecordCircumstances{Circumstances: []elder.Circumstance{elder.SeverelyDisabled}, EffectiveOn: day(1948, 3, 1)},
			Then: recorded(day(1948, 3, 1), elder.SeverelyDisabled),
		},
		{
			Behaviour: "a circumstance is one of the plan's", Given: given,
			When:    elder.RecordCircumstances{Circumstances: []elder.Circumstance{"lonely"}, EffectiveOn: today},
			Refused: elder.ErrUnknownWord.At("/circumstances"),
		},
		{
			Behaviour: "no circumstance holds before the month of birth", Given: given,
			When: elder.RecordCircumstances{EffectiveOn: day(1948, 2, 29)}, Refused: elder.ErrBeforeBirth.At("/effective_on"),
		},
		{
			Behaviour: "no circumstance holds from a future day on", Given: given,
			When: elder.RecordCircumstances{EffectiveOn: today + 2}, Refused: elder.ErrInTheFuture.At("/effective_on"),
		},
	}
}
