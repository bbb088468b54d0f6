package embedded_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/contract"
)

const eventsAnAppend = 3

// acknowledged is what the server said it kept: stream → its event ids in order.
type acknowledged struct {
	mu      sync.Mutex
	streams map[string][]uuid.UUID
	count   atomic.Int64
}

func TestKillUnderLoadKeepsWhatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	kept := &acknowledged{streams: map[string][]uuid.UUID{}}
	for round := range 4 {
		c := startChild(t, dir)
		target := kept.count.Load() + int64(100+250*round)
		reached := make(chan struct{})
		var once sync.Once
		var wg sync.WaitGroup
		client := contract.Dial(t, c.url)
		for range 12 {
			wg.Go(func() {
				kept.write(t.Context(), client, func() {
					if kept.count.Load() >= target {
						once.Do(func() { close(reached) })
					}
				})
			})
		}
		<-reached
		c.kill(t)
		wg.Wait()
		checkAfterKill(t, dir, kept)
	}
}

// write appends to a stream of its own until the server is gone.
func (a *acknowledged) write(ctx context.Context, client *esdb.Client, progress func()) {
	stream := "elder-" + uuid.NewString()
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	for {
		data := make([]esdb.EventData, eventsAnAppend)
		for i := range data {
			data[i] = visit()
		}
		result, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, data...)
		if err != nil {
			return
		}
		expected = esdb.Revision(result.NextExpectedVersion)
		a.mu.Lock()
		for i := range data {
			a.streams[stream] = append(a.streams[stream], data[i].EventID)
		}
		a.mu.Unlock()
		a.count.Add(1)
		progress()
	}
}

// checkAfterKill opens the directory again: all that was acknowledged is there, in order, no append is halved, no
// revision is missing, and positions rise.
func checkAfterKill(t *testing.T, dir string, kept *acknowledged) {
	t.Helper()
	c := startChild(t, dir)
	found := map[string][]uuid.UUID{}
	var last uint64
	for _, e := range everything(t, contract.Dial(t, c.url)) {
		require.Greater(t, e.Position.Commit, last)
		last = e.Position.Commit
		require.EqualValues(t, len(found[e.StreamID]), e.EventNumber)
		found[e.StreamID] = append(found[e.StreamID], e.EventID)
	}
	for stream, events := range kept.streams {
		require.GreaterOrEqual(t, len(found[stream]), len(events))
		require.Equal(t, events, found[stream][:len(events)])
		require.Zero(t, len(found[stream])%eventsAnAppend, "half an append")
	}
	c.stop(t)
}
