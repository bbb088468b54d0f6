package retrofit_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/retrofit"
)

type row = dectest.Row[retrofit.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

func id(n int) uuid.UUID { return dectest.ID(n) }

// after is a history of its own: rows never share one.
func after(past []event.Event, more ...event.Event) []event.Event { return slices.Concat(past, more) }

func TestRetrofit(t *testing.T) {
	if today != day(2022, 11, 30) {
		t.Fatalf("today is %s", today)
	}
	rows := slices.Concat(applying(), approving(), accepting())
	dectest.Run(t, retrofit.Decider(), today, rows)
	dectest.EveryRefusal(t, rows)
}

func applied() retrofit.Applied {
	return retrofit.Applied{Retrofit: id(1), Area: "532601001", Household: id(2), Elder: id(3), AppliedOn: day(2022, 3, 1)}
}

func approved() retrofit.Approved {
	return retrofit.Approved{Retrofit: id(1), ApprovedOn: day(2022, 4, 1)}
}

func accepted() retrofit.Accepted {
	return retrofit.Accepted{Retrofit: id(1), Household: id(2), AcceptedOn: day(2022, 9, 1)}
}

func applying() []row {
	ask := retrofit.Apply(applied())
	with := func(change func(*retrofit.Apply)) retrofit.Apply { c := ask; change(&c); return c }
	return []row{
		{Behaviour: "a household applies", When: ask, Then: []event.Event{applied()}},
		{
			Behaviour: "a household applies without naming an elder", When: with(func(c *retrofit.Apply) { c.Elder = id(0) }),
			Then: []event.Event{func() retrofit.Applied { e := applied(); e.Elder = id(0); return e }()},
		},
		{Behaviour: "one retrofit is applied for once", Given: []event.Event{applied()}, When: ask, Refused: retrofit.ErrAlreadyApplied},
		{Behaviour: "a retrofit has an id", When: with(func(c *retrofit.Apply) { c.Retrofit = id(0) }), Refused: retrofit.ErrIDMissing.At("/id")},
		{Behaviour: "a retrofit has a household", When: with(func(c *retrofit.Apply) { c.Household = id(0) }), Refused: retrofit.ErrHouseholdMissing.At("/household")},
		{
			Behaviour: "tomorrow is taken, since the office's clock may be ahead",
			When:      with(func(c *retrofit.Apply) { c.AppliedOn = today + 1 }),
			Then:      []event.Event{func() retrofit.Applied { e := applied(); e.AppliedOn = today + 1; return e }()},
		},
		{Behaviour: "nobody applies in the future", When: with(func(c *retrofit.Apply) { c.AppliedOn = today + 2 }), Refused: retrofit.ErrInTheFuture.At("/applied_on")},
		{Behaviour: "an application has a day", When: with(func(c *retrofit.Apply) { c.AppliedOn = 0 }), Refused: retrofit.ErrDayMissing.At("/applied_on")},
		{Behaviour: "no command is no command", Refused: retrofit.ErrUnknownCommand},
	}
}

func approving() []row {
	given := []event.Event{applied()}
	approve := func(on calendar.Day) retrofit.Approve { return retrofit.Approve{ApprovedOn: on} }
	return []row{
		{Behaviour: "an application is approved", Given: given, When: approve(day(2022, 4, 1)), Then: []event.Event{approved()}},
		{
			Behaviour: "an application is approved on its day", Given: given, When: approve(day(2022, 3, 1)),
			Then: []event.Event{retrofit.Approved{Retrofit: id(1), ApprovedOn: day(2022, 3, 1)}},
		},
		{Behaviour: "nothing is approved before it is applied for", Given: given, When: approve(day(2022, 2, 28)), Refused: retrofit.ErrOutOfOrder.At("/approved_on")},
		{Behaviour: "nothing is approved without an application", When: approve(day(2022, 4, 1)), Refused: retrofit.ErrNotApplied},
		{Behaviour: "nothing is approved twice", Given: after(given, approved()), When: approve(day(2022, 4, 2)), Refused: retrofit.ErrAlreadyApproved},
		{Behaviour: "nothing is approved in the future", Given: given, When: approve(today + 2), Refused: retrofit.ErrInTheFuture.At("/approved_on")},
	}
}

func accepting() []row {
	given := []event.Event{applied(), approved()}
	accept := func(on calendar.Day) retrofit.Accept { return retrofit.Accept{AcceptedOn: on} }
	return []row{
		{Behaviour: "finished work is accepted and names its household", Given: given, When: accept(day(2022, 9, 1)), Then: []event.Event{accepted()}},
		{Behaviour: "nothing is accepted before it is approved", Given: given[:1], When: accept(day(2022, 9, 1)), Refused: retrofit.ErrNotApproved},
		{Behaviour: "nothing is accepted on a day before the approval", Given: given, When: accept(day(2022, 3, 31)), Refused: retrofit.ErrOutOfOrder.At("/accepted_on")},
		{Behaviour: "nothing is accepted without an application", When: accept(day(2022, 9, 1)), Refused: retrofit.ErrNotApplied},
		{Behaviour: "nothing is accepted twice", Given: after(given, accepted()), When: accept(day(2022, 9, 2)), Refused: retrofit.ErrAlreadyAccepted},
		{Behaviour: "an acceptance has a day", Given: given, When: accept(0), Refused: retrofit.ErrDayMissing.At("/accepted_on")},
	}
}

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, retrofit.Decider(), today, retrofit.Types(), []retrofit.Command{
		retrofit.Apply{}, retrofit.Approve{}, retrofit.Accept{},
	})
}

func TestReleasedBytes(t *testing.T) {
	golden.Check(t, retrofit.Types(), applied(), approved(), accepted())
}
