package institution_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/standing"
)

type row = dectest.Row[institution.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

func id(n int) uuid.UUID { return dectest.ID(n) }

// after is a history of its own: rows never share one.
func after(past []event.Event, more ...event.Event) []event.Event { return slices.Concat(past, more) }

func TestInstitution(t *testing.T) {
	if today != day(2022, 11, 30) {
		t.Fatalf("today is %s", today)
	}
	rows := slices.Concat(registering(), opening(), converting(), operating(), closing(), reserving(), releasing(), keeping())
	dectest.Run(t, institution.Decider(), today, rows)
	dectest.EveryRefusal(t, rows)
}

// A welfare home on the register since 2020.
func registered() institution.Registered {
	return institution.Registered{
		Institution: id(1), Area: "532601001", Name: "文山市福利院", Kind: institution.WelfareHome, Ownership: institution.Public,
		RegisteredOn: day(2020, 1, 1),
	}
}

func registering() []row {
	ask := institution.Register(registered())
	with := func(change func(*institution.Register)) institution.Register { c := ask; change(&c); return c }
	return []row{
		{Behaviour: "an institution is registered", When: ask, Then: []event.Event{registered()}},
		{
			Behaviour: "blanks around its name fall away",
			When:      with(func(c *institution.Register) { c.Name = " 文山市福利院\t" }), Then: []event.Event{registered()},
		},
		{
			Behaviour: "it may be older than 1970",
			When:      with(func(c *institution.Register) { c.RegisteredOn = day(1958, 10, 1) }),
			Then:      []event.Event{func() institution.Registered { e := registered(); e.RegisteredOn = day(1958, 10, 1); return e }()},
		},
		{
			Behaviour: "a name may have 100 characters",
			When:      with(func(c *institution.Register) { c.Name = strings.Repeat("院", 100) }),
			Then:      []event.Event{func() institution.Registered { e := registered(); e.Name = strings.Repeat("院", 100); return e }()},
		},
		{
			Behaviour: "a name has no more than that",
			When:      with(func(c *institution.Register) { c.Name = strings.Repeat("院", 101) }), Refused: institution.ErrName.At("/name"),
		},
		{Behaviour: "a name is more than blanks", When: with(func(c *institution.Register) { c.Name = "  " }), Refused: institution.ErrName.At("/name")},
		{Behaviour: "it is registered once", Given: []event.Event{registered()}, When: ask, Refused: institution.ErrAlreadyRegistered},
		{Behaviour: "it has an id", When: with(func(c *institution.Register) { c.Institution = id(0) }), Refused: institution.ErrIDMissing.At("/id")},
		{Behaviour: "its kind is known", When: with(func(c *institution.Register) { c.Kind = "hotel" }), Refused: institution.ErrUnknownWord.At("/kind")},
		{Behaviour: "who runs it is known", When: with(func(c *institution.Register) { c.Ownership = "" }), Refused: institution.ErrUnknownWord.At("/ownership")},
		{
			Behaviour: "it is not registered in the future",
			When:      with(func(c *institution.Register) { c.RegisteredOn = today + 2 }), Refused: institution.ErrInTheFuture.At("/registered_on"),
		},
		{
			Behaviour: "its registration has a day",
			When:      with(func(c *institution.Register) { c.RegisteredOn = 0 }), Refused: institution.ErrDayMissing.At("/registered_on"),
		},
		{Behaviour: "nothing happens in an institution that is not registered", When: institution.OpenBeds{Beds: 1, OpenedOn: today}, Refused: institution.ErrNotRegistered},
		{Behaviour: "no command is no command", Given: []event.Event{registered()}, Refused: institution.ErrUnknownCommand},
	}
}

func keeping() []row {
	given := []event.Event{registered()}
	ask := standing.RecordStanding{Standing: "medical_contract", Record: id(50), EffectiveOn: day(2021, 6, 1)}
	early := ask
	early.EffectiveOn = day(2019, 12, 31)
	held := standing.Recorded{Subject: id(1), Kind: standing.Institution, Standing: "medical_contract", Record: id(50), EffectiveOn: day(2021, 6, 1)}
	return []row{
		{Behaviour: "what is known of it is recorded", Given: given, When: institution.Keep{Command: ask}, Then: []event.Event{held}},
		{Behaviour: "once for each id", Given: after(given, held), When: institution.Keep{Command: ask}, Refused: standing.ErrRecordExists.At("/id")},
		{Behaviour: "not for a day before its registration", Given: given, When: institution.Keep{Command: early}, Refused: standing.ErrTooEarly.At("/effective_on")},
	}
}
