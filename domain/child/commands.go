package child

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Command is one of the commands of a child's stream.
type Command interface{ childCommand() }

// Register asks to enter a child on the register. Born is used to check, never stored in clear.
type Register struct {
	Child        uuid.UUID
	Area         string
	RegisteredOn calendar.Day
	Sex          Sex
	Born         calendar.Day
	Personal     *event.Sealed
	Guardian     *event.Sealed
}

// Enrol commits an enrolment whose place is reserved. Report marks what has already happened.
type Enrol struct {
	Enrolment     uuid.UUID
	Childcare     uuid.UUID
	ChildcareArea string
	Class         Class
	EnrolledOn    calendar.Day
	Report        bool
	Doubts        []string
}

// Withdraw ends an enrolment.
type Withdraw struct {
	Enrolment   uuid.UUID
	WithdrawnOn calendar.Day
	Reason      WithdrawalReason
}

// AbandonEnrolment gives up an enrolment that did not finish.
type AbandonEnrolment struct {
	Enrolment uuid.UUID
	Childcare uuid.UUID
}

func (Register) childCommand()         {}
func (Enrol) childCommand()            {}
func (Withdraw) childCommand()         {}
func (AbandonEnrolment) childCommand() {}
