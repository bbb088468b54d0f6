package retrofit

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
)

// Command is one of the commands of a retrofit's stream.
type Command interface{ retrofitCommand() }

// Apply asks for a retrofit of a household's home. Elder may be nil.
type Apply struct {
	Retrofit  uuid.UUID
	Area      string
	Household uuid.UUID
	Elder     uuid.UUID
	AppliedOn calendar.Day
}

// Approve approves an applied retrofit.
type Approve struct{ ApprovedOn calendar.Day }

// Accept accepts the finished work of an approved retrofit.
type Accept struct{ AcceptedOn calendar.Day }

func (Apply) retrofitCommand()   {}
func (Approve) retrofitCommand() {}
func (Accept) retrofitCommand()  {}
