package contract

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// batching is a call of BatchAppend, which the Go client never makes; those of Node and .NET do for most appends.
type batching struct {
	t    testing.TB
	call streams.Streams_BatchAppendClient
}

func (k *kit) batching(t testing.TB) batching {
	t.Helper()
	call, err := k.wire(t).BatchAppend(deadline(t))
	require.NoError(t, err)
	return batching{t, call}
}

// whole sends an append in one part and answers the id that its answer will bear.
func (b batching) whole(s string, expected esdb.ExpectedRevision, sent ...esdb.EventData) uuid.UUID {
	b.t.Helper()
	id := uuid.New()
	b.part(id, batchOptions(s, expected), true, sent...)
	return id
}

// part sends a part of an append; only the first has options.
func (b batching) part(id uuid.UUID, o *streams.BatchAppendReq_Options, final bool, sent ...esdb.EventData) {
	b.t.Helper()
	b.send(&streams.BatchAppendReq{CorrelationId: wireID(id), Options: o, IsFinal: final, ProposedMessages: batched(sent)})
}

func (b batching) send(part *streams.BatchAppendReq) {
	b.t.Helper()
	require.NoError(b.t, b.call.Send(part))
}

// answers receives n answers and sorts them by what they are for; each comes once.
func (b batching) answers(n int) map[uuid.UUID]*streams.BatchAppendResp {
	b.t.Helper()
	found := map[uuid.UUID]*streams.BatchAppendResp{}
	for range n {
		answer, err := b.call.Recv()
		require.NoError(b.t, err)
		id, err := uuid.Parse(answer.GetCorrelationId().GetString_())
		require.NoError(b.t, err)
		require.NotContains(b.t, found, id)
		found[id] = answer
	}
	return found
}

func (b batching) answer(id uuid.UUID) *streams.BatchAppendResp {
	b.t.Helper()
	answer := b.answers(1)[id]
	require.NotNil(b.t, answer, "the next answer is to another append")
	return answer
}

func (b batching) succeeds(id uuid.UUID) *streams.BatchAppendResp_Success {
	b.t.Helper()
	answer := b.answer(id)
	require.Nil(b.t, answer.GetError())
	return answer.GetSuccess()
}

// requireProblem asserts that an append was refused, and with which detail.
func requireProblem(t testing.TB, answer *streams.BatchAppendResp, code int32, want proto.Message) {
	t.Helper()
	problem := answer.GetError()
	require.NotNil(t, problem, "%v", answer)
	require.Equal(t, code, problem.GetCode(), "%v", problem)
	require.NotEmpty(t, problem.GetMessage())
	require.Len(t, problem.GetDetails(), 1)
	detail, err := problem.GetDetails()[0].UnmarshalNew()
	require.NoError(t, err)
	require.True(t, proto.Equal(want, detail), "%v\n%v", want, detail)
}

func wireID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}}
}

func batched(sent []esdb.EventData) (messages []*streams.BatchAppendReq_ProposedMessage) {
	for i := range sent {
		messages = append(messages, &streams.BatchAppendReq_ProposedMessage{
			Id: wireID(sent[i].EventID), Metadata: map[string]string{"type": sent[i].EventType, "content-type": "application/json"},
			Data: sent[i].Data, CustomMetadata: sent[i].Metadata,
		})
	}
	return messages
}

func batchOptions(s string, expected esdb.ExpectedRevision) *streams.BatchAppendReq_Options {
	o := &streams.BatchAppendReq_Options{
		StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(s)},
		DeadlineOption:   &streams.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(patience)},
	}
	switch e := expected.(type) {
	case esdb.NoStream:
		o.ExpectedStreamPosition = &streams.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}}
	case esdb.Any:
		o.ExpectedStreamPosition = &streams.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}}
	case esdb.StreamExists:
		o.ExpectedStreamPosition = &streams.BatchAppendReq_Options_StreamExists{StreamExists: &emptypb.Empty{}}
	case esdb.StreamRevision:
		o.ExpectedStreamPosition = &streams.BatchAppendReq_Options_StreamPosition{StreamPosition: e.Value}
	}
	return o
}

// within and until are batchOptions with a time of one's own, as clients give it since 21.10.1 and before.
func within(s string, d time.Duration) *streams.BatchAppendReq_Options {
	o := batchOptions(s, esdb.Any{})
	o.DeadlineOption = &streams.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(d)}
	return o
}

func until(s string, at time.Time) *streams.BatchAppendReq_Options {
	o := batchOptions(s, esdb.Any{})
	o.DeadlineOption = &streams.BatchAppendReq_Options_Deadline_21_10_0{Deadline_21_10_0: timestamppb.New(at)}
	return o
}
