package eventstore_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// TestAnAbsentStoreKeepsNobodyWaiting: many ask at once while the store is away for longer than the client tries to
// find it. Each is told in its time, and all goes on once the store is back.
func TestAnAbsentStoreKeepsNobodyWaiting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "events")
	server, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	address := server.Addr().String()
	codec, err := event.NewCodec(ledger.Types())
	require.NoError(t, err)
	log, err := eventstore.Open(t.Context(), eventstore.Options{URL: server.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
	require.NoError(t, log.Append(t.Context(), "day-1", command.NoStream, pending(log)))
	require.NoError(t, server.Close(t.Context()))

	const patience = 500 * time.Millisecond
	away := time.Now().Add(3 * time.Second) // the client tries for one second
	var asking sync.WaitGroup
	told := make(chan error, 3*20)
	for range 20 {
		for _, ask := range []func(ctx context.Context) error{
			func(ctx context.Context) error { return log.Append(ctx, "day-2", command.NoStream, pending(log)) },
			func(ctx context.Context) error { _, err := log.Load(ctx, "day-1", 0); return err },
			func(ctx context.Context) error { return log.Follow(ctx, event.Checkpoint{}, nil) },
		} {
			asking.Go(func() {
				var err error
				for time.Now().Before(away) {
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					err = ask(ctx)
					cancel()
				}
				told <- err
			})
		}
	}
	all := make(chan struct{})
	go func() { asking.Wait(); close(all) }()
	select {
	case <-all:
	case <-time.After(20 * time.Second):
		t.Fatalf("only %d of %d were told", len(told), cap(told))
	}
	for range cap(told) {
		require.Error(t, <-told)
	}

	server, err = embedded.Open(embedded.Options{Dir: dir, Listen: address})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return log.Append(ctx, "day-3", command.NoStream, pending(log)) == nil
	}, 20*time.Second, 50*time.Millisecond)
	require.NoError(t, log.Close())
	require.NoError(t, server.Close(t.Context()))
}

func pending(log *eventstore.Log) []event.Pending {
	return []event.Pending{{ID: uuid.New(), Event: ledger.DayClosed{Day: 1}, Metadata: event.Metadata{Ledger: log.Ledger(), Schema: event.SchemaVersion}}}
}
