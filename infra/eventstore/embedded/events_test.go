package embedded_test

import (
	"context"
	"runtime"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// visit is an event of the size of a logged visit: about 450 bytes with its metadata.
func visit() esdb.EventData {
	return esdb.EventData{
		EventID: uuid.New(), EventType: "HomeVisitLogged.v1", ContentType: esdb.ContentTypeJson,
		Data:     []byte(`{"visit_id":"0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c11","on":"2022-11-03","kind":"home","minutes":45,"by":"` + strings.Repeat("w", 60) + `"}`),
		Metadata: []byte(`{"ledger":"0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c11","command":"0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c12","actor":"` + strings.Repeat("a", 80) + `"}`),
	}
}

// heap is what the Go runtime has from the system, in bytes. Pebble's block cache and memtables are outside of it
// where cgo is on, inside where it is off.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

func appendTo(ctx context.Context, client *esdb.Client, stream string, revision, size int) error {
	data := make([]esdb.EventData, size)
	for i := range data {
		data[i] = visit()
	}
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	if revision >= 0 {
		expected = esdb.Revision(uint64(revision))
	}
	_, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, data...)
	return err
}

func fill(ctx context.Context, client *esdb.Client, n int) error {
	for range n / 500 {
		if err := appendTo(ctx, client, "elder-"+uuid.NewString(), -1, 500); err != nil {
			return err
		}
	}
	return nil
}
