package dectest

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
)

// AnyHistoryFolds checks that whatever stands in the log, in whatever order, folds without a panic, and that any of the
// commands, whatever it holds, is then either decided or refused with a fault, and leaves the state as it was.
func AnyHistoryFolds[S, C any](t *testing.T, d decider.Decider[S, C], today calendar.Day, types []event.Type, commands []C) {
	t.Helper()
	blanks := blank(t, types)
	rapid.Check(t, func(t *rapid.T) {
		history := make([]event.Event, rapid.IntRange(0, 30).Draw(t, "events"))
		for i := range history {
			history[i] = arbitrary(t, storable(), rapid.SampledFrom(blanks).Draw(t, "type"))
		}
		c := arbitrary(t, anyNumber(), rapid.SampledFrom(commands).Draw(t, "command"))
		got, err := decide(d, today, history, c)
		if err != nil {
			if wellFormed(err, nil) != err {
				t.Fatal(err)
			}
			return
		}
		d.Area(fold(d, append(history, got...)))
	})
}

// Ask sends random commands to a stream that nobody else writes and checks after each that the invariant holds; it
// answers "" where it does. Some commands must be accepted and some refused, else the property shows nothing.
func Ask[S, C any](t *testing.T, d decider.Decider[S, C], today calendar.Day, draw func(*rapid.T) C, invariant func(S) string) {
	t.Helper()
	accepted, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var history []event.Event
		for range rapid.IntRange(10, 60).Draw(t, "commands") {
			got, err := decide(d, today, history, draw(t))
			if err != nil {
				if wellFormed(err, nil) != err {
					t.Fatal(err)
				}
				refused++
				continue
			}
			accepted++
			history = append(history, got...)
			if broken := invariant(fold(d, history)); broken != "" {
				t.Fatalf("%s after\n%s", broken, show(history))
			}
		}
	})
	if !t.Failed() && (accepted < 100 || refused < 100) {
		t.Errorf("%d commands were accepted and %d refused: too few to show anything", accepted, refused)
	}
}
