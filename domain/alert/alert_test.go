package alert_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
)

type row = dectest.Row[alert.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func id(n int) uuid.UUID { return dectest.ID(n) }

// after is a history of its own: rows never share one.
func after(past []event.Event, more ...event.Event) []event.Event { return slices.Concat(past, more) }

func TestAlert(t *testing.T) {
	rows := slices.Concat(raising(), resolving())
	dectest.Run(t, alert.Decider(), today, rows)
	dectest.EveryRefusal(t, rows)
}

func raised() alert.Raised {
	return alert.Raised{
		Alert: id(1), Rule: "behind", Code: "monthly-visit-rate", Variant: "official", Area: "532601", Period: "2022-11", Value: 48.2,
		Expected: 61.9, Unit: "%", Position: 70123,
	}
}

func resolved() alert.Resolved {
	value, expected := 63.5, 61.9
	return alert.Resolved{Alert: id(1), Reason: alert.Recovered, Value: &value, Expected: &expected, Position: 70456}
}

func raising() []row {
	raise := alert.Raise(raised())
	with := func(change func(*alert.Raise)) alert.Raise { c := raise; change(&c); return c }
	return []row{
		{Behaviour: "an alert is raised", When: raise, Then: []event.Event{raised()}},
		{Behaviour: "an open one is not raised again", Given: []event.Event{raised()}, When: raise, Refused: alert.ErrAlreadyOpen},
		{Behaviour: "a resolved one is", Given: []event.Event{raised(), resolved()}, When: raise, Then: []event.Event{raised()}},
		{Behaviour: "an alert has a value", When: with(func(c *alert.Raise) { c.Value = math.NaN() }), Refused: alert.ErrValue},
		{Behaviour: "an alert has an expected value", When: with(func(c *alert.Raise) { c.Expected = math.Inf(1) }), Refused: alert.ErrValue},
		{Behaviour: "no command is no command", Refused: alert.ErrUnknownCommand},
	}
}

func resolving() []row {
	given := []event.Event{raised()}
	e := resolved()
	resolve := alert.Resolve{Reason: e.Reason, Value: e.Value, Expected: e.Expected, Position: e.Position}
	broken := math.NaN()
	return []row{
		{Behaviour: "an open alert is resolved", Given: given, When: resolve, Then: []event.Event{e}},
		{
			Behaviour: "an alert is resolved without a value", Given: given, When: alert.Resolve{Reason: alert.NoData, Position: 70456},
			Then: []event.Event{alert.Resolved{Alert: id(1), Reason: alert.NoData, Position: 70456}},
		},
		{Behaviour: "what was never raised is not resolved", When: resolve, Refused: alert.ErrNotOpen},
		{Behaviour: "a resolved alert is not resolved again", Given: after(given, e), When: resolve, Refused: alert.ErrNotOpen},
		{
			Behaviour: "an alert that is raised again is resolved again", Given: after(given, e, raised()), When: resolve, Then: []event.Event{e},
		},
		{Behaviour: "what is no number resolves nothing", Given: given, When: alert.Resolve{Value: &broken}, Refused: alert.ErrValue},
	}
}

func TestTheSameJudgementIsTheSameAlertForEver(t *testing.T) {
	const want = "5ba8a069-0405-5195-a644-5edbce2e4419"
	if got := alert.ID("behind", "monthly-visit-rate", "official", "532601", "2022-11").String(); got != want {
		t.Errorf("the id is %s instead of %s: released ids are for ever", got, want)
	}
	seen := map[uuid.UUID]bool{}
	for _, parts := range [][5]string{
		{"behind", "monthly-visit-rate", "official", "532601", "2022-11"},
		{"late", "monthly-visit-rate", "official", "532601", "2022-11"},
		{"behind", "elder-beds", "official", "532601", "2022-11"},
		{"behind", "monthly-visit-rate", "operating", "532601", "2022-11"},
		{"behind", "monthly-visit-rate", "official", "532622", "2022-11"},
		{"behind", "monthly-visit-rate", "official", "532601", "2022-12"},
	} {
		id := alert.ID(parts[0], parts[1], parts[2], parts[3], parts[4])
		if seen[id] || id.Version() != 5 {
			t.Errorf("%v has the id of another, or no UUIDv5", parts)
		}
		seen[id] = true
	}
}

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, alert.Decider(), today, alert.Types(), []alert.Command{alert.Raise{}, alert.Resolve{}})
}

func TestReleasedBytes(t *testing.T) {
	golden.Check(t, alert.Types(), raised(), resolved())
}
