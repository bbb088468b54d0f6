package eventstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
)

// Note keeps one small JSON value in the store beside the ledger, e.g. a follower's checkpoint. Its events do not bear
// the ledger's id, so they have no ledger number; only the newest are kept.
type Note struct {
	log    *Log
	stream string
}

// Note names a value: lower-case words with hyphens.
func (l *Log) Note(name string) Note { return Note{log: l, stream: "note-" + name} }

type noted struct {
	NoteOf uuid.UUID       `json:"note_of"`
	Value  json.RawMessage `json:"value"`
}

// Read fills value and reports whether there was one of this ledger.
func (n Note) Read(ctx context.Context, value any) (bool, error) {
	newest := esdb.ReadStreamOptions{From: esdb.End{}, Direction: esdb.Backwards}
	events, err := n.log.read(ctx, n.stream, newest, 1)
	if err != nil || len(events) == 0 {
		return false, err
	}
	var v noted
	if err := json.Unmarshal(events[0].Data, &v); err != nil {
		return false, fmt.Errorf("read %s: %w", n.stream, err)
	}
	if v.NoteOf != n.log.ledger {
		return false, nil
	}
	return true, json.Unmarshal(v.Value, value)
}

// Write replaces the value.
func (n Note) Write(ctx context.Context, value any) error {
	v, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", n.stream, err)
	}
	data, err := json.Marshal(noted{NoteOf: n.log.ledger, Value: v})
	if err != nil {
		return fmt.Errorf("encode %s: %w", n.stream, err)
	}
	revision, err := n.log.write(ctx, n.stream, esdb.Any{},
		esdb.EventData{EventID: uuid.New(), EventType: "Note", ContentType: esdb.ContentTypeJson, Data: data, Metadata: []byte("{}")})
	if err != nil || revision > 0 {
		return err
	}
	return n.keepNewest(ctx) // the first one
}

func (n Note) keepNewest(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := call(ctx, n.log.connection, func(client *esdb.Client) (struct{}, error) {
		var keep esdb.StreamMetadata
		keep.SetMaxCount(2)
		_, err := client.SetStreamMetadata(ctx, n.stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, keep)
		if err != nil {
			err = translate(err)
		}
		return struct{}{}, err
	})
	return err
}

// Checkpoints keeps a follower's checkpoint as a note.
type Checkpoints struct{ note Note }

// Checkpoints of the follower with that name.
func (l *Log) Checkpoints(name string) Checkpoints { return Checkpoints{l.Note("checkpoint-" + name)} }

// Load answers the checkpoint, the zero one where there is none.
func (c Checkpoints) Load(ctx context.Context) (event.Checkpoint, error) {
	var v event.Checkpoint
	_, err := c.note.Read(ctx, &v)
	return v, err
}

// Save replaces the checkpoint.
func (c Checkpoints) Save(ctx context.Context, v event.Checkpoint) error { return c.note.Write(ctx, v) }
