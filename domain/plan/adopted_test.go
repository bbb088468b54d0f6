package plan_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/plan"
)

func TestEventsKeepTheirBytes(t *testing.T) {
	adopted := plan.TargetAdopted{Area: "532600", Code: "elder-beds", Target: "plan-2025", Of: "532601", Value: 3650, EffectiveOn: calendar.Date(2023, 1, 1), Reason: "allotted"}
	revised := plan.TargetRevised(adopted)
	golden.Check(t, plan.Types(), adopted, revised,
		plan.TargetWithdrawn{Area: "532600", Code: "elder-beds", Target: "plan-2025", Of: "532601", EffectiveOn: calendar.Date(2024, 1, 1), Reason: "merged"})
}

func TestTargetsAreAdoptedRevisedAndWithdrawn(t *testing.T) {
	held := plan.Held{Code: "elder-beds", Target: "plan-2025", Of: "532601"}
	day := calendar.Date(2023, 1, 1)
	adopted := plan.TargetAdopted{Area: "532600", Code: held.Code, Target: held.Target, Of: held.Of, Value: 100, EffectiveOn: day}
	withdrawn := plan.TargetWithdrawn{Area: "532600", Code: held.Code, Target: held.Target, Of: held.Of, EffectiveOn: day + 10}
	set := func(value float64, on calendar.Day) plan.SetTarget {
		return plan.SetTarget{Held: held, Area: "532600", Value: value, EffectiveOn: on}
	}
	with := func(value float64, on calendar.Day) plan.TargetAdopted {
		e := adopted
		e.Value, e.EffectiveOn = value, on
		return e
	}
	for _, c := range []struct {
		behaviour string
		given     []event.Event
		when      plan.Command
		then      event.Event
		refusal   error
	}{
		{"the first is adopted", nil, set(100, day), adopted, nil},
		{"another value revises it", []event.Event{adopted}, set(120, day+5), plan.TargetRevised(with(120, day+5)), nil},
		{"also from the same day on", []event.Event{adopted}, set(120, day), plan.TargetRevised(with(120, day)), nil},
		{"an earlier day is adopted beside it", []event.Event{adopted}, set(80, day-5), with(80, day-5), nil},
		{"the same value is no news", []event.Event{adopted}, set(100, day+5), nil, plan.ErrSameTarget},
		{"what was withdrawn is adopted again", []event.Event{adopted, withdrawn}, set(100, day+20), with(100, day+20), nil},
		{"it is withdrawn", []event.Event{adopted}, plan.WithdrawTarget{Held: held, Area: "532600", EffectiveOn: day + 10}, withdrawn, nil},
		{"the plan's own is withdrawn", nil, plan.WithdrawTarget{Held: held, Area: "532600", InPlan: true, EffectiveOn: day + 10}, withdrawn, nil},
		{"nothing cannot be withdrawn", nil, plan.WithdrawTarget{Held: held, Area: "532600", EffectiveOn: day}, nil, plan.ErrNoTarget},
		{"nor what is withdrawn already", []event.Event{adopted, withdrawn}, plan.WithdrawTarget{Held: held, Area: "532600", InPlan: true, EffectiveOn: day + 11}, nil, plan.ErrNoTarget},
		{"no number", nil, set(math.NaN(), day), nil, plan.ErrTargetValue},
		{"less than nothing", nil, set(-1, day), nil, plan.ErrTargetValue},
		{"no day", nil, set(1, 0), nil, plan.ErrTargetDay},
		{"a long story", nil, plan.SetTarget{Held: held, Value: 1, EffectiveOn: day, Reason: strings.Repeat("x", 501)}, nil, plan.ErrTargetReason},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			d := plan.Decider()
			s := d.Zero()
			for _, e := range c.given {
				s = d.Evolve(s, e)
			}
			got, err := d.Decide(s, c.when, day)
			if c.refusal != nil {
				require.ErrorIs(t, err, c.refusal)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []event.Event{c.then}, got)
			require.Equal(t, "532600", d.Area(d.Evolve(s, got[0])))
		})
	}
}
