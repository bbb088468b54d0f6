package contract

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

func (k *kit) delete(t testing.TB, s string, expected esdb.ExpectedRevision) *esdb.DeleteResult {
	t.Helper()
	result, err := k.client.DeleteStream(deadline(t), s, esdb.DeleteStreamOptions{ExpectedRevision: expected})
	require.NoError(t, err)
	return result
}

func (k *kit) tombstone(t testing.TB, s string, expected esdb.ExpectedRevision) *esdb.DeleteResult {
	t.Helper()
	result, err := k.client.TombstoneStream(deadline(t), s, esdb.TombstoneStreamOptions{ExpectedRevision: expected})
	require.NoError(t, err)
	return result
}

func testDelete(t *testing.T, k *kit) {
	given := func(t *testing.T, n int) (string, []esdb.EventData) {
		s, sent := stream("elder"), events("a", n)
		k.append(t, s, esdb.NoStream{}, sent...)
		return s, sent
	}
	requireGone := func(t *testing.T, s string, code esdb.ErrorCode) {
		t.Helper()
		for _, d := range []esdb.Direction{esdb.Forwards, esdb.Backwards} {
			_, err := k.read(t, s, esdb.ReadStreamOptions{Direction: d, From: esdb.Start{}}, 1)
			requireCode(t, code, err)
		}
	}
	t.Run("a soft-deleted stream reads as not there, $all still holds it", func(t *testing.T) {
		s, sent := given(t, 3)
		first := k.whole(t, s)[0].OriginalEvent().Position
		result := k.delete(t, s, esdb.Revision(2))
		require.Greater(t, result.Position.Commit, first.Commit)
		requireGone(t, s, esdb.ErrorCodeResourceNotFound)
		require.Equal(t, sentIDs(sent), ids(k.allOf(t, first, s)))
	})
	for name, expected := range map[string]esdb.ExpectedRevision{"any": esdb.Any{}, "no stream": esdb.NoStream{}, "revision": esdb.Revision(2)} {
		t.Run("it comes back with the next append, numbered on: "+name, func(t *testing.T) {
			s, _ := given(t, 3)
			k.delete(t, s, esdb.Any{})
			more := events("b", 2)
			require.EqualValues(t, 4, k.append(t, s, expected, more...).NextExpectedVersion)
			found := k.whole(t, s)
			require.Equal(t, span(3, 4), revisions(found))
			require.Equal(t, sentIDs(more), ids(found))
			k.append(t, s, esdb.Revision(4), events("c", 1)...)
			require.Equal(t, span(3, 5), revisions(k.whole(t, s)))
		})
	}
	t.Run("a deleted stream does not count as existing", func(t *testing.T) {
		s, _ := given(t, 1)
		k.delete(t, s, esdb.Any{})
		k.refused(t, esdb.ErrorCodeStreamDeleted, s, esdb.StreamExists{}, events("b", 1)...)
	})
	t.Run("writing its metadata brings it back empty", func(t *testing.T) {
		s, _ := given(t, 3)
		k.delete(t, s, esdb.Any{})
		k.append(t, "$$"+s, esdb.Any{}, metadataEvent(`{"note":1}`))
		k.append(t, s, esdb.Revision(2), events("b", 1)...)
		require.Equal(t, span(3, 3), revisions(k.whole(t, s)))
		meta, err := k.client.GetStreamMetadata(deadline(t), s, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}})
		require.NoError(t, err)
		require.EqualValues(t, 3, *meta.TruncateBefore())
		require.Contains(t, meta.CustomProperties(), "note")
	})
	t.Run("deleting at a wrong revision changes nothing", func(t *testing.T) {
		s, _ := given(t, 3)
		_, err := k.client.DeleteStream(deadline(t), s, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(1)})
		require.Error(t, err)
		_, err = k.client.TombstoneStream(deadline(t), s, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Revision(1)})
		require.Error(t, err)
		require.Len(t, k.whole(t, s), 3)
	})
	t.Run("a tombstone is for ever", func(t *testing.T) {
		s, _ := given(t, 3)
		at := k.tombstone(t, s, esdb.Revision(2)).Position
		requireGone(t, s, esdb.ErrorCodeStreamDeleted)
		for _, expected := range []esdb.ExpectedRevision{esdb.Any{}, esdb.NoStream{}, esdb.StreamExists{}, esdb.Revision(2)} {
			k.refused(t, esdb.ErrorCodeStreamDeleted, s, expected, events("b", 1)...)
		}
		k.refused(t, esdb.ErrorCodeStreamDeleted, "$$"+s, esdb.Any{}, metadataEvent(`{}`))
		_, err := k.client.DeleteStream(deadline(t), s, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
		requireCode(t, esdb.ErrorCodeStreamDeleted, err)
		last := k.readAll(t, esdb.ReadAllOptions{From: at}, 1)[0].OriginalEvent()
		require.Equal(t, "$streamDeleted", last.EventType)
		require.Equal(t, uint64(math.MaxInt64), last.EventNumber)
	})
	t.Run("a stream that never was can be tombstoned", func(t *testing.T) {
		s := stream("nobody")
		k.tombstone(t, s, esdb.NoStream{})
		requireGone(t, s, esdb.ErrorCodeStreamDeleted)
	})
	t.Run("a live subscription ends at the tombstone", func(t *testing.T) {
		s, _ := given(t, 1)
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
		h.untilCaughtUp()
		k.tombstone(t, s, esdb.Any{})
		require.NotNil(t, h.next(func(e *esdb.SubscriptionEvent) bool { return true }).SubscriptionDropped)
	})
}
