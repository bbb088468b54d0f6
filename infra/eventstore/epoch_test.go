package eventstore_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/infra/eventstore"
)

// A restored log is of another epoch, also for who has it open, and a checkpoint of the epoch before is not its own.
func TestARestoredLogBeginsANewEpoch(t *testing.T) {
	url := opened(t)
	log := logIn(t, url)
	require.Equal(t, 1, log.Epoch())
	require.NoError(t, log.Append(t.Context(), "day-1", command.NoStream, pending(log)))
	checkpoint := newest(t, log)
	require.NoError(t, log.Check(t.Context(), checkpoint))

	restored := func(at time.Time) int {
		codec, err := event.NewCodec(ledger.Types())
		require.NoError(t, err)
		epoch, err := eventstore.Restored(t.Context(), eventstore.Options{
			URL: url, Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return at },
		}, at.Add(-time.Hour))
		require.NoError(t, err)
		return epoch
	}
	replaced, err := log.Replaced(t.Context())
	require.NoError(t, err)
	require.False(t, replaced)
	at := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	first := restored(at)
	require.Greater(t, first, 1)
	replaced, err = log.Replaced(t.Context())
	require.NoError(t, err)
	require.True(t, replaced)

	again := logIn(t, url)
	require.Equal(t, log.Ledger(), again.Ledger())
	require.Equal(t, first, again.Epoch())
	require.ErrorIs(t, again.Check(t.Context(), checkpoint), eventstore.ErrCheckpoint)
	require.Greater(t, restored(at), first, "in the same minute")
	require.Equal(t, int(at.Add(time.Hour).Unix()/60), restored(at.Add(time.Hour)), "two restores of one backup are two epochs")
}

func TestAStoreWithoutALedgerHasNoEpoch(t *testing.T) {
	url := opened(t)
	codec, err := event.NewCodec(ledger.Types())
	require.NoError(t, err)
	epoch, err := eventstore.Restored(t.Context(), eventstore.Options{URL: url, Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now}, time.Now())
	require.NoError(t, err)
	require.Zero(t, epoch)
	require.Equal(t, 1, logIn(t, url).Epoch(), "nothing was written")
}

// newest is the checkpoint behind the last event.
func newest(t *testing.T, log *eventstore.Log) (at event.Checkpoint) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := log.Follow(ctx, event.Checkpoint{}, func(_ context.Context, events []event.Recorded) error {
		at = events[len(events)-1].After(log.Epoch())
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	return at
}
