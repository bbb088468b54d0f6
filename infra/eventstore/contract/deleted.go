package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func (k *kit) tryDelete(t testing.TB, s string, expected esdb.ExpectedRevision) error {
	t.Helper()
	_, err := k.client.DeleteStream(deadline(t), s, esdb.DeleteStreamOptions{ExpectedRevision: expected})
	return err
}

func (k *kit) tryTombstone(t testing.TB, s string, expected esdb.ExpectedRevision) error {
	t.Helper()
	_, err := k.client.TombstoneStream(deadline(t), s, esdb.TombstoneStreamOptions{ExpectedRevision: expected})
	return err
}

// testDeleted holds the corners of deleting. Source: EventStoreDB 24.10, StorageWriterService.Handle(WriteDelete) and
// IndexWriter.CheckCommit.
func testDeleted(t *testing.T, k *kit) {
	given := func(t *testing.T) string {
		s := stream("elder")
		k.append(t, s, esdb.NoStream{}, events("x", 3)...)
		return s
	}
	notThere := func(t *testing.T, s string, code esdb.ErrorCode) {
		t.Helper()
		_, err := k.read(t, s, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
		requireCode(t, code, err)
	}
	t.Run("at the revision, at any, where it exists", func(t *testing.T) {
		for _, expected := range []esdb.ExpectedRevision{esdb.Revision(2), esdb.Any{}, esdb.StreamExists{}} {
			soft, hard := given(t), given(t)
			require.NoError(t, k.tryDelete(t, soft, expected))
			notThere(t, soft, esdb.ErrorCodeResourceNotFound)
			require.NoError(t, k.tryTombstone(t, hard, expected))
			notThere(t, hard, esdb.ErrorCodeStreamDeleted)
		}
	})
	t.Run("not where it does not exist, below or above the revision", func(t *testing.T) {
		for _, expected := range []esdb.ExpectedRevision{esdb.NoStream{}, esdb.Revision(1), esdb.Revision(3)} {
			s := given(t)
			require.Error(t, k.tryDelete(t, s, expected))
			require.Error(t, k.tryTombstone(t, s, expected))
			require.Len(t, k.whole(t, s), 3)
		}
	})
	t.Run("the answer names the event that it wrote", func(t *testing.T) {
		s := given(t)
		e := k.readAll(t, esdb.ReadAllOptions{From: k.delete(t, s, esdb.Any{}).Position}, 1)[0].Event
		require.Equal(t, "$$"+s, e.StreamID)
		require.JSONEq(t, `{"$tb":9223372036854775807}`, string(e.Data))
	})
	t.Run("twice", func(t *testing.T) {
		s := given(t)
		first := k.delete(t, s, esdb.Any{}).Position
		require.Greater(t, k.delete(t, s, esdb.Any{}).Position.Commit, first.Commit)
		require.NoError(t, k.tryDelete(t, s, esdb.Revision(2)))
		requireCode(t, esdb.ErrorCodeStreamDeleted, k.tryDelete(t, s, esdb.StreamExists{}))
		notThere(t, s, esdb.ErrorCodeResourceNotFound)
		require.EqualValues(t, 3, k.append(t, s, esdb.NoStream{}, events("y", 1)...).NextExpectedVersion)
	})
	t.Run("again and again, it is numbered on", func(t *testing.T) {
		s := given(t)
		for i := range uint64(3) {
			k.delete(t, s, esdb.Any{})
			require.Equal(t, 3+i, k.append(t, s, esdb.NoStream{}, events("y", 1)...).NextExpectedVersion)
			require.Equal(t, span(3+i, 3+i), revisions(k.whole(t, s)))
		}
	})
	t.Run("a deleted stream does not take a revision it is not at", func(t *testing.T) {
		s := given(t)
		k.delete(t, s, esdb.Any{})
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.Revision(1), events("y", 1)...)
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.Revision(3), events("y", 1)...)
		notThere(t, s, esdb.ErrorCodeResourceNotFound)
	})
	t.Run("a retry of what was appended before it was deleted is no new event", func(t *testing.T) {
		s, sent := stream("elder"), events("x", 3)
		first := k.append(t, s, esdb.NoStream{}, sent...)
		k.delete(t, s, esdb.Any{})
		for _, expected := range []esdb.ExpectedRevision{esdb.NoStream{}, esdb.Any{}} {
			require.Equal(t, at(first), at(k.append(t, s, expected, sent...)))
			notThere(t, s, esdb.ErrorCodeResourceNotFound)
		}
	})
	t.Run("a retry of what brought it back is no new event", func(t *testing.T) {
		s, sent := given(t), events("y", 2)
		k.delete(t, s, esdb.Any{})
		first := k.append(t, s, esdb.Revision(2), sent...)
		for _, expected := range []esdb.ExpectedRevision{esdb.Revision(2), esdb.Any{}, esdb.StreamExists{}} {
			require.Equal(t, at(first), at(k.append(t, s, expected, sent...)))
		}
		require.Equal(t, span(3, 4), revisions(k.whole(t, s)))
	})
	t.Run("a deleted one can be tombstoned, and then no more", func(t *testing.T) {
		s := given(t)
		k.delete(t, s, esdb.Any{})
		requireCode(t, esdb.ErrorCodeStreamDeleted, k.tryTombstone(t, s, esdb.StreamExists{}))
		require.NoError(t, k.tryTombstone(t, s, esdb.Any{}))
		notThere(t, s, esdb.ErrorCodeStreamDeleted)
		requireCode(t, esdb.ErrorCodeStreamDeleted, k.tryTombstone(t, s, esdb.Any{}))
	})
	t.Run("one that never was cannot be tombstoned where it should exist", func(t *testing.T) {
		require.Error(t, k.tryTombstone(t, stream("nobody"), esdb.StreamExists{}))
		require.Error(t, k.tryTombstone(t, stream("nobody"), esdb.Revision(0)))
		require.NoError(t, k.tryTombstone(t, stream("nobody"), esdb.Any{}))
	})
	t.Run("one that never was cannot be deleted", func(t *testing.T) {
		for _, expected := range []esdb.ExpectedRevision{esdb.Any{}, esdb.NoStream{}, esdb.StreamExists{}, esdb.Revision(0)} {
			s := stream("nobody")
			trailer, err := k.wireDelete(t, s, expected)
			require.Equal(t, codes.FailedPrecondition, status.Code(err))
			requireTrailer(t, trailer, "exception", "wrong-expected-version", "stream-name", s, "actual-version", "-1")
			k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.StreamExists{}, events("x", 1)...)
		}
	})
	t.Run("one with only metadata can be deleted", func(t *testing.T) {
		s := stream("elder")
		k.append(t, "$$"+s, esdb.NoStream{}, metadataEvent(`{}`))
		require.NoError(t, k.tryDelete(t, s, esdb.Any{}))
		require.EqualValues(t, 0, k.append(t, s, esdb.NoStream{}, events("x", 1)...).NextExpectedVersion)
	})
	t.Run("of a metadata stream it hides nothing", func(t *testing.T) {
		s := given(t)
		k.append(t, "$$"+s, esdb.NoStream{}, metadataEvent(`{"$tb":1}`))
		require.NoError(t, k.tryDelete(t, "$$"+s, esdb.Any{}))
		require.Len(t, k.whole(t, "$$"+s), 1)
		require.EqualValues(t, 1, k.append(t, "$$"+s, esdb.StreamExists{}, metadataEvent(`{"$tb":2}`)).NextExpectedVersion)
		require.Equal(t, span(2, 2), revisions(k.whole(t, s)))
	})
	t.Run("no events do not bring a deleted one back as if it never was", func(t *testing.T) {
		s := given(t)
		k.delete(t, s, esdb.Any{})
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.NoStream{})
		notThere(t, s, esdb.ErrorCodeResourceNotFound)
	})
	t.Run("metadata that is no JSON brings all of it back", func(t *testing.T) {
		s := given(t)
		k.delete(t, s, esdb.Any{})
		k.append(t, "$$"+s, esdb.Any{}, metadataEvent(`not json`))
		require.Equal(t, span(0, 2), revisions(k.whole(t, s)))
	})
}
