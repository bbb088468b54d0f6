package contract

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// testBytes: what an event holds is bytes; JSON is what its sender says, and nobody looks.
func testBytes(t *testing.T, k *kit) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, c := range []struct {
		name           string
		content        esdb.ContentType
		data, metadata []byte
	}{
		{"JSON with its spaces and doubled keys", esdb.ContentTypeJson, []byte("{ \"a\":1.0,\n\t\"a\" : 1e2 }\n"), []byte(`{"$causationId" : "x"}`)},
		{"what is no JSON", esdb.ContentTypeJson, []byte(`{"open": `), []byte(`not json`)},
		{"bytes that are no text, as JSON", esdb.ContentTypeJson, every, every},
		{"a byte order mark", esdb.ContentTypeJson, []byte("\xef\xbb\xbf{}"), []byte("\xef\xbb\xbf")},
		{"every byte", esdb.ContentTypeBinary, every, every},
		{"JSON as bytes", esdb.ContentTypeBinary, []byte(`{"a":1}`), []byte(`{}`)},
		{"no data", esdb.ContentTypeBinary, nil, []byte(`m`)},
		{"no metadata", esdb.ContentTypeJson, []byte(`{}`), nil},
		{"neither", esdb.ContentTypeBinary, nil, nil},
		{"neither, as JSON", esdb.ContentTypeJson, nil, nil},
		{"zeros", esdb.ContentTypeBinary, make([]byte, 1000), make([]byte, 1)},
		{"large metadata", esdb.ContentTypeBinary, []byte{1}, sized(200 << 10).Data},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, from := stream("bytes"), k.mark(t)
			sent := esdb.EventData{EventID: uuid.New(), EventType: "Bytes", ContentType: c.content, Data: c.data, Metadata: c.metadata}
			k.append(t, s, esdb.NoStream{}, sent)
			content := "application/octet-stream"
			if c.content == esdb.ContentTypeJson {
				content = "application/json"
			}
			for _, e := range []*esdb.ResolvedEvent{
				k.whole(t, s)[0],
				k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}}).event(),
				k.toAll(t, esdb.SubscribeToAllOptions{From: from}).eventsOf(s, 1)[0],
			} {
				require.Equal(t, string(c.data), string(e.Event.Data))
				require.Equal(t, string(c.metadata), string(e.Event.UserMetadata))
				require.Equal(t, content, e.Event.ContentType)
				require.Equal(t, sent.EventID, e.Event.EventID)
				require.Equal(t, s, e.Event.StreamID)
			}
		})
	}
	t.Run("created when it was written, the same wherever it is read", func(t *testing.T) {
		// The clocks of the two machines may differ; those of two events of one server do not go back.
		s, before := stream("dated"), time.Now()
		k.append(t, s, esdb.NoStream{}, events("x", 2)...)
		k.append(t, s, esdb.Revision(1), events("x", 1)...)
		found := k.whole(t, s)
		for i, e := range found {
			require.WithinRange(t, e.Event.CreatedDate, before.Add(-time.Minute), time.Now().Add(time.Minute))
			require.False(t, i > 0 && e.Event.CreatedDate.Before(found[i-1].Event.CreatedDate))
			in := k.readAll(t, esdb.ReadAllOptions{From: e.Event.Position}, 1)[0]
			require.Equal(t, e.Event.CreatedDate, in.Event.CreatedDate)
		}
	})
}
