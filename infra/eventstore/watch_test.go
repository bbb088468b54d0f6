package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
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

// TestWatchTellsOnlyWhatIsAskedForAndHowFarItIs: of many events the rare ones come, in order and each once, also when
// watching goes on from where it was; where none comes, the position goes on all the same.
func TestWatchTellsOnlyWhatIsAskedForAndHowFarItIs(t *testing.T) {
	server, err := embedded.Open(embedded.Options{Dir: filepath.Join(t.TempDir(), "events"), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	codec, err := event.NewCodec(ledger.Types())
	require.NoError(t, err)
	log, err := eventstore.Open(t.Context(), eventstore.Options{URL: server.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)

	rare := func(n int) {
		metadata := event.Metadata{Ledger: log.Ledger(), Schema: event.SchemaVersion}
		require.NoError(t, log.Append(t.Context(), fmt.Sprintf("plan-%d", n), command.NoStream,
			[]event.Pending{{ID: uuid.New(), Event: ledger.PlanAdopted{}, Metadata: metadata}}))
	}
	frequent := func(stream string, n int) {
		var events []event.Pending
		for range n {
			events = append(events, pending(log)...)
		}
		require.NoError(t, log.Append(t.Context(), stream, command.NoStream, events))
	}
	done := errors.New("enough")
	watch := func(from event.Position, until func(streams []string, at event.Position) bool) (streams []string, at event.Position) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		err := log.Watch(ctx, from, []string{ledger.PlanAdopted{}.EventType()}, func(_ context.Context, events []event.Recorded, p event.Position) error {
			for _, r := range events {
				streams = append(streams, r.Stream)
			}
			if at = p; until(streams, p) {
				return done
			}
			return nil
		})
		require.ErrorIs(t, err, done)
		return streams, at
	}

	frequent("day-1", 100)
	rare(1)
	frequent("day-2", 100)
	rare(2)
	streams, at := watch(event.Position{}, func(s []string, _ event.Position) bool { return len(s) == 2 })
	require.Equal(t, []string{"plan-1", "plan-2"}, streams)

	for i := range 40 {
		frequent(fmt.Sprintf("day-3-%d", i), 1000)
	}
	streams, further := watch(at, func(_ []string, p event.Position) bool { return p.Commit > at.Commit })
	require.Empty(t, streams, "only the position has moved")

	rare(3)
	streams, _ = watch(further, func(s []string, _ event.Position) bool { return len(s) == 1 })
	require.Equal(t, []string{"plan-3"}, streams)
	require.NoError(t, log.Close())
	require.NoError(t, server.Close(t.Context()))
}
