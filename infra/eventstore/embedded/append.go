package embedded

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// What one event and one append may hold, in bytes.
const (
	maxEvent  = 16 << 20
	maxAppend = 256 << 20
)

type streamsService struct {
	streams.UnimplementedStreamsServer
	store    *store.Store
	stopping <-chan struct{}
}

// Append takes the options first, then an event a message, and writes them all or none. A wrong expected revision is
// an answer here, not an error.
func (s *streamsService) Append(call streams.Streams_AppendServer) error {
	ctx := call.Context()
	var first opening
	if err := call.RecvMsg(&first); err != nil {
		return err
	}
	stream, expected, err := first.target()
	if err != nil {
		return answer(ctx, stream, err)
	}
	events, err := receiveEvents(call)
	if err != nil {
		return answer(ctx, stream, err)
	}
	result, err := s.store.Append(ctx, stream, expected, events)
	var wrong *store.WrongRevision
	if errors.As(err, &wrong) {
		options, err := first.options()
		if err != nil {
			return err
		}
		return call.SendAndClose(wrongRevision(options, wrong.Current))
	}
	if err != nil {
		return answer(ctx, stream, err)
	}
	return call.SendMsg(appended(result))
}

func receiveEvents(call streams.Streams_AppendServer) ([]store.Proposed, error) {
	var events []store.Proposed
	size := 0
	for {
		var m incoming
		err := call.RecvMsg(&m)
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		e, err := m.proposed()
		if err != nil {
			return nil, err
		}
		if size += sizeOf(&e); size > maxAppend {
			return nil, &tooLarge{maxAppend, "an append"}
		}
		events = append(events, e)
	}
}

func sizeOf(e *store.Proposed) int { return len(e.Data) + len(e.Metadata) + len(e.Type) }

// message is an event as Append and BatchAppend bring it.
type message interface {
	GetId() *shared.UUID
	GetMetadata() map[string]string
	GetCustomMetadata() []byte
	GetData() []byte
}

// proposed is the event of a message of an append.
func (m *incoming) proposed() (store.Proposed, error) {
	if m.event != nil {
		return *m.event, tooLargeEvent(m.event)
	}
	event := m.request.GetProposedMessage()
	if event == nil {
		return store.Proposed{}, invalid("an append takes its options once, then events")
	}
	return proposed(event)
}

func proposed(m message) (store.Proposed, error) {
	meta := m.GetMetadata()
	e := store.Proposed{Type: meta["type"], JSON: meta["content-type"] == jsonContent, Metadata: m.GetCustomMetadata(), Data: m.GetData()}
	for _, key := range []string{"type", "content-type"} {
		if meta[key] == "" {
			return e, missingProperty(key)
		}
	}
	var err error
	if e.ID, err = eventID(m.GetId()); err != nil {
		return e, err
	}
	return e, tooLargeEvent(&e)
}

func tooLargeEvent(e *store.Proposed) error {
	if len(e.Data)+len(e.Metadata) > maxEvent {
		return &tooLarge{maxEvent, "an event"}
	}
	return nil
}

func eventID(id *shared.UUID) (uuid.UUID, error) {
	parsed, err := parseUUID(id)
	switch {
	case err != nil:
		return parsed, invalid("the id of an event must be a UUID")
	case parsed == uuid.Nil:
		return parsed, invalid("the id of an event must not be empty")
	}
	return parsed, nil
}

func parseUUID(id *shared.UUID) (parsed uuid.UUID, err error) {
	n := id.GetStructured()
	if n == nil {
		return uuid.Parse(id.GetString_())
	}
	binary.BigEndian.PutUint64(parsed[:8], uint64(n.GetMostSignificantBits()))
	binary.BigEndian.PutUint64(parsed[8:], uint64(n.GetLeastSignificantBits()))
	return parsed, nil
}

func writableStream(id *shared.StreamIdentifier) (string, error) {
	name, err := streamOf(id)
	if err == nil && !writable(name) {
		return "", errAllWritten
	}
	return name, err
}

func writable(stream string) bool { return isName(stream) && stream != "$all" }

func streamOf(id *shared.StreamIdentifier) (string, error) {
	name := string(id.GetStreamName())
	if !isName(name) {
		return "", invalid("the request needs a stream name")
	}
	return name, nil
}

func isName(stream string) bool { return stream != "" && stream != "$$" }

// expectation is what the options of an append, a delete and a tombstone have in common.
type expectation interface {
	GetRevision() uint64
	GetNoStream() *shared.Empty
	GetAny() *shared.Empty
	GetStreamExists() *shared.Empty
}

var errNoExpectation = invalid("the request needs an expected stream revision")

func expectedRevision(e expectation) store.Expected {
	switch {
	case e.GetNoStream() != nil:
		return store.NoStream
	case e.GetAny() != nil:
		return store.Any
	case e.GetStreamExists() != nil:
		return store.StreamExists
	}
	return atRevision(e.GetRevision())
}

func atRevision(n uint64) store.Expected { return store.Expected(min(n, math.MaxInt64-1)) } // no stream ever gets there

// wrongRevision says what was expected and what is, in the fields of today and in those of 20.6.
func wrongRevision(o *streams.AppendReq_Options, current int64) *streams.AppendResp {
	w := &streams.AppendResp_WrongExpectedVersion{
		CurrentRevisionOption:        &streams.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &shared.Empty{}},
		CurrentRevisionOption_20_6_0: &streams.AppendResp_WrongExpectedVersion_NoStream_20_6_0{NoStream_20_6_0: &shared.Empty{}},
	}
	if current >= 0 {
		w.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: uint64(current)}
		w.CurrentRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{CurrentRevision_20_6_0: uint64(current)}
	}
	switch e := o.GetExpectedStreamRevision().(type) {
	case *streams.AppendReq_Options_Any:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedAny{ExpectedAny: &shared.Empty{}}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_Any_20_6_0{Any_20_6_0: &shared.Empty{}}
	case *streams.AppendReq_Options_StreamExists:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &shared.Empty{}}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_StreamExists_20_6_0{StreamExists_20_6_0: &shared.Empty{}}
	case *streams.AppendReq_Options_NoStream:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &shared.Empty{}}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: math.MaxUint64}
	case *streams.AppendReq_Options_Revision:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: e.Revision}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: e.Revision}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: w}}
}
