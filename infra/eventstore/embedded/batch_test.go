package embedded_test

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// dial connects without a client's own ways.
func dial(t *testing.T, s *embedded.Server) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(s.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return conn
}

func TestWhatIsServedIsListed(t *testing.T) {
	listed, err := serverfeatures.NewServerFeaturesClient(dial(t, open(t, embedded.Options{}))).GetSupportedMethods(t.Context(), &shared.Empty{})
	require.NoError(t, err)
	found := map[string][]string{}
	for _, m := range listed.GetMethods() {
		found[m.GetServiceName()+"/"+m.GetMethodName()] = m.GetFeatures()
	}
	require.Equal(t, map[string][]string{
		"event_store.client.streams.streams/append":                             nil,
		"event_store.client.streams.streams/batchappend":                        {"deadline_duration"},
		"event_store.client.streams.streams/delete":                             nil,
		"event_store.client.streams.streams/read":                               {"position", "events"},
		"event_store.client.streams.streams/tombstone":                          nil,
		"event_store.client.gossip.gossip/read":                                 nil,
		"event_store.client.server_features.serverfeatures/getsupportedmethods": nil,
	}, found)
	require.Regexp(t, `^\d+\.\d+\.\d+$`, listed.GetEventStoreServerVersion())
}

func TestCloseEndsACallOfBatchesThatClientsKeepOpen(t *testing.T) {
	s := open(t, embedded.Options{})
	call, err := streams.NewStreamsClient(dial(t, s)).BatchAppend(t.Context())
	require.NoError(t, err)
	id := uuid.New()
	require.NoError(t, call.Send(batchPart(id, true)))
	answer, err := call.Recv()
	require.NoError(t, err)
	require.NotNil(t, answer.GetSuccess())
	require.NoError(t, call.Send(batchPart(uuid.New(), false)))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, s.Close(ctx))
	require.NoError(t, ctx.Err(), "nobody had to be cut off")
	_, err = call.Recv()
	require.Equal(t, codes.Unavailable, status.Code(err))
}

func TestAppendsThatAreBegunAndNotEndedAreBounded(t *testing.T) {
	call, err := streams.NewStreamsClient(dial(t, open(t, embedded.Options{}))).BatchAppend(t.Context())
	require.NoError(t, err)
	for range 1024 {
		require.NoError(t, call.Send(batchPart(uuid.New(), false)))
	}
	require.NoError(t, call.Send(batchPart(uuid.New(), false)))
	answer, err := call.Recv()
	require.NoError(t, err)
	require.Equal(t, int32(codes.ResourceExhausted), answer.GetError().GetCode())
}

func batchPart(id uuid.UUID, final bool) *streams.BatchAppendReq {
	return &streams.BatchAppendReq{
		CorrelationId: &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}}, IsFinal: final,
		Options: &streams.BatchAppendReq_Options{
			StreamIdentifier:       &shared.StreamIdentifier{StreamName: []byte("elder")},
			ExpectedStreamPosition: &streams.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}},
		},
		ProposedMessages: []*streams.BatchAppendReq_ProposedMessage{{
			Id:       &shared.UUID{Value: &shared.UUID_String_{String_: uuid.NewString()}},
			Metadata: map[string]string{"type": "x", "content-type": "application/json"},
		}},
	}
}
