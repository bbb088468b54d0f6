package bus

import (
	"context"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
)

// Log is the ledger as the bus needs it.
type Log interface {
	// Follow calls take with the events after from, in ledger order, numbered, in batches of 1 to 1,000: first what is
	// there, then live, until ctx ends or take fails. The events are take's.
	Follow(ctx context.Context, from event.Checkpoint, take func(ctx context.Context, events []event.Recorded) error) error
	// End is where the log ends just now; zero where it is empty. What lies there need not be an event of the ledger.
	End(ctx context.Context) (event.Position, error)
	// Check answers an error that Options.Mismatch knows where a checkpoint is not of this log.
	Check(ctx context.Context, c event.Checkpoint) error
	// Ledger is the ledger's id.
	Ledger() uuid.UUID
	// Epoch counts from 1; a restored older log starts a new one. Messages of another epoch are not this log's.
	Epoch() int
}

// Checkpoints keeps how far the relay had published, for the day on which the bus has lost everything.
type Checkpoints interface {
	// Load answers the zero Checkpoint where none was saved.
	Load(ctx context.Context) (event.Checkpoint, error)
	Save(ctx context.Context, c event.Checkpoint) error
}
