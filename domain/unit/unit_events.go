package unit

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

// Registered: a unit entered the register. Name is a public name, at most 100 characters; a person on staff has none in
// clear: it is in Personal, under the person's own key.
type Registered struct {
	Unit         uuid.UUID     `json:"unit"`
	Kind         standing.Kind `json:"kind"`
	Area         string        `json:"area"`
	RegisteredOn calendar.Day  `json:"registered_on"`
	Name         string        `json:"name,omitempty"`
	Personal     *event.Sealed `json:"personal,omitempty"`
}

// Closed: the unit is no more; a person left the staff. ClosedOn is the first day without it.
type Closed struct {
	Unit     uuid.UUID     `json:"unit"`
	Kind     standing.Kind `json:"kind"`
	ClosedOn calendar.Day  `json:"closed_on"`
}

// ClosureEnteredInError: the unit was never closed. WasOn is the day that held until now.
type ClosureEnteredInError struct {
	Unit   uuid.UUID     `json:"unit"`
	Kind   standing.Kind `json:"kind"`
	Area   string        `json:"area"`
	WasOn  calendar.Day  `json:"was_on"`
	Reason *event.Sealed `json:"reason"`
}

func (Registered) EventType() string            { return "UnitRegistered.v1" }
func (Closed) EventType() string                { return "UnitClosed.v1" }
func (ClosureEnteredInError) EventType() string { return "UnitClosureEnteredInError.v1" }

// Types lists the events of a unit's stream beside those of package standing.
func Types() []event.Type {
	return []event.Type{event.TypeOf[Registered](), event.TypeOf[Closed](), event.TypeOf[ClosureEnteredInError]()}
}
