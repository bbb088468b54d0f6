package eventstore

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/careledger/careledger/domain/event"
)

// Event answers the event at a place of a stream; the zero event where there is none of this ledger, and one without
// Event where it cannot be decoded. Its number is not set: a stream read does not count.
func (l *Log) Event(ctx context.Context, stream string, revision uint64) (event.Recorded, error) {
	if stream == "" {
		return event.Recorded{}, nil
	}
	read, err := l.read(ctx, stream, esdb.ReadStreamOptions{From: esdb.Revision(revision)}, 1)
	if err != nil || len(read) == 0 || read[0].EventNumber != revision {
		return event.Recorded{}, err
	}
	var r event.Recorded
	if !l.ours(read[0], &r) {
		return event.Recorded{}, nil
	}
	return r, nil
}
