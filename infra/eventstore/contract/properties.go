package contract

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

// testProperties: metadata is kept as it was written, and is a stream as others are, of which the last event is seen.
func testProperties(t *testing.T, k *kit) {
	const raw = `{ "$maxCount" : 50, "$maxAge":7200, "$tb":0, "$cacheControl":15,
		"$acl":{"$r":["$admins","ops"],"$w":"$admins","$mr":["$all"]}, "房":"三", "nested":{"a":[1,2.50,null]}, "a":1, "a":1 }`
	last := func(t *testing.T, s string) *esdb.RecordedEvent {
		t.Helper()
		found := k.whole(t, "$$"+s)
		require.Len(t, found, 1)
		return found[0].Event
	}
	t.Run("every byte is kept", func(t *testing.T) {
		s := stream("elder")
		sent := metadataEvent(raw)
		sent.Metadata = []byte(`{"by":"contract"}`)
		k.append(t, "$$"+s, esdb.NoStream{}, sent)
		e := last(t, s)
		require.Equal(t, raw, string(e.Data))
		require.Equal(t, sent.Metadata, e.UserMetadata)
		require.Equal(t, sent.EventID, e.EventID)
		require.Equal(t, "$metadata", e.EventType)
		require.Equal(t, "application/json", e.ContentType)
	})
	t.Run("the client reads it", func(t *testing.T) {
		s := stream("elder")
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) {
			var acl esdb.Acl
			acl.AddReadRoles("$admins") // of more than one the client cannot read back what it wrote
			acl.AddDeleteRoles("$admins")
			m.SetAcl(acl)
			m.SetCacheControl(17 * time.Second)
			m.SetMaxAge(2 * time.Hour)
			m.SetMaxCount(9)
			m.SetTruncateBefore(3)
			m.AddCustomProperty("house", map[string]any{"name": "养老院", "beds": 12.0})
		})
		m, err := k.client.GetStreamMetadata(deadline(t), s, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}})
		require.NoError(t, err)
		require.Equal(t, 17*time.Second, *m.CacheControl())
		require.Equal(t, 2*time.Hour, *m.MaxAge())
		require.EqualValues(t, 9, *m.MaxCount())
		require.EqualValues(t, 3, *m.TruncateBefore())
		require.Equal(t, map[string]any{"name": "养老院", "beds": 12.0}, m.CustomProperties()["house"])
		acl := m.StreamAcl()
		require.Equal(t, []string{"$admins"}, acl.ReadRoles())
		require.Equal(t, []string{"$admins"}, acl.DeleteRoles())
	})
	t.Run("expected revisions hold for it", func(t *testing.T) {
		s := stream("elder")
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, "$$"+s, esdb.Revision(0), metadataEvent(`{}`))
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, "$$"+s, esdb.StreamExists{}, metadataEvent(`{}`))
		first := metadataEvent(`{"n":0}`)
		begun := k.append(t, "$$"+s, esdb.NoStream{}, first)
		require.EqualValues(t, 1, k.append(t, "$$"+s, esdb.Revision(0), metadataEvent(`{"n":1}`)).NextExpectedVersion)
		require.EqualValues(t, 2, k.append(t, "$$"+s, esdb.StreamExists{}, metadataEvent(`{"n":2}`)).NextExpectedVersion)
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, "$$"+s, esdb.Revision(0), metadataEvent(`{"n":3}`))
		require.Equal(t, at(begun), at(k.append(t, "$$"+s, esdb.NoStream{}, first)), "a retry")
		require.EqualValues(t, 2, last(t, s).EventNumber)
		require.Equal(t, `{"n":2}`, string(last(t, s).Data))
	})
	t.Run("none was written", func(t *testing.T) {
		s := stream("elder")
		k.append(t, s, esdb.NoStream{}, events("x", 1)...)
		_, err := k.read(t, "$$"+s, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
		requireCode(t, esdb.ErrorCodeResourceNotFound, err)
	})
	t.Run("backwards, and from its last", func(t *testing.T) {
		s := stream("elder")
		for range 3 {
			k.append(t, "$$"+s, esdb.Any{}, metadataEvent(`{}`))
		}
		for _, o := range []esdb.ReadStreamOptions{
			{Direction: esdb.Backwards, From: esdb.End{}}, {From: esdb.Revision(2)}, {From: esdb.Revision(1)}, {Direction: esdb.Backwards, From: esdb.Revision(2)},
		} {
			found, err := k.read(t, "$$"+s, o, 5)
			require.NoError(t, err)
			require.Equal(t, span(2, 2), revisions(found))
		}
	})
	t.Run("of a tombstoned stream it is deleted too", func(t *testing.T) {
		s := stream("elder")
		k.append(t, "$$"+s, esdb.NoStream{}, metadataEvent(`{}`))
		k.tombstone(t, s, esdb.Any{})
		_, err := k.read(t, "$$"+s, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
		requireCode(t, esdb.ErrorCodeStreamDeleted, err)
	})
}
