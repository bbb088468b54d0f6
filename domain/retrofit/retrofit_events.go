package retrofit

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Applied: a household applied for a home retrofit (居家适老化改造).
type Applied struct {
	Retrofit  uuid.UUID    `json:"retrofit"`
	Area      string       `json:"area"`
	Household uuid.UUID    `json:"household"`
	Elder     uuid.UUID    `json:"elder,omitzero"`
	AppliedOn calendar.Day `json:"applied_on"`
}

// Approved: the retrofit was approved.
type Approved struct {
	Retrofit   uuid.UUID    `json:"retrofit"`
	ApprovedOn calendar.Day `json:"approved_on"`
}

// Accepted: the finished work was accepted (验收); from here the household counts.
type Accepted struct {
	Retrofit   uuid.UUID    `json:"retrofit"`
	Household  uuid.UUID    `json:"household"`
	AcceptedOn calendar.Day `json:"accepted_on"`
}

func (Applied) EventType() string  { return "RetrofitApplied.v1" }
func (Approved) EventType() string { return "RetrofitApproved.v1" }
func (Accepted) EventType() string { return "RetrofitAccepted.v1" }

// Types lists the events of a retrofit's stream.
func Types() []event.Type {
	return []event.Type{event.TypeOf[Applied](), event.TypeOf[Approved](), event.TypeOf[Accepted]()}
}
