package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/grpc/codes"

	"github.com/careledger/careledger/infra/eventstore/tree"
)

// pageEvents are read at a time.
const pageEvents = 1000

// stored reads the ledger's events out of one store as they are stored, in order, into a tree that counts them.
type stored struct {
	log    *Log
	tree   *tree.Tree
	target bool
	page   []*esdb.RecordedEvent
	at     *esdb.Position // of the last event that was read
}

// entry is an event with a ledger number.
type entry struct {
	event *esdb.RecordedEvent
	leaf  tlog.Hash
}

const eventOverhead = 200 // bytes on the wire beside what is counted

func (e entry) size() int {
	return len(e.event.Data) + len(e.event.UserMetadata) + len(e.event.EventType) + eventOverhead
}

// data is the event as it is appended elsewhere.
func (e entry) data() esdb.EventData {
	content := esdb.ContentTypeBinary
	if e.event.ContentType == jsonContent {
		content = esdb.ContentTypeJson
	}
	return esdb.EventData{
		EventID: e.event.EventID, EventType: e.event.EventType, ContentType: content, Data: e.event.Data, Metadata: e.event.UserMetadata,
	}
}

const jsonContent = "application/json"

// ledger answers the id of the ledger that the store holds, and whether the stream that would name it is there at all.
func (s *stored) ledger(ctx context.Context) (id uuid.UUID, taken bool, err error) {
	events, err := s.log.read(ctx, ledgerStream, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
	if err != nil {
		return uuid.Nil, false, s.failed(err)
	}
	if len(events) == 0 {
		return uuid.Nil, false, nil
	}
	t := tree.New()
	if _, _, err := t.Take(leafOf(events[0])); err != nil {
		return uuid.Nil, true, err
	}
	return t.Ledger(), true, nil
}

// next answers the next event with a ledger number; false where there is none, for now.
func (s *stored) next(ctx context.Context) (entry, bool, error) {
	for {
		if len(s.page) == 0 {
			if err := s.turn(ctx); err != nil {
				return entry{}, false, s.failed(err)
			}
			if len(s.page) == 0 {
				return entry{}, false, nil
			}
		}
		e := s.page[0]
		s.page = s.page[1:]
		if strings.HasPrefix(e.EventType, "$") {
			continue
		}
		leaf, taken, err := s.tree.Take(leafOf(e))
		if err != nil || taken {
			return entry{e, leaf}, taken, err
		}
	}
}

func leafOf(e *esdb.RecordedEvent) tree.Event {
	return tree.Event{
		Stream: []byte(e.StreamID), Revision: e.EventNumber, ID: e.EventID, Type: []byte(e.EventType),
		JSON: e.ContentType == jsonContent, Metadata: e.UserMetadata, Data: e.Data,
	}
}

// turn reads the page behind the last event. That one comes once more, where it has not been removed since.
func (s *stored) turn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	at := s.at
	page, err := call(ctx, s.log.connection, func(client *esdb.Client) ([]*esdb.RecordedEvent, error) {
		o := esdb.ReadAllOptions{From: esdb.Start{}}
		if at != nil {
			o.From = *at
		}
		return readAll(ctx, client, o)
	})
	if err != nil {
		return err
	}
	for len(page) > 0 && at != nil && !after(page[0].Position, *at) {
		page = page[1:]
	}
	if s.page = page; len(page) > 0 {
		s.at = &page[len(page)-1].Position
	}
	return nil
}

func after(a, b esdb.Position) bool {
	return a.Commit > b.Commit || a.Commit == b.Commit && a.Prepare > b.Prepare
}

func readAll(ctx context.Context, client *esdb.Client, o esdb.ReadAllOptions) (events []*esdb.RecordedEvent, err error) {
	read, err := client.ReadAll(ctx, o, pageEvents+1)
	if err != nil {
		return nil, translate(err)
	}
	defer read.Close()
	for {
		resolved, err := read.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return events, nil
		case err != nil:
			return nil, translate(err)
		}
		events = append(events, resolved.OriginalEvent())
	}
}

// failed says at which end err happened, and that the store's own words are about damage where they are.
func (s *stored) failed(err error) error {
	if grpcCode(err) == codes.DataLoss {
		err = fmt.Errorf("%w (%s)", ErrDamaged, reason(err))
	}
	return &EndError{Target: s.target, Err: err}
}
