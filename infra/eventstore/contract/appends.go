package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func testAppend(t *testing.T, k *kit) {
	t.Run("a new stream begins at revision 0 and goes on", func(t *testing.T) {
		s := stream("elder")
		require.EqualValues(t, 0, k.append(t, s, esdb.NoStream{}, events("a", 1)...).NextExpectedVersion)
		require.EqualValues(t, 3, k.append(t, s, esdb.Revision(0), events("b", 3)...).NextExpectedVersion)
		require.Equal(t, span(0, 3), revisions(k.whole(t, s)))
	})
	t.Run("positions rise and belong to the last event", func(t *testing.T) {
		s := stream("elder")
		first := k.append(t, s, esdb.NoStream{}, events("a", 2)...)
		second := k.append(t, s, esdb.Revision(1), events("b", 2)...)
		require.Greater(t, second.CommitPosition, first.CommitPosition)
		found := k.whole(t, s)
		require.Equal(t, second.CommitPosition, found[3].OriginalEvent().Position.Commit)
	})
	for name, c := range map[string]esdb.ExpectedRevision{
		"no stream": esdb.NoStream{}, "too low": esdb.Revision(0), "too high": esdb.Revision(9), "far too high": esdb.Revision(1 << 62),
	} {
		t.Run("wrong: "+name, func(t *testing.T) {
			s := stream("elder")
			k.append(t, s, esdb.NoStream{}, events("a", 2)...)
			k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, c, events("b", 1)...)
			require.Len(t, k.whole(t, s), 2)
		})
	}
	for name, c := range map[string]esdb.ExpectedRevision{"exists": esdb.StreamExists{}, "revision": esdb.Revision(0)} {
		t.Run("wrong on a missing stream: "+name, func(t *testing.T) {
			k.refused(t, esdb.ErrorCodeWrongExpectedVersion, stream("elder"), c, events("b", 1)...)
		})
	}
	for name, c := range map[string]esdb.ExpectedRevision{"any": esdb.Any{}, "exists": esdb.StreamExists{}, "revision": esdb.Revision(1)} {
		t.Run("right: "+name, func(t *testing.T) {
			s := stream("elder")
			k.append(t, s, esdb.NoStream{}, events("a", 2)...)
			require.EqualValues(t, 2, k.append(t, s, c, events("b", 1)...).NextExpectedVersion)
		})
	}
	t.Run("a stream with only metadata exists", func(t *testing.T) {
		s := stream("elder")
		k.append(t, "$$"+s, esdb.NoStream{}, metadataEvent(`{"note":1}`))
		require.EqualValues(t, 0, k.append(t, s, esdb.StreamExists{}, events("a", 1)...).NextExpectedVersion)
	})
	t.Run("no events change nothing, and are still checked", func(t *testing.T) {
		s := stream("elder")
		k.append(t, s, esdb.NoStream{}, events("a", 2)...)
		k.append(t, s, esdb.Revision(1))
		require.Len(t, k.whole(t, s), 2)
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.Revision(0))
	})
	t.Run("$all cannot be written", func(t *testing.T) {
		_, _, err := k.wireAppend(t, "$all", esdb.Any{}, events("a", 1)...) // the client may miss why a call ended early
		require.Equal(t, codes.PermissionDenied, status.Code(err))
	})
}

func metadataEvent(raw string) esdb.EventData {
	return esdb.EventData{EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: []byte(raw)}
}

func testIdempotency(t *testing.T, k *kit) {
	given := func(t *testing.T) (string, []esdb.EventData, *esdb.WriteResult) {
		s, sent := stream("elder"), events("a", 3)
		return s, sent, k.append(t, s, esdb.NoStream{}, sent...)
	}
	for name, expected := range map[string]esdb.ExpectedRevision{"no stream": esdb.NoStream{}, "any": esdb.Any{}, "exists": esdb.StreamExists{}} {
		t.Run("the same append again answers the first result: "+name, func(t *testing.T) {
			s, sent, first := given(t)
			again := k.append(t, s, expected, sent...)
			require.Equal(t, first.NextExpectedVersion, again.NextExpectedVersion)
			require.Equal(t, first.CommitPosition, again.CommitPosition)
			require.Len(t, k.whole(t, s), 3)
		})
	}
	t.Run("also when the stream has gone on", func(t *testing.T) {
		s, sent, first := given(t)
		k.append(t, s, esdb.Revision(2), events("b", 2)...)
		require.Equal(t, first.NextExpectedVersion, k.append(t, s, esdb.NoStream{}, sent...).NextExpectedVersion)
		require.Len(t, k.whole(t, s), 5)
	})
	t.Run("the tail of an append again, at its own revision", func(t *testing.T) {
		s, sent, first := given(t)
		require.Equal(t, first.NextExpectedVersion, k.append(t, s, esdb.Revision(0), sent[1:]...).NextExpectedVersion)
		require.Len(t, k.whole(t, s), 3)
	})
	t.Run("a part known and a part new is a wrong revision", func(t *testing.T) {
		s, sent, _ := given(t)
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.NoStream{}, append(sent[:3:3], events("b", 1)...)...)
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.Any{}, append(sent[:2:2], events("b", 1)...)...)
		require.Len(t, k.whole(t, s), 3)
	})
	t.Run("other events behind the head are a wrong revision", func(t *testing.T) {
		s, sent, _ := given(t)
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.Revision(0), sent[0])
	})
	t.Run("at the expected revision ids are not looked at", func(t *testing.T) {
		s, sent, _ := given(t)
		require.EqualValues(t, 5, k.append(t, s, esdb.Revision(2), sent...).NextExpectedVersion)
		require.Len(t, k.whole(t, s), 6)
	})
	t.Run("the same id in another stream is another event", func(t *testing.T) {
		_, sent, _ := given(t)
		other := stream("elder")
		require.EqualValues(t, 2, k.append(t, other, esdb.Any{}, sent...).NextExpectedVersion)
	})
}
