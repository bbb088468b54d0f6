package dectest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// Row is one behaviour: Given has happened, When is asked, and exactly Then follows, or the command is Refused, with
// the pointer it names. Either Then or Refused is set.
type Row[C any] struct {
	Behaviour string
	Given     []event.Event
	When      C
	Then      []event.Event
	Refused   *fault.Error
}

// Run checks every row on the same day.
func Run[S, C any](t *testing.T, d decider.Decider[S, C], today calendar.Day, rows []Row[C]) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.Behaviour, func(t *testing.T) {
			if err := Check(d, today, row); err != nil {
				t.Error(err)
			}
		})
	}
}

// Check says what is wrong with one row. Beside the row itself it checks what every decider promises: Decide leaves the
// state as it was, a refusal comes without events, events fold to the same state after they have been stored, and a
// stream with events has an area.
func Check[S, C any](d decider.Decider[S, C], today calendar.Day, row Row[C]) error {
	if (len(row.Then) == 0) == (row.Refused == nil) {
		return errors.New("the row must say either what follows or what it is refused with")
	}
	got, err := decide(d, today, row.Given, row.When)
	switch {
	case row.Refused == nil && err != nil:
		return fmt.Errorf("refused with %w", err)
	case row.Refused == nil && !reflect.DeepEqual(got, row.Then):
		return fmt.Errorf("got\n%swant\n%s", show(got), show(row.Then))
	case row.Refused == nil && d.Area(fold(d, slices.Concat(row.Given, got))) == "":
		return errors.New("the stream has events and no area")
	case row.Refused == nil:
		return nil
	case err == nil:
		return fmt.Errorf("not refused, but caused\n%s", show(got))
	}
	if refusal, ok := fault.Of(err); !ok || *refusal != *row.Refused {
		return fmt.Errorf("refused with %+v instead of %+v", err, row.Refused)
	}
	return nil
}

func decide[S, C any](d decider.Decider[S, C], today calendar.Day, given []event.Event, c C) ([]event.Event, error) {
	state, witness := fold(d, given), fold(d, given)
	got, err := d.Decide(state, c, today)
	if !reflect.DeepEqual(state, witness) {
		return nil, fmt.Errorf("Decide changed the state")
	}
	if err != nil {
		return nil, wellFormed(err, got)
	}
	if len(got) == 0 {
		return nil, errors.New("Decide neither refused nor caused an event")
	}
	stored, err := reread(got)
	if err != nil {
		return nil, err
	}
	now, later := fold(d, slices.Concat(given, got)), fold(d, slices.Concat(given, stored))
	if !reflect.DeepEqual(now, later) {
		return nil, fmt.Errorf("the events fold to another state once they have been stored:\n%s", show(got))
	}
	return got, nil
}

// wellFormed passes a refusal on if it is one that a person can act on.
func wellFormed(err error, got []event.Event) error {
	f, ok := fault.Of(err)
	switch {
	case !ok:
		return fmt.Errorf("not a fault: %w", err)
	case len(got) > 0:
		return fmt.Errorf("refused with %s and events", f.Code)
	case f.Kind == 0, f.Code == "", !strings.HasSuffix(f.Chinese, "。"), !strings.HasSuffix(f.English, "."):
		return fmt.Errorf("%s needs a kind, a code and a sentence in Chinese and English", f.Code)
	}
	return err
}

func fold[S, C any](d decider.Decider[S, C], events []event.Event) S {
	state := d.Zero()
	for _, e := range events {
		state = d.Evolve(state, e)
	}
	return state
}

// reread is events as the log gives them back.
func reread(events []event.Event) ([]event.Event, error) {
	var back []event.Event
	for _, e := range events {
		text, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be stored: %w", e.EventType(), err)
		}
		value := reflect.New(reflect.TypeOf(e))
		if err := json.Unmarshal(text, value.Interface()); err != nil {
			return nil, fmt.Errorf("%s cannot be read back: %w", e.EventType(), err)
		}
		again, ok := value.Elem().Interface().(event.Event)
		if !ok {
			return nil, fmt.Errorf("%s is no event once read back", e.EventType())
		}
		back = append(back, again)
	}
	return back, nil
}

func show(events []event.Event) string {
	var b strings.Builder
	for _, e := range events {
		text, _ := json.Marshal(e) // what cannot be written is shown empty
		fmt.Fprintf(&b, "  %s %s\n", e.EventType(), text)
	}
	return b.String()
}
