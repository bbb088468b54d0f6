package contract

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// burden is a stream that fills every buffer between a server and a client that does not read: 16 MiB.
type burden struct {
	stream string
	events uint64
	from   esdb.Position
}

func (k *kit) burden(t testing.TB) burden {
	t.Helper()
	b := burden{stream: stream("heavy"), from: k.mark(t)}
	for range 20 {
		k.append(t, b.stream, esdb.Any{}, many(50, 16<<10)...)
		b.events += 50
	}
	return b
}

func (k *kit) requireServing(t testing.TB) {
	t.Helper()
	s := stream("elder")
	k.append(t, s, esdb.NoStream{}, events("x", 2)...)
	require.Len(t, k.whole(t, s), 2)
}

func testInterruptions(t *testing.T, k *kit) {
	b := k.burden(t)
	for name, read := range map[string]func(ctx context.Context) (*esdb.ReadStream, error){
		"stream": func(ctx context.Context) (*esdb.ReadStream, error) {
			return k.client.ReadStream(ctx, b.stream, esdb.ReadStreamOptions{From: esdb.Start{}}, b.events)
		},
		"stream backwards": func(ctx context.Context) (*esdb.ReadStream, error) {
			return k.client.ReadStream(ctx, b.stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, b.events)
		},
		"$all": func(ctx context.Context) (*esdb.ReadStream, error) {
			return k.client.ReadAll(ctx, esdb.ReadAllOptions{From: b.from}, b.events)
		},
	} {
		t.Run("a read is cancelled: "+name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(deadline(t))
			reading, err := read(ctx)
			require.NoError(t, err)
			_, err = reading.Recv()
			require.NoError(t, err)
			cancel()
			found, err := collect(reading)
			require.Error(t, err)
			require.Less(t, uint64(len(found)), b.events-1)
			k.requireServing(t)
		})
		t.Run("a read meets its deadline: "+name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			reading, err := read(ctx)
			if err == nil {
				<-ctx.Done() // unread, it cannot end before
				_, err = collect(reading)
			}
			requireCode(t, esdb.ErrorCodeDeadlineExceeded, err)
			k.requireServing(t)
		})
	}
	for name, from := range map[string]esdb.StreamPosition{"catching up": esdb.Start{}, "live": esdb.End{}} {
		t.Run("a subscription is cancelled: "+name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(deadline(t))
			sub, err := k.client.SubscribeToStream(ctx, b.stream, esdb.SubscribeToStreamOptions{From: from})
			require.NoError(t, err)
			require.Nil(t, sub.Recv().SubscriptionDropped)
			cancel()
			require.Equal(t, codes.Canceled, status.Code(heard{t, sub}.dropped()))
			k.requireServing(t)
		})
	}
	t.Run("a subscription meets its deadline", func(t *testing.T) {
		short := 100 * time.Millisecond
		sub, err := k.client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.End{}, Deadline: &short})
		if err == nil {
			require.Equal(t, codes.DeadlineExceeded, status.Code(heard{t, sub}.dropped()))
		} else {
			requireCode(t, esdb.ErrorCodeDeadlineExceeded, err)
		}
		k.requireServing(t)
	})
	t.Run("many are left unread and cancelled", func(t *testing.T) {
		for range 20 {
			ctx, cancel := context.WithCancel(deadline(t))
			for range 10 { // a cluster takes 100 open calls on a connection
				_, err := k.client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: b.from})
				require.NoError(t, err)
				_, err = k.client.ReadStream(ctx, b.stream, esdb.ReadStreamOptions{From: esdb.Start{}}, b.events)
				require.NoError(t, err)
			}
			cancel()
		}
		k.requireServing(t)
	})
	t.Run("an append that is cancelled is kept whole or not at all", func(t *testing.T) { testCancelledAppends(t, k) })
	t.Run("a reader that stops holds up nobody and misses nothing", func(t *testing.T) { testSlowReaders(t, k, b) })
	t.Run("a follower that stops while it is live misses nothing", func(t *testing.T) { testStalledFollowers(t, k) })
}

// dropped answers why the subscription ended.
func (h heard) dropped() error {
	h.t.Helper()
	e := h.next(func(*esdb.SubscriptionEvent) bool { return true })
	return e.SubscriptionDropped.Error
}

// testCancelledAppends: whether an append that was cut off was kept, a retry with the same ids makes it once.
func testCancelledAppends(t *testing.T, k *kit) {
	for i := range 30 {
		s, sent := stream("cut"), events("x", 3)
		ctx, cancel := context.WithCancel(deadline(t))
		go func() {
			for range i * 200 { // a little later each time
				runtime.Gosched()
			}
			cancel()
		}()
		_, _ = k.client.AppendToStream(ctx, s, esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, sent...)
		k.append(t, s, esdb.NoStream{}, sent...)
		require.Equal(t, sentIDs(sent), ids(k.whole(t, s)))
	}
}
