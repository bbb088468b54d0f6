package institution

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/standing"
)

// Command is one of the commands of an institution's stream.
type Command interface{ institutionCommand() }

// Register asks to enter an institution on the register.
type Register struct {
	Institution  uuid.UUID
	Area         string
	Name         string
	Kind         Kind
	Ownership    Ownership
	RegisteredOn calendar.Day
}

// OpenBeds sets beds up; NursingBeds of them are nursing-type.
type OpenBeds struct {
	Beds, NursingBeds int
	OpenedOn          calendar.Day
}

// ConvertBeds makes beds nursing-type.
type ConvertBeds struct {
	Beds        int
	ConvertedOn calendar.Day
}

// OperateBeds puts beds into operation.
type OperateBeds struct {
	Beds       int
	OperatedOn calendar.Day
}

// CloseBeds gives beds up.
type CloseBeds struct {
	Beds, NursingBeds, OperatingBeds int
	ClosedOn                         calendar.Day
}

// ReserveBed holds a bed for a stay that the elder's stream commits. Report: it has already happened; a full house is a
// doubt then.
type ReserveBed struct {
	Stay, Elder uuid.UUID
	FromOn      calendar.Day
	Report      bool
}

// ReleaseBed frees the bed of a stay.
type ReleaseBed struct {
	Stay   uuid.UUID
	Reason ReleaseReason
}

// Keep is a command of what is known of the institution: standings.
type Keep struct{ standing.Command }

func (Register) institutionCommand()    {}
func (OpenBeds) institutionCommand()    {}
func (ConvertBeds) institutionCommand() {}
func (OperateBeds) institutionCommand() {}
func (CloseBeds) institutionCommand()   {}
func (ReserveBed) institutionCommand()  {}
func (ReleaseBed) institutionCommand()  {}
func (Keep) institutionCommand()        {}
