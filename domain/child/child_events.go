package child

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Sex as on the birth certificate.
type Sex string

// Class is the kind of group a child joins.
type Class string

// WithdrawalReason is why an enrolment ended.
type WithdrawalReason string

// The words on the wire.
const (
	Male   Sex = "male"
	Female Sex = "female"

	Infant  Class = "infant"  // 乳儿班, 6-12 months
	Toddler Class = "toddler" // 托小班, 12-24
	Junior  Class = "junior"  // 托大班, 24-36
	Mixed   Class = "mixed"   // 混合班, from 18

	OfAge       WithdrawalReason = "age"
	MovedAway   WithdrawalReason = "moved"
	OtherReason WithdrawalReason = "other"
)

// Registered: a child entered the register. Name, ID number and day of birth are in Personal, the guardian's name and
// phone in Guardian under the guardian's own key.
type Registered struct {
	Child        uuid.UUID      `json:"child"`
	Area         string         `json:"area"`
	RegisteredOn calendar.Day   `json:"registered_on"`
	Sex          Sex            `json:"sex"`
	BirthMonth   calendar.Month `json:"birth_month"`
	Personal     *event.Sealed  `json:"personal,omitempty"`
	Guardian     *event.Sealed  `json:"guardian,omitempty"`
}

// Enrolled: the child took a place (入托). It commits the enrolment; the place was reserved before.
type Enrolled struct {
	Child         uuid.UUID      `json:"child"`
	Enrolment     uuid.UUID      `json:"enrolment"`
	Childcare     uuid.UUID      `json:"childcare"`
	ChildcareArea string         `json:"childcare_area"`
	Class         Class          `json:"class"`
	BirthMonth    calendar.Month `json:"birth_month"`
	EnrolledOn    calendar.Day   `json:"enrolled_on"`
	event.Doubts
}

// Withdrawn: the child left the place (退托). WithdrawnOn is the first day without it.
type Withdrawn struct {
	Child         uuid.UUID        `json:"child"`
	Enrolment     uuid.UUID        `json:"enrolment"`
	Childcare     uuid.UUID        `json:"childcare"`
	ChildcareArea string           `json:"childcare_area"`
	BirthMonth    calendar.Month   `json:"birth_month"`
	WithdrawnOn   calendar.Day     `json:"withdrawn_on"`
	Reason        WithdrawalReason `json:"reason"`
}

// EnrolmentAbandoned: an enrolment that did not finish in time is given up; a late one is refused from here on.
type EnrolmentAbandoned struct {
	Child     uuid.UUID `json:"child"`
	Enrolment uuid.UUID `json:"enrolment"`
	Childcare uuid.UUID `json:"childcare"`
}

func (Registered) EventType() string         { return "ChildRegistered.v1" }
func (Enrolled) EventType() string           { return "ChildEnrolled.v1" }
func (Withdrawn) EventType() string          { return "ChildWithdrawn.v1" }
func (EnrolmentAbandoned) EventType() string { return "EnrolmentAbandoned.v1" }

// Types lists the events of a child's stream beside those of package standing.
func Types() []event.Type {
	return []event.Type{
		event.TypeOf[Registered](), event.TypeOf[Enrolled](), event.TypeOf[Withdrawn](), event.TypeOf[EnrolmentAbandoned](),
	}
}
