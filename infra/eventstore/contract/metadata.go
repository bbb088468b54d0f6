package contract

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func (k *kit) setMetadata(t testing.TB, s string, set func(m *esdb.StreamMetadata)) {
	t.Helper()
	var m esdb.StreamMetadata
	set(&m)
	_, err := k.client.SetStreamMetadata(deadline(t), s, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, m)
	require.NoError(t, err)
}

func testMetadata(t *testing.T, k *kit) {
	given := func(t *testing.T) string {
		s := stream("elder")
		k.append(t, s, esdb.NoStream{}, events("a", 10)...)
		return s
	}
	both := func(t *testing.T, s string, from, to uint64) {
		t.Helper()
		require.Equal(t, span(from, to), revisions(k.whole(t, s)))
		back, err := k.read(t, s, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, math.MaxUint64)
		require.NoError(t, err)
		require.Equal(t, down(to, from), revisions(back))
	}
	t.Run("max count hides the older", func(t *testing.T) {
		s := given(t)
		first := k.whole(t, s)[0].OriginalEvent().Position
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetMaxCount(4) })
		both(t, s, 6, 9)
		k.append(t, s, esdb.Revision(9), events("b", 1)...)
		both(t, s, 7, 10)
		require.Len(t, k.allOf(t, first, s), 11, "$all shows them")
	})
	t.Run("truncate before hides the older", func(t *testing.T) {
		s := given(t)
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetTruncateBefore(8) })
		both(t, s, 8, 9)
	})
	t.Run("truncated to the end it is empty, yet there", func(t *testing.T) {
		s := given(t)
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetTruncateBefore(10) })
		require.Empty(t, k.whole(t, s))
		k.append(t, s, esdb.Revision(9), events("b", 1)...)
		both(t, s, 10, 10)
	})
	t.Run("max age keeps the young", func(t *testing.T) {
		s := given(t)
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetMaxAge(time.Hour) })
		both(t, s, 0, 9)
	})
	t.Run("only the last metadata is seen", func(t *testing.T) {
		s := given(t)
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetMaxCount(4) })
		k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetMaxCount(5); m.AddCustomProperty("house", "3") })
		meta, err := k.client.GetStreamMetadata(deadline(t), s, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}})
		require.NoError(t, err)
		require.EqualValues(t, 5, *meta.MaxCount())
		require.Equal(t, "3", meta.CustomProperties()["house"])
		require.Equal(t, span(1, 1), revisions(k.whole(t, "$$"+s)))
	})
	t.Run("metadata that is not JSON hides nothing", func(t *testing.T) {
		s := given(t)
		k.append(t, "$$"+s, esdb.Any{}, metadataEvent(`not json`))
		both(t, s, 0, 9)
	})
}

func testContent(t *testing.T, k *kit) {
	t.Run("an event comes back as it was sent", func(t *testing.T) {
		s, before := "老人-"+uuid.NewString()+" ü/%$", time.Now()
		sent := esdb.EventData{EventID: uuid.New(), EventType: "登记.v1", ContentType: esdb.ContentTypeJson, Data: []byte(`{"a":1}`), Metadata: []byte(`{"m":2}`)}
		k.append(t, s, esdb.NoStream{}, sent)
		e := k.whole(t, s)[0].OriginalEvent()
		require.Equal(t, sent.EventID, e.EventID)
		require.Equal(t, s, e.StreamID)
		require.Equal(t, sent.EventType, e.EventType)
		require.Equal(t, "application/json", e.ContentType)
		require.Equal(t, sent.Data, e.Data)
		require.Equal(t, sent.Metadata, e.UserMetadata)
		require.WithinRange(t, e.CreatedDate, before.Add(-time.Minute), time.Now().Add(time.Minute))
	})
	t.Run("bytes of any kind, none, and many", func(t *testing.T) {
		s := stream("bytes")
		every := make([]byte, 256)
		for i := range every {
			every[i] = byte(i)
		}
		big := bytes.Repeat(every, 3<<12) // 3 MiB
		for i, data := range [][]byte{every, {}, big} {
			k.append(t, s, esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: "Bytes", ContentType: esdb.ContentTypeBinary, Data: data})
			found, err := k.read(t, s, esdb.ReadStreamOptions{From: esdb.Revision(uint64(i))}, 1)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, found[0].OriginalEvent().Data))
			require.Equal(t, "application/octet-stream", found[0].OriginalEvent().ContentType)
		}
	})
	t.Run("a long name", func(t *testing.T) {
		s := stream(strings.Repeat("n", 900))
		k.append(t, s, esdb.NoStream{}, events("a", 1)...)
		require.Len(t, k.whole(t, s), 1)
	})
}
