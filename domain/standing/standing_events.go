package standing

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Recorded: the standing holds of the subject from EffectiveOn on, to Until (0: without an end so far). Record is an id
// of its own, by which it can be ended or taken back.
type Recorded struct {
	Subject     uuid.UUID    `json:"subject"`
	Kind        Kind         `json:"kind"`
	Standing    string       `json:"standing"`
	Record      uuid.UUID    `json:"record"`
	EffectiveOn calendar.Day `json:"effective_on"`
	Until       calendar.Day `json:"until,omitzero"`
}

// Ended: the standing holds no more. EndedOn is the first day without it; Ends is the record that held until then.
type Ended struct {
	Subject  uuid.UUID    `json:"subject"`
	Kind     Kind         `json:"kind"`
	Standing string       `json:"standing"`
	Record   uuid.UUID    `json:"record"`
	Ends     uuid.UUID    `json:"ends"`
	EndedOn  calendar.Day `json:"ended_on"`
}

// Logged: something happened with the subject.
type Logged struct {
	Subject    uuid.UUID    `json:"subject"`
	Kind       Kind         `json:"kind"`
	Activity   string       `json:"activity"`
	Record     uuid.UUID    `json:"record"`
	OccurredOn calendar.Day `json:"occurred_on"`
}

// EnteredInError: a record, whichever of the three, was wrong and counts nowhere. WasOn is its day, so that whoever
// counts knows which months to count anew.
type EnteredInError struct {
	Subject uuid.UUID     `json:"subject"`
	Kind    Kind          `json:"kind"`
	Record  uuid.UUID     `json:"record"`
	WasOn   calendar.Day  `json:"was_on"`
	Reason  *event.Sealed `json:"reason,omitempty"`
}

func (Recorded) EventType() string       { return "StandingRecorded.v1" }
func (Ended) EventType() string          { return "StandingEnded.v1" }
func (Logged) EventType() string         { return "ActivityLogged.v1" }
func (EnteredInError) EventType() string { return "RecordEnteredInError.v1" }

// Types lists the events, which may stand in the stream of any subject.
func Types() []event.Type {
	return []event.Type{event.TypeOf[Recorded](), event.TypeOf[Ended](), event.TypeOf[Logged](), event.TypeOf[EnteredInError]()}
}
