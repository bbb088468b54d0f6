package simulate

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/figure"
)

// Actor is who all records of a simulation are by.
const Actor = "simulate"

// Stream is the name of the stream that the event belongs to.
func (r Record) Stream() string {
	if r.Category != "figure" {
		return command.StreamName(r.Category, r.Area[:4], r.Subject)
	}
	series := ""
	switch e := r.Event.(type) {
	case figure.Reported:
		series = e.Series
	case figure.Corrected:
		series = e.Series
	}
	return "figure-" + r.Area + "-" + series
}

// Pending is the event as a log takes it, for a ledger. RecordedAt is when it was received: a log that sets it itself
// has to take it from there. Personal values are left out: only a vault can seal them.
func (r Record) Pending(ledger uuid.UUID) (stream string, e event.Pending) {
	stream = r.Stream()
	index := 0
	if r.Caused {
		index = 1
	}
	return stream, event.Pending{
		ID: command.EventID(r.ID, stream, index), Event: r.Event,
		Metadata: event.Metadata{
			Ledger: ledger, CommandID: r.ID, CorrelationID: r.ID, CausationID: r.ID, Actor: Actor, Device: "simulate-" + r.Area, Area: r.Area,
			OccurredOn: r.On, ReceivedAt: r.Received, RecordedAt: r.Received, Schema: event.SchemaVersion,
		},
	}
}

// line is an event in a file.
type line struct {
	Stream   string         `json:"stream"`
	ID       uuid.UUID      `json:"id"`
	Type     string         `json:"type"`
	Data     event.Event    `json:"data"`
	Metadata event.Metadata `json:"metadata"`
}

// WriteEvent writes the event as one line of JSON: stream, id, type, data and metadata as a log holds them, with a ledger
// id of zeros.
func (r Record) WriteEvent(out io.Writer) error {
	stream, e := r.Pending(uuid.Nil)
	return writeLine(out, line{stream, e.ID, r.Event.EventType(), r.Event, e.Metadata})
}

// WriteCommand writes the command that causes the event as one line of JSON, an item of the API's batch. It writes
// nothing for what another command causes.
func (r Record) WriteCommand(out io.Writer) error {
	c, ok := r.Command()
	if !ok {
		return nil
	}
	return writeLine(out, c)
}

func writeLine(out io.Writer, value any) error {
	if err := json.NewEncoder(out).Encode(value); err != nil { // in one write
		return fmt.Errorf("write a record: %w", err)
	}
	return nil
}
