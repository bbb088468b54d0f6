package child

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
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

// LogCheck reports a check of the 4-2-1 schedule (健康检查). NextDueOn is the last day on which the next one is in time (0: no
// other is due); until then the child is managed.
type LogCheck struct {
	Record                uuid.UUID
	OccurredOn, NextDueOn calendar.Day
}

// LogImmunisation reports a dose (预防接种). NextDueOn is the last day on which the next one is in time (0: no other is due);
// until then the child is immunised.
type LogImmunisation struct {
	Record                uuid.UUID
	OccurredOn, NextDueOn calendar.Day
}

// LogNewbornVisit reports a visit to a newborn child (新生儿访视). The day of birth being sealed, DaysSinceBirth says how old
// the child was, where the month of birth alone does not tell whether the visit came within 28 days.
type LogNewbornVisit struct {
	Record         uuid.UUID
	OccurredOn     calendar.Day
	DaysSinceBirth *int
}

// Keep is a command of what is known of the child: standings and activities.
type Keep struct{ standing.Command }

// Erase asks to erase the personal data of the child and of the guardian.
type Erase struct{ person.Erase }

// Merge asks to merge the registration, a duplicate, into another one of the same child.
type Merge struct{ person.Merge }

func (Register) childCommand()         {}
func (Enrol) childCommand()            {}
func (Withdraw) childCommand()         {}
func (AbandonEnrolment) childCommand() {}
func (LogCheck) childCommand()         {}
func (LogImmunisation) childCommand()  {}
func (LogNewbornVisit) childCommand()  {}
func (Keep) childCommand()             {}
func (Erase) childCommand()            {}
func (Merge) childCommand()            {}
