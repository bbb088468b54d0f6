package dectest_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// counted is the only event of these tests; Forgotten does not survive being stored.
type counted struct {
	N         int `json:"n"`
	Forgotten int `json:"-"`
}

func (counted) EventType() string { return "Counted.v1" }

type count struct{ n int }

type state struct{ seen map[int]bool }

var errTwice = fault.New(fault.Refused, "counted-twice", "已数过。", "It is counted already.")

// counter counts each number once.
func counter() decider.Decider[state, count] {
	return decider.Decider[state, count]{
		Zero: func() state { return state{seen: map[int]bool{}} },
		Evolve: func(s state, e event.Event) state {
			if e, ok := e.(counted); ok {
				s.seen[e.N+e.Forgotten] = true
			}
			return s
		},
		Decide: func(s state, c count, _ calendar.Day) ([]event.Event, error) {
			if s.seen[c.n] {
				return nil, errTwice.At("/n")
			}
			return []event.Event{counted{N: c.n}}, nil
		},
		Area: func(state) string { return "532601" },
	}
}

type decide = func(state, count, calendar.Day) ([]event.Event, error)

func TestAHarnessThatFindsWhatIsWrong(t *testing.T) {
	one := []event.Event{counted{N: 1}}
	follows := dectest.Row[count]{When: count{1}, Then: one}
	refused := dectest.Row[count]{Given: one, When: count{1}, Refused: errTwice.At("/n")}
	nowhere := counter()
	nowhere.Area = func(state) string { return "" }
	require.ErrorContains(t, dectest.Check(nowhere, 0, follows), "no area")
	for _, c := range []struct {
		behaviour string
		row       dectest.Row[count]
		decide    decide
		says      string
	}{
		{"what follows", follows, nil, ""},
		{"what is refused", refused, nil, ""},
		{"a row that asserts nothing", dectest.Row[count]{When: count{1}}, nil, "must say"},
		{"a row that asserts both", dectest.Row[count]{When: count{1}, Then: one, Refused: errTwice}, nil, "must say"},
		{"another event", dectest.Row[count]{When: count{2}, Then: one}, nil, "got"},
		{"an event too many", dectest.Row[count]{When: count{1}, Then: append(one, one...)}, nil, "got"},
		{"a refusal where events are due", dectest.Row[count]{Given: one, When: count{1}, Then: one}, nil, "refused with"},
		{"events where a refusal is due", dectest.Row[count]{When: count{1}, Refused: errTwice}, nil, "not refused"},
		{"another refusal", dectest.Row[count]{Given: one, When: count{1}, Refused: fault.New(fault.Refused, "other", "。", ".")}, nil, "instead of"},
		{"a refusal of another field", dectest.Row[count]{Given: one, When: count{1}, Refused: errTwice}, nil, "instead of"},
		{"a decision that changes the state", follows, func(s state, c count, _ calendar.Day) ([]event.Event, error) {
			s.seen[c.n] = true
			return one, nil
		}, "changed the state"},
		{"a decision of nothing", follows, func(state, count, calendar.Day) ([]event.Event, error) { return nil, nil }, "neither"},
		{"a refusal that comes with events", refused, func(state, count, calendar.Day) ([]event.Event, error) { return one, errTwice }, "and events"},
		{"an error that nobody can act on", refused, func(state, count, calendar.Day) ([]event.Event, error) { return nil, errors.New("no") }, "not a fault"},
		{"a refusal without a Chinese sentence", refused, func(state, count, calendar.Day) ([]event.Event, error) {
			return nil, fault.New(fault.Refused, "counted-twice", "", "It is counted already.")
		}, "sentence"},
		{"an event that the log would not give back", follows, func(state, count, calendar.Day) ([]event.Event, error) {
			return []event.Event{counted{N: 1, Forgotten: 1}}, nil
		}, "once they have been stored"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			d := counter()
			if c.decide != nil {
				d.Decide = c.decide
			}
			err := dectest.Check(d, 0, c.row)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}
