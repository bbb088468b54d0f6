package unit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

type row = dectest.Row[unit.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

func id(n int) uuid.UUID { return dectest.ID(n) }

func TestUnit(t *testing.T) {
	if today != day(2022, 11, 30) {
		t.Fatalf("today is %s", today)
	}
	rows := slices.Concat(registering(), closing(), keeping())
	dectest.Run(t, unit.Decider(), today, rows)
	dectest.EveryRefusal(t, rows)
}

// A community on the register since 2020.
func registered() unit.Registered {
	return unit.Registered{Unit: id(1), Kind: standing.Community, Area: "532601001001", RegisteredOn: day(2020, 1, 1), Name: "东风社区"}
}

// A person on staff.
func hired() unit.Registered {
	return unit.Registered{Unit: id(1), Kind: standing.Staff, Area: "532601001", RegisteredOn: day(2020, 1, 1), Personal: sealed("name")}
}

func sealed(text string) *event.Sealed {
	return &event.Sealed{Subject: id(9), Ciphertext: []byte(text)}
}

func closed() unit.Closed {
	return unit.Closed{Unit: id(1), Kind: standing.Community, ClosedOn: day(2022, 6, 1)}
}

func reopened() unit.ClosureEnteredInError {
	return unit.ClosureEnteredInError{Unit: id(1), Kind: standing.Community, Area: "532601001001", WasOn: day(2022, 6, 1), Reason: sealed("why")}
}

func registering() []row {
	ask := unit.Register(registered())
	with := func(change func(*unit.Register)) unit.Register { c := ask; change(&c); return c }
	nameless := registered()
	nameless.Name = ""
	return []row{
		{Behaviour: "a community is registered", When: ask, Then: []event.Event{registered()}},
		{Behaviour: "blanks around its name fall away", When: with(func(c *unit.Register) { c.Name = " 东风社区 " }), Then: []event.Event{registered()}},
		{Behaviour: "it may have no name", When: with(func(c *unit.Register) { c.Name = "" }), Then: []event.Event{nameless}},
		{
			Behaviour: "a name has 100 characters at most", When: with(func(c *unit.Register) { c.Name = strings.Repeat("社", 101) }),
			Refused: unit.ErrName.At("/name"),
		},
		{Behaviour: "a person on staff is registered with a sealed name", When: unit.Register(hired()), Then: []event.Event{hired()}},
		{
			Behaviour: "never with one in clear", When: with(func(c *unit.Register) { c.Kind = standing.Staff }),
			Refused: unit.ErrNameInClear.At("/name"),
		},
		{Behaviour: "it is registered once", Given: []event.Event{registered()}, When: ask, Refused: unit.ErrAlreadyRegistered},
		{Behaviour: "it has an id", When: with(func(c *unit.Register) { c.Unit = id(0) }), Refused: unit.ErrIDMissing.At("/id")},
		{Behaviour: "an elder is no unit", When: with(func(c *unit.Register) { c.Kind = standing.Elder }), Refused: unit.ErrUnknownWord.At("/kind")},
		{Behaviour: "its registration has a day", When: with(func(c *unit.Register) { c.RegisteredOn = 0 }), Refused: unit.ErrDayMissing.At("/registered_on")},
		{Behaviour: "which is not in the future", When: with(func(c *unit.Register) { c.RegisteredOn = today + 2 }), Refused: unit.ErrInTheFuture.At("/registered_on")},
		{Behaviour: "nothing happens to one that is not registered", When: unit.Close{ClosedOn: today}, Refused: unit.ErrNotRegistered},
		{Behaviour: "no command is no command", Given: []event.Event{registered()}, Refused: unit.ErrUnknownCommand},
	}
}

func closing() []row {
	given := []event.Event{registered()}
	return []row{
		{Behaviour: "a unit is closed", Given: given, When: unit.Close{ClosedOn: day(2022, 6, 1)}, Then: []event.Event{closed()}},
		{Behaviour: "not before its registration", Given: given, When: unit.Close{ClosedOn: day(2019, 12, 31)}, Refused: unit.ErrClosedTooEarly.At("/closed_on")},
		{Behaviour: "once", Given: []event.Event{registered(), closed()}, When: unit.Close{ClosedOn: today}, Refused: unit.ErrAlreadyClosed},
		{
			Behaviour: "a wrong closing is taken back", Given: []event.Event{registered(), closed()}, When: unit.EnterClosureInError{Reason: sealed("why")},
			Then: []event.Event{reopened()},
		},
		{Behaviour: "with a reason", Given: []event.Event{registered(), closed()}, When: unit.EnterClosureInError{}, Refused: unit.ErrReasonMissing.At("/reason")},
		{Behaviour: "only a closing is taken back", Given: given, When: unit.EnterClosureInError{Reason: sealed("why")}, Refused: unit.ErrNotClosed},
		{
			Behaviour: "then it may be closed again", Given: []event.Event{registered(), closed(), reopened()}, When: unit.Close{ClosedOn: day(2022, 6, 1)},
			Then: []event.Event{closed()},
		},
	}
}

func keeping() []row {
	open := unit.Keep{Command: standing.RecordStanding{Standing: "day_care", Record: id(20), EffectiveOn: day(2022, 6, 2)}}
	opened := standing.Recorded{Subject: id(1), Kind: standing.Community, Standing: "day_care", Record: id(20), EffectiveOn: day(2022, 6, 2)}
	return []row{
		{Behaviour: "what is known of it is recorded", Given: []event.Event{registered()}, When: open, Then: []event.Event{opened}},
		{Behaviour: "once for each id", Given: []event.Event{registered(), opened}, When: open, Refused: standing.ErrRecordExists.At("/id")},
		{
			Behaviour: "not for a day before its registration", Given: []event.Event{registered()},
			When: unit.Keep{Command: standing.LogActivity{Activity: "respect_month", Record: id(20), OccurredOn: day(2019, 10, 1)}}, Refused: standing.ErrTooEarly.At("/occurred_on"),
		},
		{Behaviour: "nor for one after its closing", Given: []event.Event{registered(), closed()}, When: open, Refused: standing.ErrTooLate.At("/effective_on")},
		{Behaviour: "unless that was taken back", Given: []event.Event{registered(), closed(), reopened()}, When: open, Then: []event.Event{opened}},
		{Behaviour: "nothing is nothing", Given: []event.Event{registered()}, When: unit.Keep{}, Refused: standing.ErrUnknownCommand},
	}
}

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, unit.Decider(), today, append(unit.Types(), standing.Types()...), []unit.Command{
		unit.Register{}, unit.Close{}, unit.EnterClosureInError{}, unit.Keep{Command: standing.RecordStanding{}}, unit.Keep{Command: standing.EnterInError{}},
	})
}

func TestReleasedBytes(t *testing.T) {
	all := registered()
	all.Personal = sealed("name")
	golden.Check(t, unit.Types(), all, closed(), reopened())
}
