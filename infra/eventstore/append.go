package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// ErrTooLarge is answered for an event above event.MaxBytes.
var ErrTooLarge = fault.New(fault.TooLarge, "event-too-large",
	"单条记录超过 256 KiB，请缩短内容后重试。", "The record is larger than 256 KiB; shorten it and send it again.")

// Append implements command.Ledger: durable when it returns nil, all or nothing.
func (l *Log) Append(ctx context.Context, stream string, expected int64, events []event.Pending) error {
	data := make([]esdb.EventData, len(events))
	recordedAt := l.now().UTC().Truncate(time.Microsecond)
	for i, p := range events {
		p.Metadata.RecordedAt = recordedAt
		var err error
		if data[i], err = encode(p); err != nil {
			return err
		}
	}
	var revision esdb.ExpectedRevision = esdb.NoStream{}
	if expected >= 0 {
		revision = esdb.Revision(uint64(expected))
	}
	_, err := l.write(ctx, stream, revision, data...)
	return err
}

func encode(p event.Pending) (esdb.EventData, error) {
	body, err := json.Marshal(p.Event)
	if err != nil {
		return esdb.EventData{}, fmt.Errorf("encode %s: %w", p.Event.EventType(), err)
	}
	meta, err := json.Marshal(p.Metadata)
	if err != nil {
		return esdb.EventData{}, fmt.Errorf("encode metadata of %s: %w", p.Event.EventType(), err)
	}
	if len(body)+len(meta) > event.MaxBytes {
		return esdb.EventData{}, ErrTooLarge
	}
	return esdb.EventData{
		EventID: p.ID, EventType: p.Event.EventType(), ContentType: esdb.ContentTypeJson, Data: body, Metadata: meta,
	}, nil
}

// write appends and answers the revision of the last event written.
func (l *Log) write(ctx context.Context, stream string, expected esdb.ExpectedRevision, data ...esdb.EventData) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return call(ctx, l.connection, func(client *esdb.Client) (uint64, error) {
		result, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, data...)
		var e *esdb.Error
		switch {
		case err == nil:
			return result.NextExpectedVersion, nil
		case errors.As(err, &e) && e.Code() == esdb.ErrorCodeWrongExpectedVersion:
			return 0, command.ErrWrongRevision
		}
		return 0, translate(err)
	})
}
