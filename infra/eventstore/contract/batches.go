package contract

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	alreadyExists    = int32(codes.AlreadyExists)
	notFound         = int32(codes.NotFound)
	deadlineExceeded = int32(codes.DeadlineExceeded)
	invalidArgument  = int32(codes.InvalidArgument)
	permissionDenied = int32(codes.PermissionDenied)
)

// testBatches: many appends over one call. Source: EventStoreDB 24.10, Streams.BatchAppend and Status.
func testBatches(t *testing.T, k *kit) {
	t.Run("expected revisions", func(t *testing.T) { testBatchedExpectations(t, k) })
	t.Run("refusals", func(t *testing.T) { testBatchedRefusals(t, k) })
	t.Run("deadlines", func(t *testing.T) { testBatchedDeadlines(t, k) })

	t.Run("appends in parts, mixed with one another", func(t *testing.T) {
		b := k.batching(t)
		const appends, parts, each = 7, 5, 3
		sent := map[uuid.UUID][]esdb.EventData{}
		names, order := map[uuid.UUID]string{}, []uuid.UUID{}
		for range appends {
			id := uuid.New()
			names[id], sent[id], order = stream("elder"), events("x", parts*each), append(order, id)
		}
		for p := range parts {
			for _, id := range order {
				var o *streams.BatchAppendReq_Options
				if p == 0 {
					o = batchOptions(names[id], esdb.NoStream{})
				}
				b.part(id, o, p == parts-1, sent[id][p*each:(p+1)*each]...)
			}
		}
		for id, answer := range b.answers(appends) {
			require.EqualValues(t, parts*each-1, answer.GetSuccess().GetCurrentRevision())
			require.Equal(t, names[id], string(answer.GetStreamIdentifier().GetStreamName()))
			require.Equal(t, sentIDs(sent[id]), ids(k.whole(t, names[id])))
		}
	})
	t.Run("one after another to a stream, none waiting for the answer before", func(t *testing.T) {
		b, s, sent := k.batching(t), stream("elder"), events("x", 300)
		asked := []uuid.UUID{b.whole(s, esdb.NoStream{}, sent[0])}
		for i := 1; i < len(sent); i++ {
			asked = append(asked, b.whole(s, esdb.Revision(uint64(i)-1), sent[i]))
		}
		answers := b.answers(len(sent))
		for i, id := range asked {
			require.EqualValues(t, i, answers[id].GetSuccess().GetCurrentRevision(), "%v", answers[id])
		}
		require.Equal(t, sentIDs(sent), ids(k.whole(t, s)))
	})
	t.Run("a refused one holds up none", func(t *testing.T) {
		b, taken := k.batching(t), stream("elder")
		k.append(t, taken, esdb.NoStream{}, events("x", 2)...)
		wrong := map[uuid.UUID]bool{}
		for i := range 40 {
			if i%4 == 0 {
				wrong[b.whole(taken, esdb.NoStream{}, events("y", 1)...)] = true
			} else {
				wrong[b.whole(stream("elder"), esdb.NoStream{}, events("y", 1)...)] = false
			}
		}
		for id, answer := range b.answers(len(wrong)) {
			require.Equal(t, wrong[id], answer.GetError() != nil)
		}
		require.Len(t, k.whole(t, taken), 2)
	})
	t.Run("the answer names revision and position, and so does that to a retry", func(t *testing.T) {
		b, s, sent := k.batching(t), stream("elder"), events("x", 3)
		first := b.succeeds(b.whole(s, esdb.NoStream{}, sent...))
		require.EqualValues(t, 2, first.GetCurrentRevision())
		require.Equal(t, k.whole(t, s)[2].Event.Position.Commit, first.GetPosition().GetCommitPosition())
		for _, expected := range []esdb.ExpectedRevision{esdb.NoStream{}, esdb.Any{}, esdb.StreamExists{}} {
			again := b.succeeds(b.whole(s, expected, sent...))
			require.Equal(t, first.GetPosition().GetCommitPosition(), again.GetPosition().GetCommitPosition())
			require.EqualValues(t, 2, again.GetCurrentRevision())
		}
		require.Len(t, k.whole(t, s), 3)
	})
	t.Run("all that was sent is answered before the call ends", func(t *testing.T) {
		b, s := k.batching(t), stream("elder")
		for range 20 {
			b.whole(s, esdb.Any{}, events("x", 1)...)
		}
		b.part(uuid.New(), batchOptions(s, esdb.Any{}), false, events("never ended", 1)...)
		require.NoError(t, b.call.CloseSend())
		b.answers(20)
		_, err := b.call.Recv()
		require.ErrorIs(t, err, io.EOF)
		require.Len(t, k.whole(t, s), 20)
	})
}

func testBatchedExpectations(t *testing.T, k *kit) {
	none, two := stream("nobody"), stream("elder")
	k.append(t, two, esdb.NoStream{}, events("x", 2)...)
	b := k.batching(t)
	for name, expected := range map[string]esdb.ExpectedRevision{"any": esdb.Any{}, "exists": esdb.StreamExists{}, "revision": esdb.Revision(1)} {
		t.Run("right: "+name, func(t *testing.T) {
			s := stream("elder")
			k.append(t, s, esdb.NoStream{}, events("x", 2)...)
			require.EqualValues(t, 3, b.succeeds(b.whole(s, expected, events("y", 2)...)).GetCurrentRevision())
		})
	}
	for name, expected := range map[string]esdb.ExpectedRevision{"any": esdb.Any{}, "no stream": esdb.NoStream{}} {
		t.Run("right, there is none: "+name, func(t *testing.T) {
			require.EqualValues(t, 1, b.succeeds(b.whole(stream("elder"), expected, events("y", 2)...)).GetCurrentRevision())
		})
	}
	empty := &emptypb.Empty{}
	toNone := &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: empty}
	toTwo := &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: 1}
	for name, c := range map[string]struct {
		stream   string
		expected esdb.ExpectedRevision
		want     *shared.WrongExpectedVersion
	}{
		"no stream": {two, esdb.NoStream{}, &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption: toTwo, ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: empty}}},
		"too low": {two, esdb.Revision(0), &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption: toTwo, ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 0}}},
		"too high": {two, esdb.Revision(7), &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption: toTwo, ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 7}}},
		"a revision, there is none": {none, esdb.Revision(0), &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption: toNone, ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 0}}},
		"exists, there is none": {none, esdb.StreamExists{}, &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption: toNone, ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: empty}}},
	} {
		t.Run("wrong: "+name, func(t *testing.T) {
			requireProblem(t, b.answer(b.whole(c.stream, c.expected, events("y", 1)...)), alreadyExists, c.want)
		})
	}
	require.Len(t, k.whole(t, two), 2)
}

func testBatchedRefusals(t *testing.T, k *kit) {
	b, s := k.batching(t), stream("elder")
	ended := stream("elder")
	k.tombstone(t, ended, esdb.NoStream{})
	t.Run("a stream that is deleted", func(t *testing.T) {
		requireProblem(t, b.answer(b.whole(ended, esdb.Any{}, events("y", 1)...)), notFound,
			&shared.StreamDeleted{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(ended)}})
	})
	t.Run("$all", func(t *testing.T) {
		requireProblem(t, b.answer(b.whole("$all", esdb.Any{}, events("y", 1)...)), permissionDenied, &shared.AccessDenied{})
	})
	badRequest := func(t *testing.T, answer *streams.BatchAppendResp) {
		t.Helper()
		require.Equal(t, invalidArgument, answer.GetError().GetCode())
		require.Len(t, answer.GetError().GetDetails(), 1)
		var detail shared.BadRequest
		require.NoError(t, answer.GetError().GetDetails()[0].UnmarshalTo(&detail))
		require.NotEmpty(t, detail.GetMessage())
	}
	for name, spoil := range map[string]func(m *streams.BatchAppendReq_ProposedMessage){
		"an id that is none": func(m *streams.BatchAppendReq_ProposedMessage) {
			m.Id = &shared.UUID{Value: &shared.UUID_String_{String_: "elder-1"}}
		},
		"no id":           func(m *streams.BatchAppendReq_ProposedMessage) { m.Id = nil },
		"an empty id":     func(m *streams.BatchAppendReq_ProposedMessage) { m.Id = wireID(uuid.Nil) },
		"no type":         func(m *streams.BatchAppendReq_ProposedMessage) { delete(m.GetMetadata(), "type") },
		"no content type": func(m *streams.BatchAppendReq_ProposedMessage) { delete(m.GetMetadata(), "content-type") },
	} {
		t.Run("an event with "+name, func(t *testing.T) {
			messages := batched(events("y", 3))
			spoil(messages[1])
			id := uuid.New()
			b.send(&streams.BatchAppendReq{CorrelationId: wireID(id), Options: batchOptions(s, esdb.Any{}), ProposedMessages: messages, IsFinal: true})
			badRequest(t, b.answer(id))
		})
	}
	for name, o := range map[string]*streams.BatchAppendReq_Options{
		"without expected revision": batchOptions(s, nil),
		"without stream":            {ExpectedStreamPosition: &streams.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}}},
	} {
		t.Run(name, func(t *testing.T) {
			id := uuid.New()
			b.part(id, o, true, events("y", 1)...)
			badRequest(t, b.answer(id))
		})
	}
	t.Run("an append with an id that is none", func(t *testing.T) {
		b := k.batching(t)
		b.send(&streams.BatchAppendReq{
			CorrelationId: &shared.UUID{Value: &shared.UUID_String_{String_: "append-1"}}, Options: batchOptions(s, esdb.Any{}), IsFinal: true,
		})
		answer, err := b.call.Recv()
		require.NoError(t, err)
		badRequest(t, answer)
	})
	t.Run("what was never begun is passed over", func(t *testing.T) {
		b.part(uuid.New(), nil, false, events("y", 1)...)
		b.part(uuid.New(), nil, true, events("y", 1)...)
		requireProblem(t, b.answer(b.whole(ended, esdb.Any{})), notFound,
			&shared.StreamDeleted{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(ended)}})
	})
	t.Run("too large, refused once however many parts follow", func(t *testing.T) {
		id := uuid.New()
		b.part(id, batchOptions(s, esdb.Any{}), false, events("y", 1)...)
		b.part(id, nil, false, sized(16*mebibyte+1))
		problem := b.answer(id).GetError()
		require.Equal(t, invalidArgument, problem.GetCode())
		require.Contains(t, problem.GetDetails()[0].GetTypeUrl(), ".MaximumAppend") // …SizeExceeded, of an event …EventSizeExceeded since 25.0
		b.part(id, nil, false, events("y", 1)...)
		b.part(id, nil, true, events("y", 1)...)
	})
	_, err := k.read(t, s, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
	requireCode(t, esdb.ErrorCodeResourceNotFound, err)
	require.EqualValues(t, 0, b.succeeds(b.whole(s, esdb.NoStream{}, events("x", 1)...)).GetCurrentRevision(), "the call goes on")
}

func testBatchedDeadlines(t *testing.T, k *kit) {
	b, s := k.batching(t), stream("elder")
	for name, o := range map[string]*streams.BatchAppendReq_Options{
		"no time": within(s, 0), "less than none": within(s, -time.Second), "a time that is past": until(s, time.Now().Add(-time.Second)),
	} {
		t.Run(name, func(t *testing.T) {
			id := uuid.New()
			b.part(id, o, true, events("y", 1)...)
			requireProblem(t, b.answer(id), deadlineExceeded, &shared.Timeout{})
		})
	}
	for name, o := range map[string]*streams.BatchAppendReq_Options{
		"within": within(s, 100*time.Millisecond), "until": until(s, time.Now().Add(300*time.Millisecond)),
	} {
		t.Run("an append whose last part does not come: "+name, func(t *testing.T) {
			id := uuid.New()
			b.part(id, o, false, events("y", 1)...)
			requireProblem(t, b.answer(id), deadlineExceeded, &shared.Timeout{})
			b.part(id, nil, true, events("y", 1)...) // too late, and passed over
		})
	}
	_, err := k.read(t, s, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
	requireCode(t, esdb.ErrorCodeResourceNotFound, err)
	id := uuid.New()
	b.part(id, until(s, time.Now().Add(patience)), true, events("x", 1)...)
	require.EqualValues(t, 0, b.succeeds(id).GetCurrentRevision())
	require.NoError(t, b.call.CloseSend())
	if _, err = b.call.Recv(); err != nil {
		require.True(t, errors.Is(err, io.EOF), "%v", err)
	}
}
