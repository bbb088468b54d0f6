package eventstore_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

func copyLedger(ctx context.Context, from, to string, tell func(eventstore.Copied)) (eventstore.Copied, error) {
	return eventstore.Copy(ctx, eventstore.CopyOptions{From: from, To: to, Logger: slog.New(slog.DiscardHandler), Progress: tell})
}

// A copy is cut off again and again and holds in the end every event of the ledger, as it is stored and in order, and
// nothing else.
func TestACopyThatIsCutOffGoesOn(t *testing.T) {
	from, to := opened(t), opened(t)
	w := write(t, from, 1)
	w.events(3000)
	cuts := rand.New(rand.NewPCG(2, 0))
	var done eventstore.Copied
	runs := 0
	for ; ; runs++ {
		if runs == 3 {
			w.events(500) // the source is in use
		}
		ctx, cancel := context.WithCancel(t.Context())
		last := uint64(cuts.IntN(900))
		var err error
		done, err = copyLedger(ctx, from, to, func(c eventstore.Copied) {
			if c.Appended >= last {
				go cancel() // while an append may be on its way
			}
		})
		cut := ctx.Err() != nil
		cancel()
		if err == nil {
			break
		}
		require.True(t, cut, "%v", err)
	}
	require.Greater(t, runs, 3, "it was cut off several times")

	want, _ := ledgerIn(t, from, w.log.Ledger())
	got, others := ledgerIn(t, to, w.log.Ledger())
	require.Equal(t, want, got)
	require.Len(t, got, 3501)
	require.Len(t, others, 2, "the mark by which two stores are told apart, and how many of it are kept: %v", others)
	require.Contains(t, others, "note-copy")
	require.EqualValues(t, 3501, done.Events())
	require.Equal(t, w.log.Ledger(), done.Ledger)
	require.Equal(t, w.log.Ledger(), logIn(t, to).Ledger())

	again, err := copyLedger(t.Context(), from, to, nil)
	require.NoError(t, err)
	require.Zero(t, again.Appended)
	require.Equal(t, done.Root, again.Root)
}

func TestWhatACopyRefuses(t *testing.T) {
	from := opened(t)
	w := write(t, from, 3)
	w.events(200)
	whole := func(t *testing.T) (string, *esdb.Client) {
		to := opened(t)
		_, err := copyLedger(t.Context(), from, to, nil)
		require.NoError(t, err)
		return to, contract.Dial(t, to)
	}
	any := esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}

	t.Run("a source without a ledger", func(t *testing.T) {
		_, err := copyLedger(t.Context(), opened(t), opened(t), nil)
		require.ErrorIs(t, err, eventstore.ErrNoLedger)
	})
	t.Run("a target with another ledger", func(t *testing.T) {
		to := opened(t)
		logIn(t, to)
		_, err := copyLedger(t.Context(), from, to, nil)
		require.ErrorIs(t, err, eventstore.ErrOtherLedger)
	})
	t.Run("a target whose ledger is no ledger", func(t *testing.T) {
		to := opened(t)
		_, err := contract.Dial(t, to).AppendToStream(t.Context(), "ledger", any,
			esdb.EventData{EventID: uuid.New(), EventType: "Opened", ContentType: esdb.ContentTypeJson, Data: []byte(`{}`)})
		require.NoError(t, err)
		_, err = copyLedger(t.Context(), from, to, nil)
		require.ErrorIs(t, err, eventstore.ErrOtherLedger)
	})
	t.Run("one store under two names", func(t *testing.T) {
		_, err := copyLedger(t.Context(), from, strings.Replace(from, "127.0.0.1", "localhost", 1), nil)
		require.ErrorIs(t, err, eventstore.ErrSameStore)
	})
	t.Run("a target that holds more", func(t *testing.T) {
		to, client := whole(t)
		_, err := client.AppendToStream(t.Context(), "elder-new", any, w.event())
		require.NoError(t, err)
		_, err = copyLedger(t.Context(), from, to, nil)
		requireDiffers(t, err, 202)
	})
	t.Run("a target that holds another event", func(t *testing.T) {
		to := opened(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done, err := copyLedger(ctx, from, to, func(c eventstore.Copied) {
			if c.Appended >= 50 {
				cancel()
			}
		})
		require.Error(t, err)
		_, err = contract.Dial(t, to).AppendToStream(t.Context(), "elder-new", any, w.event())
		require.NoError(t, err)
		_, err = copyLedger(t.Context(), from, to, nil)
		requireDiffers(t, err, done.Events()+1)
	})
	t.Run("a stream that somebody else has begun", func(t *testing.T) {
		to := opened(t)
		_, err := contract.Dial(t, to).AppendToStream(t.Context(), "elder-7", any,
			esdb.EventData{EventID: uuid.New(), EventType: "Other", ContentType: esdb.ContentTypeJson, Data: []byte(`{}`)})
		require.NoError(t, err)
		done, err := copyLedger(t.Context(), from, to, nil)
		requireDiffers(t, err, done.Events()+1)
	})
	t.Run("a store that does not answer", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := copyLedger(ctx, "esdb://127.0.0.1:1?tls=false", opened(t), nil)
		require.ErrorIs(t, err, eventstore.ErrUnavailable)
		var end *eventstore.EndError
		require.ErrorAs(t, err, &end)
		require.False(t, end.Target)
	})
}

func requireDiffers(t *testing.T, err error, number uint64) {
	t.Helper()
	var differs *eventstore.DiffersError
	require.ErrorAs(t, err, &differs)
	require.Equal(t, number, differs.Number)
}

// damaged is a store with an event that cannot be read.
func damaged(t *testing.T) (url string) {
	t.Helper()
	disk := vfs.NewMem()
	o := embedded.Options{Dir: "events", FS: disk, Listen: "127.0.0.1:0", FreeSpace: func(string) (uint64, error) { return 1 << 40, nil }}
	for i := range 2 { // the second time moves the events to a table
		s, err := embedded.Open(o)
		require.NoError(t, err)
		if i == 0 {
			write(t, s.URL(), 4).events(500)
		}
		require.NoError(t, s.Close(context.Background()))
	}
	flip(t, disk)
	s, err := embedded.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s.URL()
}

// What is damaged in the source is named by its position, and never copied around.
func TestADamagedSourceStopsTheCopy(t *testing.T) {
	_, err := copyLedger(t.Context(), damaged(t), opened(t), nil)
	require.ErrorIs(t, err, eventstore.ErrDamaged)
	require.ErrorContains(t, err, "the event at position")
}

// flip changes a bit in the middle of the largest table.
func flip(t *testing.T, disk *vfs.MemFS) {
	t.Helper()
	names, err := disk.List("events")
	require.NoError(t, err)
	var largest []byte
	for _, name := range names {
		if path.Ext(name) != ".sst" {
			continue
		}
		b, err := disk.UnsafeGetFileDataBuffer("events/" + name)
		require.NoError(t, err)
		if len(b) > len(largest) {
			largest = b
		}
	}
	require.NotEmpty(t, largest)
	largest[len(largest)/2] ^= 1
}

// BenchmarkCopy copies events of many streams, one event an append.
func BenchmarkCopy(b *testing.B) {
	from := opened(b)
	w := write(b, from, 5)
	const events = 5000
	for n := range events {
		w.append([]string{"a", "b", "c"}[n%3], w.event())
	}
	for b.Loop() {
		b.StopTimer()
		to := opened(b)
		b.StartTimer()
		_, err := copyLedger(b.Context(), from, to, nil)
		require.NoError(b, err)
	}
	b.ReportMetric(events*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
