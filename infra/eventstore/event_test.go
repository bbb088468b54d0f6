package eventstore_test

import (
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

// misread has a name that is known and a shape that is not.
type misread struct {
	Day int `json:"day"`
}

func (misread) EventType() string { return ledger.DayClosed{}.EventType() }

func TestOneEventIsReadByItsPlace(t *testing.T) {
	server, err := embedded.Open(embedded.Options{Dir: filepath.Join(t.TempDir(), "events"), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	codec, err := event.NewCodec(ledger.Types())
	require.NoError(t, err)
	log, err := eventstore.Open(t.Context(), eventstore.Options{URL: server.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
	ours, others := event.Metadata{Ledger: log.Ledger(), Area: "532600"}, event.Metadata{Ledger: uuid.New()}
	events := []event.Pending{
		{ID: uuid.New(), Event: ledger.PlanAdopted{Plan: "a"}, Metadata: ours},
		{ID: uuid.New(), Event: misread{Day: 7}, Metadata: ours},
		{ID: uuid.New(), Event: ledger.PlanAdopted{Plan: "b"}, Metadata: others},
	}
	require.NoError(t, log.Append(t.Context(), "plan-1", command.NoStream, events))
	at := func(stream string, revision uint64) event.Recorded {
		r, err := log.Event(t.Context(), stream, revision)
		require.NoError(t, err)
		return r
	}
	require.Equal(t, "a", at("plan-1", 0).Event.(ledger.PlanAdopted).Plan)
	require.Equal(t, events[0].ID, at("plan-1", 0).ID)
	require.Equal(t, events[1].ID, at("plan-1", 1).ID)
	require.Nil(t, at("plan-1", 1).Event, "what this build cannot read comes undecoded")
	require.Equal(t, "532600", at("plan-1", 1).Metadata.Area)
	require.Zero(t, at("plan-1", 2), "another ledger's")
	require.Zero(t, at("plan-1", 3))
	require.Zero(t, at("plan-2", 0))
	require.Zero(t, at("", 0))
	require.NoError(t, log.Close())
	require.NoError(t, server.Close(t.Context()))
}
