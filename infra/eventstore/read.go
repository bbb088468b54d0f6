package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/careledger/careledger/domain/event"
)

// Load implements command.Ledger. Numbers are not set: a stream read does not count.
func (l *Log) Load(ctx context.Context, stream string, from uint64) ([]event.Recorded, error) {
	read, err := l.read(ctx, stream, esdb.ReadStreamOptions{From: esdb.Revision(from)}, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	events := make([]event.Recorded, len(read))
	for i, e := range read {
		if events[i], err = l.decode(e); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// read answers the events of a stream; one that is not there has none.
func (l *Log) read(ctx context.Context, stream string, o esdb.ReadStreamOptions, limit uint64) ([]*esdb.RecordedEvent, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return call(ctx, l.connection, func(client *esdb.Client) (events []*esdb.RecordedEvent, err error) {
		read, err := client.ReadStream(ctx, stream, o, limit)
		if err != nil {
			return nil, translate(err)
		}
		defer read.Close()
		for {
			resolved, err := read.Recv()
			var e *esdb.Error
			switch {
			case err == nil:
				events = append(events, resolved.OriginalEvent())
			case errors.Is(err, io.EOF), errors.As(err, &e) && e.Code() == esdb.ErrorCodeResourceNotFound:
				return events, nil
			default:
				return nil, translate(err)
			}
		}
	})
}

func (l *Log) decode(e *esdb.RecordedEvent) (event.Recorded, error) {
	r := event.Recorded{
		ID: e.EventID, Stream: e.StreamID, Revision: e.EventNumber, Type: e.EventType, Data: e.Data,
		Position: event.Position{Commit: e.Position.Commit, Prepare: e.Position.Prepare},
	}
	if err := event.Unmarshal(e.UserMetadata, &r.Metadata); err != nil {
		return r, fmt.Errorf("metadata of %s at %s/%d cannot be read: %w", e.EventType, e.StreamID, e.EventNumber, err)
	}
	var err error
	r.Event, _, err = l.codec.Decode(e.EventType, e.Data)
	if err != nil {
		return r, fmt.Errorf("event at %s/%d: %w", e.StreamID, e.EventNumber, err)
	}
	return r, nil
}

// ours decodes e where it bears the ledger's id and so has a ledger number.
func (l *Log) ours(e *esdb.RecordedEvent) (event.Recorded, bool) {
	if strings.HasPrefix(e.EventType, "$") {
		return event.Recorded{}, false
	}
	r, err := l.decode(e)
	if r.Metadata.Ledger != l.ledger {
		return event.Recorded{}, false
	}
	if err != nil {
		l.logger.Error("an event cannot be read and is passed on undecoded", "stream", r.Stream, "revision", r.Revision, "type", r.Type)
	}
	return r, true
}
