package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// visit is an event of the size of a logged visit: about 450 bytes with its metadata.
func visit() esdb.EventData {
	return esdb.EventData{
		EventID: uuid.New(), EventType: "HomeVisitLogged.v1", ContentType: esdb.ContentTypeJson,
		Data:     []byte(`{"visit_id":"0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c11","on":"2022-11-03","kind":"home","minutes":45,"by":"` + strings.Repeat("w", 60) + `"}`),
		Metadata: []byte(`{"ledger":"0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c11","command":"0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c12","actor":"` + strings.Repeat("a", 80) + `"}`),
	}
}

// BenchmarkAppend: single-event durable appends at an explicit revision, client and server on one machine.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			client := contract.Dial(b, open(b, embedded.Options{}).URL())
			require.NoError(b, appendTo(b.Context(), client, "warm-up", -1, 1))
			b.ResetTimer()
			appendMany(b, client, writers, 1)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
		})
	}
}

// BenchmarkAppend500: appends of 500 events each; an operation is one event.
func BenchmarkAppend500(b *testing.B) {
	client := contract.Dial(b, open(b, embedded.Options{}).URL())
	b.ResetTimer()
	appendMany(b, client, 2, 500)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkReadAll: $all through the client; an operation is one event.
func BenchmarkReadAll(b *testing.B) {
	client := contract.Dial(b, open(b, embedded.Options{}).URL())
	const stored = 100_000
	require.NoError(b, fill(b.Context(), client, stored))
	b.ResetTimer()
	for left := b.N; left > 0; {
		left -= readUpTo(b, client, left)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkIdle reports what an open, empty server holds in memory, and what it holds after 100,000 events.
func BenchmarkIdle(b *testing.B) {
	for b.Loop() {
		before := heap()
		s := open(b, embedded.Options{})
		b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-empty")
		require.NoError(b, fill(b.Context(), contract.Dial(b, s.URL()), 100_000))
		b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-after-100k")
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

func appendMany(b *testing.B, client *esdb.Client, writers, size int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			stream, revision := "elder-"+uuid.NewString(), -1
			for next.Add(int64(size)) <= int64(b.N+size-1) {
				if err := appendTo(b.Context(), client, stream, revision, size); err != nil {
					b.Error(err)
					return
				}
				revision += size
			}
		})
	}
	wg.Wait()
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

func readUpTo(b *testing.B, client *esdb.Client, limit int) int {
	reading, err := client.ReadAll(b.Context(), esdb.ReadAllOptions{From: esdb.Start{}}, uint64(min(limit, math.MaxInt32)))
	require.NoError(b, err)
	defer reading.Close()
	for n := 0; ; n++ {
		if _, err := reading.Recv(); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			b.Fatal(err)
		}
	}
}
