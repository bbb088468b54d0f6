package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// wireAppend appends; of a refusal in the middle the Go client tells nothing but the end of the call.
func (k *kit) wireAppend(t testing.TB, s string, expected esdb.ExpectedRevision, sent ...esdb.EventData) (*streams.AppendResp, metadata.MD, error) {
	t.Helper()
	messages := make([]*streams.AppendReq_ProposedMessage, len(sent))
	for i := range sent {
		content := "application/octet-stream"
		if sent[i].ContentType == esdb.ContentTypeJson {
			content = "application/json"
		}
		messages[i] = &streams.AppendReq_ProposedMessage{
			Id:       &shared.UUID{Value: &shared.UUID_String_{String_: sent[i].EventID.String()}},
			Metadata: map[string]string{"type": sent[i].EventType, "content-type": content},
			Data:     sent[i].Data, CustomMetadata: sent[i].Metadata,
		}
	}
	return k.wireSend(t, wireExpected(s, expected), messages...)
}

func (k *kit) wireSend(t testing.TB, o *streams.AppendReq_Options, messages ...*streams.AppendReq_ProposedMessage) (*streams.AppendResp, metadata.MD, error) {
	t.Helper()
	var trailer metadata.MD
	call, err := k.wire(t).Append(deadline(t), grpc.Trailer(&trailer))
	require.NoError(t, err)
	requests := []*streams.AppendReq{{Content: &streams.AppendReq_Options_{Options: o}}}
	for _, m := range messages {
		requests = append(requests, &streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{ProposedMessage: m}})
	}
	for _, r := range requests {
		if call.Send(r) != nil {
			break // why comes with the answer
		}
	}
	answer, err := call.CloseAndRecv()
	return answer, trailer, err
}

func wireExpected(s string, expected esdb.ExpectedRevision) *streams.AppendReq_Options {
	o := &streams.AppendReq_Options{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(s)}}
	switch e := expected.(type) {
	case esdb.NoStream:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_NoStream{NoStream: &shared.Empty{}}
	case esdb.Any:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_Any{Any: &shared.Empty{}}
	case esdb.StreamExists:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_StreamExists{StreamExists: &shared.Empty{}}
	case esdb.StreamRevision:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_Revision{Revision: e.Value}
	}
	return o
}

// wireDelete deletes; the Go client does not tell a wrong revision apart.
func (k *kit) wireDelete(t testing.TB, s string, expected esdb.ExpectedRevision) (trailer metadata.MD, err error) {
	t.Helper()
	o := &streams.DeleteReq_Options{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(s)}}
	switch e := expected.(type) {
	case esdb.NoStream:
		o.ExpectedStreamRevision = &streams.DeleteReq_Options_NoStream{NoStream: &shared.Empty{}}
	case esdb.Any:
		o.ExpectedStreamRevision = &streams.DeleteReq_Options_Any{Any: &shared.Empty{}}
	case esdb.StreamExists:
		o.ExpectedStreamRevision = &streams.DeleteReq_Options_StreamExists{StreamExists: &shared.Empty{}}
	case esdb.StreamRevision:
		o.ExpectedStreamRevision = &streams.DeleteReq_Options_Revision{Revision: e.Value}
	}
	_, err = k.wire(t).Delete(deadline(t), &streams.DeleteReq{Options: o}, grpc.Trailer(&trailer))
	return trailer, err
}
