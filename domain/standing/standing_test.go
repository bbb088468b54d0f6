package standing_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/standing"
)

type row = dectest.Row[standing.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

func id(n int) uuid.UUID { return dectest.ID(n) }

// subject is one of a kind, of which records may speak from 2020-01-01 on; a hospital was closed.
func subject(k standing.Kind) standing.Subject {
	s := standing.Subject{ID: id(1), Kind: k, Since: day(2020, 1, 1)}
	if k == standing.Hospital {
		s.Last = day(2022, 6, 1)
	}
	return s
}

// of is the rules of one subject's records alone.
func of(k standing.Kind) decider.Decider[standing.State, standing.Command] {
	return decider.Decider[standing.State, standing.Command]{
		Zero: func() standing.State { return standing.State{} }, Evolve: standing.Evolve,
		Decide: func(s standing.State, c standing.Command, today calendar.Day) ([]event.Event, error) {
			return standing.Decide(subject(k), s, c, today)
		},
		Area: func(standing.State) string { return "532601" },
	}
}

func recorded(k standing.Kind, word string, record int, on, until calendar.Day) standing.Recorded {
	return standing.Recorded{Subject: id(1), Kind: k, Standing: word, Record: id(record), EffectiveOn: on, Until: until}
}

func ended(k standing.Kind, word string, record, of int, on calendar.Day) standing.Ended {
	return standing.Ended{Subject: id(1), Kind: k, Standing: word, Record: id(record), Ends: id(of), EndedOn: on}
}

func withdrawn(k standing.Kind, record uuid.UUID, wasOn calendar.Day, reason *event.Sealed) standing.EnteredInError {
	return standing.EnteredInError{Subject: id(1), Kind: k, Record: record, WasOn: wasOn, Reason: reason}
}

func sealed(text string) *event.Sealed {
	return &event.Sealed{Subject: id(9), Ciphertext: []byte(text)}
}

func TestRecords(t *testing.T) {
	if today != day(2022, 11, 30) {
		t.Fatalf("today is %s", today)
	}
	all := map[standing.Kind][]row{
		standing.Community: slices.Concat(recording(), ending(), happening(), takingBack()),
		standing.Staff:     certificates(), standing.Elder: abilities(), standing.Child: companions(), standing.Hospital: closed(),
		"ward": {{Behaviour: "nothing is known of an unknown kind", When: standing.RecordStanding{Standing: "registered", Record: id(20), EffectiveOn: today}, Refused: standing.ErrUnknownStanding.At("/standing")}},
	}
	for kind, rows := range all {
		t.Run(string(kind), func(t *testing.T) { dectest.Run(t, of(kind), today, rows) })
	}
	dectest.EveryRefusal(t, slices.Concat(all[standing.Community], all[standing.Staff], all[standing.Elder], all[standing.Child], all[standing.Hospital]))
}

func recording() []row {
	ask := standing.RecordStanding{Standing: "day_care", Record: id(20), EffectiveOn: day(2021, 3, 1)}
	with := func(change func(*standing.RecordStanding)) standing.RecordStanding { c := ask; change(&c); return c }
	is := recorded(standing.Community, "day_care", 20, day(2021, 3, 1), 0)
	return []row{
		{Behaviour: "a standing is recorded", When: ask, Then: []event.Event{is}},
		{
			Behaviour: "it may have a last day, which may be its first", When: with(func(c *standing.RecordStanding) { c.Until = day(2021, 3, 1) }),
			Then: []event.Event{recorded(standing.Community, "day_care", 20, day(2021, 3, 1), day(2021, 3, 1))},
		},
		{
			Behaviour: "its last day is not before its first", When: with(func(c *standing.RecordStanding) { c.Until = day(2021, 2, 28) }),
			Refused: standing.ErrUntilTooEarly.At("/until"),
		},
		{
			Behaviour: "what holds already may be recorded again: reports overlap", Given: []event.Event{is},
			When: with(func(c *standing.RecordStanding) { c.Record = id(21) }),
			Then: []event.Event{recorded(standing.Community, "day_care", 21, day(2021, 3, 1), 0)},
		},
		{Behaviour: "an id is used once", Given: []event.Event{is}, When: ask, Refused: standing.ErrRecordExists.At("/id")},
		{
			Behaviour: "the id of a record entered in error is not used again",
			Given:     []event.Event{is, withdrawn(standing.Community, id(20), day(2021, 3, 1), nil)}, When: ask, Refused: standing.ErrRecordExists.At("/id"),
		},
		{Behaviour: "it has an id", When: with(func(c *standing.RecordStanding) { c.Record = id(0) }), Refused: standing.ErrIDMissing.At("/id")},
		{
			Behaviour: "it is one of its kind's", When: with(func(c *standing.RecordStanding) { c.Standing = "fire_safety" }),
			Refused: standing.ErrUnknownStanding.At("/standing"),
		},
		{
			Behaviour: "what follows from other events is not recorded", When: with(func(c *standing.RecordStanding) { c.Standing = standing.Registered }),
			Refused: standing.ErrUnknownStanding.At("/standing"),
		},
		{
			Behaviour: "tomorrow is taken", When: with(func(c *standing.RecordStanding) { c.EffectiveOn = today + 1 }),
			Then: []event.Event{recorded(standing.Community, "day_care", 20, today+1, 0)},
		},
		{
			Behaviour: "the day after tomorrow is not", When: with(func(c *standing.RecordStanding) { c.EffectiveOn = today + 2 }),
			Refused: standing.ErrInTheFuture.At("/effective_on"),
		},
		{Behaviour: "it has a day", When: with(func(c *standing.RecordStanding) { c.EffectiveOn = 0 }), Refused: standing.ErrDayMissing.At("/effective_on")},
		{
			Behaviour: "not one before the subject's first", When: with(func(c *standing.RecordStanding) { c.EffectiveOn = day(2019, 12, 31) }),
			Refused: standing.ErrTooEarly.At("/effective_on"),
		},
		{Behaviour: "no command is no command", Refused: standing.ErrUnknownCommand},
	}
}

func ending() []row {
	first := recorded(standing.Community, "day_care", 20, day(2021, 3, 1), day(2022, 2, 28))
	second := recorded(standing.Community, "day_care", 21, day(2022, 1, 1), 0)
	ask := standing.EndStanding{Of: id(20), Record: id(30), EndedOn: day(2021, 6, 1)}
	with := func(change func(*standing.EndStanding)) standing.EndStanding { c := ask; change(&c); return c }
	notInForce := standing.ErrNotInForce.At("/ended_on")
	is := ended(standing.Community, "day_care", 30, 20, day(2021, 6, 1))
	return []row{
		{Behaviour: "a standing ends", Given: []event.Event{first}, When: ask, Then: []event.Event{is}},
		{
			Behaviour: "on its first day at the earliest", Given: []event.Event{first},
			When: with(func(c *standing.EndStanding) { c.EndedOn = day(2021, 3, 1) }),
			Then: []event.Event{ended(standing.Community, "day_care", 30, 20, day(2021, 3, 1))},
		},
		{Behaviour: "not before", Given: []event.Event{first}, When: with(func(c *standing.EndStanding) { c.EndedOn = day(2021, 2, 28) }), Refused: notInForce},
		{
			Behaviour: "on its last day at the latest", Given: []event.Event{first},
			When: with(func(c *standing.EndStanding) { c.EndedOn = day(2022, 2, 28) }),
			Then: []event.Event{ended(standing.Community, "day_care", 30, 20, day(2022, 2, 28))},
		},
		{Behaviour: "not once it has lapsed", Given: []event.Event{first}, When: with(func(c *standing.EndStanding) { c.EndedOn = day(2022, 3, 1) }), Refused: notInForce},
		{Behaviour: "it ends once", Given: []event.Event{first, is}, When: with(func(c *standing.EndStanding) { c.Record, c.EndedOn = id(31), day(2021, 7, 1) }), Refused: notInForce},
		{
			Behaviour: "but its end may turn out to have been earlier", Given: []event.Event{first, is},
			When: with(func(c *standing.EndStanding) { c.Record, c.EndedOn = id(31), day(2021, 5, 1) }),
			Then: []event.Event{ended(standing.Community, "day_care", 31, 20, day(2021, 5, 1))},
		},
		{
			Behaviour: "where a newer record holds, that one is to be ended", Given: []event.Event{first, second},
			When: with(func(c *standing.EndStanding) { c.EndedOn = day(2022, 1, 1) }), Refused: notInForce,
		},
		{
			Behaviour: "where the newer one was entered in error, the older holds", Given: []event.Event{first, second, withdrawn(standing.Community, id(21), day(2022, 1, 1), nil)},
			When: with(func(c *standing.EndStanding) { c.EndedOn = day(2022, 1, 1) }),
			Then: []event.Event{ended(standing.Community, "day_care", 30, 20, day(2022, 1, 1))},
		},
		{Behaviour: "what is not recorded does not end", When: ask, Refused: standing.ErrRecordNotFound},
		{
			Behaviour: "nor what is no standing", Given: []event.Event{first, is}, When: with(func(c *standing.EndStanding) { c.Of, c.Record = id(30), id(31) }),
			Refused: standing.ErrRecordNotFound,
		},
		{
			Behaviour: "nor what was entered in error", Given: []event.Event{first, withdrawn(standing.Community, id(20), day(2021, 3, 1), nil)}, When: ask,
			Refused: standing.ErrRecordInError,
		},
		{Behaviour: "an end has an id of its own", Given: []event.Event{first}, When: with(func(c *standing.EndStanding) { c.Record = id(20) }), Refused: standing.ErrRecordExists.At("/id")},
		{Behaviour: "an end has a day", Given: []event.Event{first}, When: with(func(c *standing.EndStanding) { c.EndedOn = 0 }), Refused: standing.ErrDayMissing.At("/ended_on")},
	}
}

func happening() []row {
	ask := standing.LogActivity{Activity: "respect_month", Record: id(40), OccurredOn: day(2022, 10, 4)}
	with := func(change func(*standing.LogActivity)) standing.LogActivity { c := ask; change(&c); return c }
	is := standing.Logged{Subject: id(1), Kind: standing.Community, Activity: "respect_month", Record: id(40), OccurredOn: day(2022, 10, 4)}
	again := is
	again.Record = id(41)
	return []row{
		{Behaviour: "an activity is logged", When: ask, Then: []event.Event{is}},
		{
			Behaviour: "two of a day are two", Given: []event.Event{is}, When: with(func(c *standing.LogActivity) { c.Record = id(41) }),
			Then: []event.Event{again},
		},
		{Behaviour: "one with its id is not", Given: []event.Event{is}, When: ask, Refused: standing.ErrRecordExists.At("/id")},
		{
			Behaviour: "it is one of its kind's", When: with(func(c *standing.LogActivity) { c.Activity = "health_check" }),
			Refused: standing.ErrUnknownActivity.At("/activity"),
		},
		{Behaviour: "it is not in the future", When: with(func(c *standing.LogActivity) { c.OccurredOn = today + 2 }), Refused: standing.ErrInTheFuture.At("/occurred_on")},
		{Behaviour: "nor before the subject's first day", When: with(func(c *standing.LogActivity) { c.OccurredOn = day(2019, 12, 31) }), Refused: standing.ErrTooEarly.At("/occurred_on")},
	}
}

func takingBack() []row {
	begun := recorded(standing.Community, "day_care", 20, day(2021, 3, 1), 0)
	over := ended(standing.Community, "day_care", 30, 20, day(2021, 6, 1))
	gone := func(record int, on calendar.Day, reason *event.Sealed) standing.EnteredInError {
		return withdrawn(standing.Community, id(record), on, reason)
	}
	ask := standing.EnterInError{Record: id(20), Reason: sealed("why")}
	return []row{
		{Behaviour: "a record is taken back by its day", Given: []event.Event{begun}, When: ask, Then: []event.Event{gone(20, day(2021, 3, 1), sealed("why"))}},
		{
			Behaviour: "its end goes with it", Given: []event.Event{begun, over}, When: ask,
			Then: []event.Event{gone(20, day(2021, 3, 1), sealed("why")), gone(30, day(2021, 6, 1), nil)},
		},
		{
			Behaviour: "the end alone may be taken back", Given: []event.Event{begun, over}, When: standing.EnterInError{Record: id(30)},
			Then: []event.Event{gone(30, day(2021, 6, 1), nil)},
		},
		{
			Behaviour: "an end that was taken back does not go again", Given: []event.Event{begun, over, gone(30, day(2021, 6, 1), nil)}, When: ask,
			Then: []event.Event{gone(20, day(2021, 3, 1), sealed("why"))},
		},
		{Behaviour: "once is enough", Given: []event.Event{begun, gone(20, day(2021, 3, 1), nil)}, When: ask, Refused: standing.ErrRecordInError},
		{Behaviour: "what is not recorded is not taken back", When: ask, Refused: standing.ErrRecordNotFound},
	}
}

func certificates() []row {
	ask := standing.RecordStanding{Standing: "certificate", Record: id(20), EffectiveOn: day(2015, 3, 1), Until: day(2025, 2, 28)}
	with := func(change func(*standing.RecordStanding)) standing.RecordStanding { c := ask; change(&c); return c }
	return []row{
		{
			Behaviour: "a certificate may be older than the registration", When: ask,
			Then: []event.Event{recorded(standing.Staff, "certificate", 20, day(2015, 3, 1), day(2025, 2, 28))},
		},
		{Behaviour: "it says until when it is valid", When: with(func(c *standing.RecordStanding) { c.Until = 0 }), Refused: standing.ErrUntilMissing.At("/until")},
		{Behaviour: "it is not of the future", When: with(func(c *standing.RecordStanding) { c.EffectiveOn = today + 2 }), Refused: standing.ErrInTheFuture.At("/effective_on")},
		{
			Behaviour: "what is no certificate is no older than the registration",
			When:      with(func(c *standing.RecordStanding) { c.Standing = "social_worker" }), Refused: standing.ErrTooEarly.At("/effective_on"),
		},
	}
}

func abilities() []row {
	second := recorded(standing.Elder, "ability_2", 20, day(2021, 3, 1), 0)
	fourth := recorded(standing.Elder, "ability_4", 21, day(2022, 3, 1), 0)
	return []row{
		{
			Behaviour: "a level that another has replaced has ended", Given: []event.Event{second, fourth},
			When: standing.EndStanding{Of: id(20), Record: id(30), EndedOn: day(2022, 3, 1)}, Refused: standing.ErrNotInForce.At("/ended_on"),
		},
		{
			Behaviour: "until then it holds", Given: []event.Event{second, fourth}, When: standing.EndStanding{Of: id(20), Record: id(30), EndedOn: day(2022, 2, 28)},
			Then: []event.Event{ended(standing.Elder, "ability_2", 30, 20, day(2022, 2, 28))},
		},
		{
			Behaviour: "and again when the other was entered in error", Given: []event.Event{second, fourth, withdrawn(standing.Elder, id(21), day(2022, 3, 1), nil)},
			When: standing.EndStanding{Of: id(20), Record: id(30), EndedOn: day(2022, 3, 1)},
			Then: []event.Event{ended(standing.Elder, "ability_2", 30, 20, day(2022, 3, 1))},
		},
	}
}

func closed() []row {
	ask := standing.RecordStanding{Standing: "geriatrics", Record: id(20), EffectiveOn: day(2022, 6, 1)}
	late := ask
	late.EffectiveOn = day(2022, 6, 2)
	return []row{
		{Behaviour: "the last day may still be spoken of", When: ask, Then: []event.Event{recorded(standing.Hospital, "geriatrics", 20, day(2022, 6, 1), 0)}},
		{Behaviour: "the day after it may not", When: late, Refused: standing.ErrTooLate.At("/effective_on")},
	}
}

func companions() []row {
	check := standing.Logged{Subject: id(1), Kind: standing.Child, Activity: standing.Check, Record: id(40), OccurredOn: day(2022, 10, 4)}
	managed := recorded(standing.Child, standing.Managed, 0, day(2022, 10, 4), day(2023, 4, 4))
	managed.Record = standing.Companion(id(40))
	over := ended(standing.Child, standing.Managed, 30, 0, day(2022, 11, 1))
	over.Ends = managed.Record
	return []row{
		{
			Behaviour: "what an activity made hold is taken back with it, and its end", Given: []event.Event{check, managed, over}, When: standing.EnterInError{Record: id(40)},
			Then: []event.Event{
				withdrawn(standing.Child, id(40), day(2022, 10, 4), nil), withdrawn(standing.Child, managed.Record, day(2022, 10, 4), nil),
				withdrawn(standing.Child, id(30), day(2022, 11, 1), nil),
			},
		},
	}
}

func TestEveryKindHasWords(t *testing.T) {
	for _, k := range standing.Kinds() {
		w := standing.WordsOf(k)
		if !slices.Contains(w.Derived, standing.Registered) {
			t.Errorf("%s cannot be registered", k)
		}
		all := slices.Concat(w.Standings, w.Activities, w.Derived, w.Happened)
		if slices.Sort(all); len(slices.Compact(all)) != len(w.Standings)+len(w.Activities)+len(w.Derived)+len(w.Happened) {
			t.Errorf("%s has a word twice", k)
		}
		for _, special := range slices.Concat(w.Certificates, w.OneOf) {
			if !slices.Contains(w.Standings, special) {
				t.Errorf("%s: %s is no standing", k, special)
			}
		}
	}
	if w := standing.WordsOf("ward"); w.Derived != nil {
		t.Errorf("an unknown kind has words: %+v", w)
	}
}

func TestReleasedBytes(t *testing.T) {
	golden.Check(t, standing.Types(), recorded(standing.Childcare, "fire_safety", 20, day(2021, 3, 1), day(2025, 6, 30)),
		ended(standing.Community, "day_care", 30, 20, day(2021, 6, 1)),
		standing.Logged{Subject: id(1), Kind: standing.Elder, Activity: "health_check", Record: id(40), OccurredOn: day(2022, 10, 4)},
		withdrawn(standing.Elder, id(40), day(2022, 10, 4), sealed("why")))
}
