package childcare_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

type row = dectest.Row[childcare.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

func id(n int) uuid.UUID { return dectest.ID(n) }

// after is a history of its own: rows never share one.
func after(past []event.Event, more ...event.Event) []event.Event { return slices.Concat(past, more) }

func TestChildcare(t *testing.T) {
	if today != day(2022, 11, 30) {
		t.Fatalf("today is %s", today)
	}
	rows := slices.Concat(registering(), filing(), opening(), closing(), reserving(), releasing(), keeping())
	dectest.Run(t, childcare.Decider(), today, rows)
	dectest.EveryRefusal(t, rows)
}

// A private childcare institution on the register since 2020.
func registered() childcare.Registered {
	return childcare.Registered{
		Childcare: id(1), Area: "532601001", Name: "文山市开化托育园", Ownership: childcare.Private, RegisteredOn: day(2020, 1, 1),
	}
}

func filed() childcare.Filed {
	return childcare.Filed{Childcare: id(1), FiledOn: day(2021, 5, 1), FilingNumber: "532601-0001"}
}

func registering() []row {
	ask := childcare.Register(registered())
	with := func(change func(*childcare.Register)) childcare.Register { c := ask; change(&c); return c }
	return []row{
		{Behaviour: "a childcare institution is registered", When: ask, Then: []event.Event{registered()}},
		{
			Behaviour: "blanks around its name fall away",
			When:      with(func(c *childcare.Register) { c.Name = " 文山市开化托育园 " }), Then: []event.Event{registered()},
		},
		{Behaviour: "it is registered once", Given: []event.Event{registered()}, When: ask, Refused: childcare.ErrAlreadyRegistered},
		{Behaviour: "it has an id", When: with(func(c *childcare.Register) { c.Childcare = id(0) }), Refused: childcare.ErrIDMissing.At("/id")},
		{Behaviour: "it has a name", When: with(func(c *childcare.Register) { c.Name = "" }), Refused: childcare.ErrName.At("/name")},
		{
			Behaviour: "its name has 100 characters at most",
			When:      with(func(c *childcare.Register) { c.Name = strings.Repeat("园", 101) }), Refused: childcare.ErrName.At("/name"),
		},
		{
			Behaviour: "who runs it is known",
			When:      with(func(c *childcare.Register) { c.Ownership = "church" }), Refused: childcare.ErrUnknownWord.At("/ownership"),
		},
		{
			Behaviour: "it is not registered in the future",
			When:      with(func(c *childcare.Register) { c.RegisteredOn = today + 2 }), Refused: childcare.ErrInTheFuture.At("/registered_on"),
		},
		{
			Behaviour: "its registration has a day",
			When:      with(func(c *childcare.Register) { c.RegisteredOn = 0 }), Refused: childcare.ErrDayMissing.At("/registered_on"),
		},
		{Behaviour: "nothing happens in one that is not registered", When: childcare.File{FiledOn: today}, Refused: childcare.ErrNotRegistered},
		{Behaviour: "no command is no command", Given: []event.Event{registered()}, Refused: childcare.ErrUnknownCommand},
	}
}

func filing() []row {
	given := []event.Event{registered()}
	file := childcare.File{FiledOn: day(2021, 5, 1), FilingNumber: "532601-0001"}
	return []row{
		{Behaviour: "it is put on file", Given: given, When: file, Then: []event.Event{filed()}},
		{
			Behaviour: "a filing number may follow later", Given: given, When: childcare.File{FiledOn: day(2021, 5, 1)},
			Then: []event.Event{childcare.Filed{Childcare: id(1), FiledOn: day(2021, 5, 1)}},
		},
		{Behaviour: "it is put on file once", Given: after(given, filed()), When: file, Refused: childcare.ErrAlreadyFiled},
		{
			Behaviour: "a filing number has 100 characters at most", Given: given,
			When: childcare.File{FiledOn: today, FilingNumber: strings.Repeat("1", 101)}, Refused: childcare.ErrFilingNumber.At("/filing_number"),
		},
		{
			Behaviour: "it is not on file before its registration", Given: given,
			When: childcare.File{FiledOn: day(2019, 12, 31)}, Refused: childcare.ErrBeforeRegistration.At("/filed_on"),
		},
		{
			Behaviour: "nor in the future", Given: given, When: childcare.File{FiledOn: today + 2}, Refused: childcare.ErrInTheFuture.At("/filed_on"),
		},
	}
}

func keeping() []row {
	given := []event.Event{registered()}
	ask := standing.RecordStanding{Standing: "demonstration", Record: id(50), EffectiveOn: day(2021, 6, 1)}
	early := ask
	early.EffectiveOn = day(2019, 12, 31)
	held := standing.Recorded{Subject: id(1), Kind: standing.Childcare, Standing: "demonstration", Record: id(50), EffectiveOn: day(2021, 6, 1)}
	return []row{
		{Behaviour: "what is known of it is recorded", Given: given, When: childcare.Keep{Command: ask}, Then: []event.Event{held}},
		{Behaviour: "once for each id", Given: after(given, held), When: childcare.Keep{Command: ask}, Refused: standing.ErrRecordExists.At("/id")},
		{Behaviour: "not for a day before its registration", Given: given, When: childcare.Keep{Command: early}, Refused: standing.ErrTooEarly.At("/effective_on")},
	}
}
