package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// testRefusals: what other clients read of a refusal: the answer's fields, the code, the trailers.
// Source: EventStoreDB 24.10, Streams.Append and RpcExceptions.
func testRefusals(t *testing.T, k *kit) {
	s := stream("elder")
	k.append(t, s, esdb.NoStream{}, events("x", 3)...)
	for name, expected := range map[string]esdb.ExpectedRevision{"no stream": esdb.NoStream{}, "revision": esdb.Revision(7)} {
		t.Run("a wrong revision says what is and what was expected: "+name, func(t *testing.T) {
			answer, _, err := k.wireAppend(t, s, expected, events("y", 1)...)
			require.NoError(t, err)
			wrong := answer.GetWrongExpectedVersion()
			require.NotNil(t, wrong)
			require.EqualValues(t, 2, wrong.GetCurrentRevision())
			require.Nil(t, wrong.GetCurrentNoStream())
			require.EqualValues(t, 2, wrong.GetCurrentRevision_20_6_0())
			_, none := expected.(esdb.NoStream)
			require.Equal(t, none, wrong.GetExpectedNoStream() != nil)
			if !none {
				require.EqualValues(t, 7, wrong.GetExpectedRevision())
			}
		})
	}
	t.Run("that there is no stream", func(t *testing.T) {
		answer, _, err := k.wireAppend(t, stream("nobody"), esdb.StreamExists{}, events("y", 1)...)
		require.NoError(t, err)
		require.NotNil(t, answer.GetWrongExpectedVersion().GetCurrentNoStream())
		require.NotNil(t, answer.GetWrongExpectedVersion().GetExpectedStreamExists())
	})
	t.Run("a delete at a wrong revision", func(t *testing.T) {
		trailer, err := k.wireDelete(t, s, esdb.Revision(1))
		require.Equal(t, codes.FailedPrecondition, status.Code(err))
		requireTrailer(t, trailer, "exception", "wrong-expected-version", "stream-name", s, "expected-version", "1", "actual-version", "2")
	})
	t.Run("a stream that is deleted", func(t *testing.T) {
		ended := stream("elder")
		k.append(t, ended, esdb.NoStream{}, events("x", 1)...)
		k.tombstone(t, ended, esdb.Any{})
		_, trailer, err := k.wireAppend(t, ended, esdb.Any{}, events("y", 1)...)
		require.Equal(t, codes.FailedPrecondition, status.Code(err))
		requireTrailer(t, trailer, "exception", "stream-deleted", "stream-name", ended)
	})
	t.Run("an event without type, without content type", func(t *testing.T) {
		for missing, has := range map[string]map[string]string{"type": {"content-type": "application/json"}, "content-type": {"type": "x"}} {
			_, trailer, err := k.wireSend(t, wireExpected(s, esdb.Any{}), &streams.AppendReq_ProposedMessage{
				Id: &shared.UUID{Value: &shared.UUID_String_{String_: uuid.NewString()}}, Metadata: has,
			})
			require.Equal(t, codes.InvalidArgument, status.Code(err), missing)
			requireTrailer(t, trailer, "exception", "missing-required-metadata-property")
		}
	})
	t.Run("no expected revision, no options", func(t *testing.T) {
		_, _, err := k.wireSend(t, wireExpected(s, nil))
		require.Error(t, err)
		_, err = k.wireRead(t, &streams.ReadReq_Options{StreamOption: wireStream(s, esdb.Start{})})
		require.Error(t, err)
	})
	require.Len(t, k.whole(t, s), 3)
	t.Run("ids come as text where they are asked for so", func(t *testing.T) {
		answers, err := k.wireRead(t, &streams.ReadReq_Options{
			StreamOption: wireStream(s, esdb.Start{}), CountOption: &streams.ReadReq_Options_Count{Count: 3},
			UuidOption: &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_String_{String_: &shared.Empty{}}},
		})
		require.NoError(t, err)
		for i, id := range ids(k.whole(t, s)) {
			require.Equal(t, id.String(), answers[i].GetEvent().GetEvent().GetId().GetString_())
		}
	})
}

func requireTrailer(t *testing.T, trailer metadata.MD, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		require.Equal(t, []string{pairs[i+1]}, trailer.Get(pairs[i]), pairs[i])
	}
}
