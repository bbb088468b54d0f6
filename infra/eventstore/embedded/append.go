package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"

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
	first, err := call.Recv()
	if err != nil {
		return err
	}
	options := first.GetOptions()
	stream, err := writableStream(ctx, options.GetStreamIdentifier())
	if err != nil {
		return err
	}
	expected, err := expectedOf(options)
	if err != nil {
		return err
	}
	events, err := receiveEvents(ctx, call)
	if err != nil {
		return err
	}
	result, err := s.store.Append(ctx, stream, expected, events)
	var wrong *store.WrongRevision
	if errors.As(err, &wrong) {
		return call.SendAndClose(wrongRevision(options, wrong.Current))
	}
	if err != nil {
		return answer(ctx, stream, err)
	}
	return call.SendAndClose(appended(result))
}

func receiveEvents(ctx context.Context, call streams.Streams_AppendServer) ([]store.Proposed, error) {
	var events []store.Proposed
	size := 0
	for {
		request, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		m := request.GetProposedMessage()
		if m == nil {
			return nil, invalid("an append takes its options once, then events")
		}
		e, err := proposed(ctx, m.GetId(), m.GetMetadata(), m.GetCustomMetadata(), m.GetData())
		if err != nil {
			return nil, err
		}
		if size += len(e.Data) + len(e.Metadata) + len(e.Type); size > maxAppend {
			return nil, tooLarge(ctx, maxAppend, "an append holds")
		}
		events = append(events, e)
	}
}

func tooLarge(ctx context.Context, limit int, what string) error {
	return refuse(ctx, codes.InvalidArgument, fmt.Sprintf("%s at most %d bytes", what, limit),
		exceptionKey, appendTooLarge, "maximum-append-size", fmt.Sprint(limit))
}

func proposed(ctx context.Context, id *shared.UUID, meta map[string]string, custom, data []byte) (store.Proposed, error) {
	e := store.Proposed{Type: meta["type"], JSON: meta["content-type"] == jsonContent, Metadata: custom, Data: data}
	for _, key := range []string{"type", "content-type"} {
		if meta[key] == "" {
			return e, refuse(ctx, codes.InvalidArgument, "an event needs the metadata property "+key,
				exceptionKey, missingProperty, "required-metadata-properties", key)
		}
	}
	var err error
	if e.ID, err = eventID(id); err != nil {
		return e, err
	}
	if len(data)+len(custom) > maxEvent {
		return e, tooLarge(ctx, maxEvent, "an event holds")
	}
	return e, nil
}

func eventID(id *shared.UUID) (uuid.UUID, error) {
	var parsed uuid.UUID
	if n := id.GetStructured(); n != nil {
		binary.BigEndian.PutUint64(parsed[:8], uint64(n.GetMostSignificantBits()))
		binary.BigEndian.PutUint64(parsed[8:], uint64(n.GetLeastSignificantBits()))
	} else {
		var err error
		if parsed, err = uuid.Parse(id.GetString_()); err != nil {
			return parsed, invalid("the id of an event must be a UUID")
		}
	}
	if parsed == uuid.Nil {
		return parsed, invalid("the id of an event must not be empty")
	}
	return parsed, nil
}

func writableStream(ctx context.Context, id *shared.StreamIdentifier) (string, error) {
	name, err := streamOf(id)
	if err == nil && name == "$all" {
		return "", refuse(ctx, codes.PermissionDenied, "$all cannot be written to", exceptionKey, accessDenied)
	}
	return name, err
}

func streamOf(id *shared.StreamIdentifier) (string, error) {
	name := string(id.GetStreamName())
	if name == "" || name == "$$" {
		return "", invalid("the request needs a stream name")
	}
	return name, nil
}

// expectation is what the options of an append, a delete and a tombstone have in common.
type expectation interface {
	GetRevision() uint64
	GetNoStream() *shared.Empty
	GetAny() *shared.Empty
	GetStreamExists() *shared.Empty
}

func expectedOf(options *streams.AppendReq_Options) (store.Expected, error) {
	if options.GetExpectedStreamRevision() == nil {
		return 0, errNoExpectation
	}
	return expectedRevision(options), nil
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
	return store.Expected(min(e.GetRevision(), math.MaxInt64-1)) // no stream ever gets there
}

func appended(r store.Result) *streams.AppendResp {
	success := &streams.AppendResp_Success{
		CurrentRevisionOption: &streams.AppendResp_Success_NoStream{NoStream: &shared.Empty{}},
		PositionOption:        &streams.AppendResp_Success_NoPosition{NoPosition: &shared.Empty{}},
	}
	if r.Revision >= 0 {
		success.CurrentRevisionOption = &streams.AppendResp_Success_CurrentRevision{CurrentRevision: uint64(r.Revision)}
	}
	if r.Position > 0 {
		success.PositionOption = &streams.AppendResp_Success_Position{
			Position: &streams.AppendResp_Position{CommitPosition: r.Position, PreparePosition: r.Position},
		}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_Success_{Success: success}}
}

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
	case *streams.AppendReq_Options_Revision:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: e.Revision}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: e.Revision}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: w}}
}
