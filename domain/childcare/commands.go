package childcare

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/standing"
)

// Command is one of the commands of a childcare institution's stream.
type Command interface{ childcareCommand() }

// Register asks to enter a childcare institution on the register.
type Register struct {
	Childcare    uuid.UUID
	Area         string
	Name         string
	Ownership    Ownership
	RegisteredOn calendar.Day
}

// File puts it on file.
type File struct {
	FiledOn      calendar.Day
	FilingNumber string
}

// OpenPlaces opens places.
type OpenPlaces struct {
	Places, InclusivePlaces int
	OpenedOn                calendar.Day
}

// ClosePlaces gives places up.
type ClosePlaces struct {
	Places, InclusivePlaces int
	ClosedOn                calendar.Day
}

// ReservePlace holds a place for an enrolment that the child's stream commits.
type ReservePlace struct {
	Enrolment, Child uuid.UUID
	FromOn           calendar.Day
	Report           bool
}

// ReleasePlace frees the place of an enrolment.
type ReleasePlace struct {
	Enrolment uuid.UUID
	Reason    ReleaseReason
}

// Keep is a command of what is known of the childcare institution: standings.
type Keep struct{ standing.Command }

func (Register) childcareCommand()     {}
func (File) childcareCommand()         {}
func (OpenPlaces) childcareCommand()   {}
func (ClosePlaces) childcareCommand()  {}
func (ReservePlace) childcareCommand() {}
func (ReleasePlace) childcareCommand() {}
func (Keep) childcareCommand()         {}
