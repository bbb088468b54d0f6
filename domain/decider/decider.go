package decider

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Decider is the rules of one kind of stream: S is the folded state, C the commands it takes.
type Decider[S, C any] struct {
	// Category is the stream's first word, e.g. "elder".
	Category string
	// Zero is the state of a stream without events.
	Zero func() S
	// Evolve folds one event. It owns the state it is given and may change it in place.
	Evolve func(S, event.Event) S
	// Decide answers the events that c causes, at least one, or a refusal. today is the statistical day on which the
	// command was received. It must not change the state.
	Decide func(s S, c C, today calendar.Day) ([]event.Event, error)
	// Area is the area code that the entity of this state belongs to; asked after the new events are folded.
	Area func(S) string
}
