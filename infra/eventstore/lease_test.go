package eventstore_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// sharing is two processes' logs on one store.
func sharing(t *testing.T) (server *embedded.Server, one, other *eventstore.Log) {
	t.Helper()
	server, err := embedded.Open(embedded.Options{Dir: filepath.Join(t.TempDir(), "events"), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	codec, err := event.NewCodec(ledger.Types())
	require.NoError(t, err)
	open := func() *eventstore.Log {
		log, err := eventstore.Open(t.Context(), eventstore.Options{URL: server.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
		require.NoError(t, err)
		return log
	}
	one, other = open(), open()
	t.Cleanup(func() {
		_ = one.Close() // a call may still be in it
		_ = other.Close()
		require.NoError(t, server.Close(context.WithoutCancel(t.Context())))
	})
	return server, one, other
}

// holding begins work under a lease, tells on the channel in which term, and ends with stop or when the lease is lost.
func holding(t *testing.T, l *eventstore.Lease) (terms <-chan uint64, ended <-chan error, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	began, done := make(chan uint64, 1), make(chan error, 1)
	var once sync.WaitGroup
	once.Go(func() {
		done <- l.Hold(ctx, func(ctx context.Context, term uint64) error {
			began <- term
			<-ctx.Done()
			return ctx.Err()
		})
	})
	t.Cleanup(func() { cancel(); once.Wait() })
	return began, done, cancel
}

func soon[T any](t *testing.T, c <-chan T, within time.Duration) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(within):
		t.Fatal("nothing came")
	}
	panic("unreachable")
}

func TestALeaseIsHeldByOneAtATime(t *testing.T) {
	_, one, other := sharing(t)
	first, _, stop := holding(t, &eventstore.Lease{Log: one, Name: "work", Holder: "one"})
	term := soon(t, first, 10*time.Second)

	second, _, _ := holding(t, &eventstore.Lease{Log: other, Name: "work", Holder: "other"})
	unrelated, _, _ := holding(t, &eventstore.Lease{Log: other, Name: "other-work", Holder: "other"})
	soon(t, unrelated, 10*time.Second)
	select {
	case <-second:
		t.Fatal("both hold it")
	case <-time.After(6 * time.Second): // two terms
	}
	stop()
	require.Greater(t, soon(t, second, 10*time.Second), term, "given back, it is taken by the other, in a later term")
}

// A holder that was killed says nothing any more; the process that is started in its place need not wait.
func TestALeaseOfASilentHolderPassesOn(t *testing.T) {
	_, one, other := sharing(t)
	killed := func() {
		l := eventstore.Lease{Log: one, Name: "work", Holder: "one", Alone: true} // never renews nor gives back
		require.ErrorIs(t, l.Hold(t.Context(), func(context.Context, uint64) error { return errors.ErrUnsupported }), errors.ErrUnsupported)
	}
	killed()
	began := time.Now()
	again, _, stop := holding(t, &eventstore.Lease{Log: one, Name: "work", Holder: "one"})
	soon(t, again, 10*time.Second)
	require.Less(t, time.Since(began), 2*time.Second, "its own, after a restart")
	stop()

	killed()
	second, _, _ := holding(t, &eventstore.Lease{Log: other, Name: "work", Holder: "other", Reluctance: func() time.Duration { return time.Millisecond }})
	soon(t, second, 30*time.Second)
}

// A holder that another has overtaken, e.g. after it was stopped for a while, ends its work.
func TestAnOvertakenHolderEnds(t *testing.T) {
	_, one, other := sharing(t)
	first, ended, _ := holding(t, &eventstore.Lease{Log: one, Name: "work", Holder: "one"})
	term := soon(t, first, 10*time.Second)
	second, _, _ := holding(t, &eventstore.Lease{Log: other, Name: "work", Holder: "one"}) // takes it as its own
	require.Greater(t, soon(t, second, 10*time.Second), term)
	require.ErrorIs(t, soon(t, ended, 10*time.Second), eventstore.ErrLeaseLost)
}

// Who cannot reach the store does not know whether others have taken over, and must end before they can.
func TestAHolderWithoutTheStoreEnds(t *testing.T) {
	server, one, _ := sharing(t)
	first, ended, _ := holding(t, &eventstore.Lease{Log: one, Name: "work", Holder: "one"})
	soon(t, first, 10*time.Second)
	require.NoError(t, server.Close(t.Context()))
	require.ErrorIs(t, soon(t, ended, 20*time.Second), eventstore.ErrLeaseLost)
}
