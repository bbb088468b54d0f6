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
		if err := l.decode(e, &events[i]); err != nil {
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

// decode fills r, of which there may be tens of thousands at once.
func (l *Log) decode(e *esdb.RecordedEvent, r *event.Recorded) (err error) {
	*r = event.Recorded{
		ID: e.EventID, Stream: e.StreamID, Revision: e.EventNumber, Type: e.EventType, Data: e.Data,
		Position: event.Position{Commit: e.Position.Commit, Prepare: e.Position.Prepare},
	}
	if err := event.Unmarshal(e.UserMetadata, &r.Metadata); err != nil {
		return fmt.Errorf("metadata of %s at %s/%d cannot be read: %w", e.EventType, e.StreamID, e.EventNumber, err)
	}
	r.Event, _, err = l.codec.Decode(e.EventType, e.Data)
	if err != nil {
		return fmt.Errorf("event at %s/%d: %w", e.StreamID, e.EventNumber, err)
	}
	return nil
}

// ours decodes e where it bears the ledger's id and so has a ledger number.
func (l *Log) ours(e *esdb.RecordedEvent, r *event.Recorded) bool {
	if strings.HasPrefix(e.EventType, "$") {
		return false
	}
	err := l.decode(e, r)
	if r.Metadata.Ledger != l.ledger {
		return false
	}
	if err != nil {
		l.logger.Error("an event cannot be read and is passed on undecoded", "stream", r.Stream, "revision", r.Revision, "type", r.Type)
	}
	return true
}
