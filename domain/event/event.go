package event

import (
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
)

// Event is a fact of one stream. EventType is its literal wire name with a version, e.g. "HomeVisitLogged.v1".
type Event interface{ EventType() string }

// Doubtful is an event that carries doubts: rules it broke as a report of what had already happened. Someone must
// settle them. Codes are those of the refusals that an asking command would have met.
type Doubtful interface{ EventDoubts() []string }

// Doubts is embedded by events that may carry doubts.
type Doubts struct {
	Doubts []string `json:"doubts,omitempty"`
}

// EventDoubts implements Doubtful.
func (d Doubts) EventDoubts() []string { return d.Doubts }

// Sealed is a personal value, encrypted under the key of Subject (a key-subject id, not a stream id).
// Ciphertext is base64 in JSON.
type Sealed struct {
	Subject    uuid.UUID `json:"subject"`
	Ciphertext []byte    `json:"ciphertext"`
}

// Metadata travels with every event, as JSON. Times are UTC. Area is the entity's area code at that time
// (6, 9 or 12 digits); its first four digits are the prefecture. Traceparent, in the form of the W3C header, names the
// step that appended the event where somebody follows it; empty for most.
type Metadata struct {
	Ledger        uuid.UUID    `json:"ledger"`
	CommandID     uuid.UUID    `json:"command_id"`
	BodyHash      string       `json:"body_hash,omitempty"`
	CorrelationID uuid.UUID    `json:"correlation_id"`
	CausationID   uuid.UUID    `json:"causation_id"`
	Actor         string       `json:"actor"`
	Device        string       `json:"device,omitempty"`
	Area          string       `json:"area,omitempty"`
	OccurredOn    calendar.Day `json:"occurred_on,omitempty"`
	ReceivedAt    time.Time    `json:"received_at"`
	RecordedAt    time.Time    `json:"recorded_at"`
	Traceparent   string       `json:"traceparent,omitempty"`
	Schema        int          `json:"schema"`
}

// SchemaVersion is the version of Metadata's shape that new events carry.
const SchemaVersion = 1

// Prefecture is the four digits by which streams, subjects and sort keys are sharded, or "0000" for what belongs to
// the whole ledger.
func (m Metadata) Prefecture() string {
	if len(m.Area) < 4 {
		return "0000"
	}
	return m.Area[:4]
}

// Recorded is an event as the log holds it. Revision counts from 0 in its stream. Number is the ledger number: the
// ordinal, in the log's order, among the events of this ledger, from 1; 0 where the reader did not count.
// Event is nil where this build does not know Type.
type Recorded struct {
	ID       uuid.UUID
	Stream   string
	Revision uint64
	Number   uint64
	Position Position
	Type     string
	Data     []byte
	Metadata Metadata
	Event    Event
}

// Position is where the store keeps an event; it means nothing outside one store.
type Position struct {
	Commit  uint64 `json:"commit"`
	Prepare uint64 `json:"prepare"`
}

// Pending is an event on its way into the log.
type Pending struct {
	ID       uuid.UUID
	Event    Event
	Metadata Metadata
}

// MaxBytes is the largest event, data and metadata together; larger content is a sealed blob named by its hash.
const MaxBytes = 256 << 10

// Checkpoint is where a follower of the log stands, in the log's own terms. The zero Checkpoint is before the first
// event. Restoring an older log starts a new epoch.
type Checkpoint struct {
	Epoch    int       `json:"epoch"`
	Number   uint64    `json:"number,string"`
	EventID  uuid.UUID `json:"event_id"`
	Position Position  `json:"position"`
}

// After is the checkpoint of a follower that has taken r.
func (r Recorded) After(epoch int) Checkpoint {
	return Checkpoint{Epoch: epoch, Number: r.Number, EventID: r.ID, Position: r.Position}
}
