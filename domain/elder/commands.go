package elder

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

// Command is one of the commands of an elder's stream.
type Command interface{ elderCommand() }

// Register asks to enter a person on the register. Born is used to check, never stored in clear.
type Register struct {
	Elder        uuid.UUID
	Area         string
	RegisteredOn calendar.Day
	Sex          Sex
	Born         calendar.Day
	Household    uuid.UUID
	Personal     *event.Sealed
}

// RecordCircumstances replaces the set of circumstances from EffectiveOn on.
type RecordCircumstances struct {
	Circumstances []Circumstance
	EffectiveOn   calendar.Day
}

// LogHomeVisit reports a contact that has happened.
type LogHomeVisit struct {
	Visit      uuid.UUID
	OccurredOn calendar.Day
	Mode       Mode
	Outcome    Outcome
	Note       *event.Sealed
}

// CorrectHomeVisit replaces day, mode and outcome of a visit.
type CorrectHomeVisit struct {
	Visit      uuid.UUID
	OccurredOn calendar.Day
	Mode       Mode
	Outcome    Outcome
	Reason     *event.Sealed
}

// EnterHomeVisitInError takes a visit back.
type EnterHomeVisitInError struct {
	Visit  uuid.UUID
	Reason *event.Sealed
}

// Admit commits an admission whose bed is reserved. Report marks what has already happened: it is recorded with
// doubts instead of refused. Doubts are those the institution's side raised.
type Admit struct {
	Stay            uuid.UUID
	Institution     uuid.UUID
	InstitutionArea string
	AdmittedOn      calendar.Day
	Report          bool
	Doubts          []string
}

// Transfer commits a move of the stay to another institution, whose bed is reserved.
type Transfer struct {
	Stay            uuid.UUID
	Institution     uuid.UUID
	InstitutionArea string
	TransferredOn   calendar.Day
	Report          bool
	Doubts          []string
}

// Discharge ends a stay.
type Discharge struct {
	Stay         uuid.UUID
	DischargedOn calendar.Day
	Reason       DischargeReason
}

// AbandonAdmission gives up an admission or transfer of Stay into Institution that did not finish.
type AbandonAdmission struct {
	Stay        uuid.UUID
	Institution uuid.UUID
}

// Move reports that the elder lives in another area from MovedOn on.
type Move struct {
	Area    string
	MovedOn calendar.Day
}

// RecordDeath reports that the elder died.
type RecordDeath struct{ DiedOn calendar.Day }

// EnterDeathInError takes the report of a death back.
type EnterDeathInError struct{ Reason *event.Sealed }

// Keep is a command of what is known of the elder: standings and activities.
type Keep struct{ standing.Command }

// Erase asks to erase the elder's personal data.
type Erase struct{ person.Erase }

// Merge asks to merge the registration, a duplicate, into another one of the same person.
type Merge struct{ person.Merge }

func (Register) elderCommand()              {}
func (RecordCircumstances) elderCommand()   {}
func (LogHomeVisit) elderCommand()          {}
func (CorrectHomeVisit) elderCommand()      {}
func (EnterHomeVisitInError) elderCommand() {}
func (Admit) elderCommand()                 {}
func (Transfer) elderCommand()              {}
func (Discharge) elderCommand()             {}
func (AbandonAdmission) elderCommand()      {}
func (Move) elderCommand()                  {}
func (RecordDeath) elderCommand()           {}
func (EnterDeathInError) elderCommand()     {}
func (Keep) elderCommand()                  {}
func (Erase) elderCommand()                 {}
func (Merge) elderCommand()                 {}
