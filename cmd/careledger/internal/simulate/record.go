package simulate

import (
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Record is one event, and when it was received.
type Record struct {
	// ID is the id of the command that caused it, the same in every run with the seed.
	ID uuid.UUID
	// Received is when the server got it.
	Received time.Time
	// Stream is the stream's category, and Subject its id. A figure's stream has none: it is named by the event.
	Category string
	Subject  uuid.UUID
	Area     string
	On       calendar.Day
	Event    event.Event
	// Born and Number tell of who is registered what is sealed: the day of birth and the number of an invented name.
	// Until, of a check or dose, is the last day on which the next one is in time.
	Born   calendar.Day
	Until  calendar.Day
	Number int32
	// Caused: no command of its own causes it, but that of the record before or after it, in another stream or its own.
	Caused bool
}

// folk is a person or another subject of records.
type folk struct {
	dice
	id   uuid.UUID
	made uint32 // how many records there are of it
	town int16
	born calendar.Day
}

func newFolk(d dice) folk { return folk{id: d.id(), dice: d} }

// next is the id of its next record.
func (f *folk) next() uuid.UUID {
	f.made++
	return recordID(f.id, f.made)
}
