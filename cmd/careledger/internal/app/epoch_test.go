package app_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/infra/eventstore"
)

// What a process remembers of commands and heads is of the log that it opened.
func TestAServerEndsWhenItsLogIsPutBackUnderIt(t *testing.T) {
	o := options(t, t.TempDir())
	o.EventStore = outside(t, "eventstore")
	r := start(t, o)
	defer r.stop()
	codec, err := app.Codec()
	require.NoError(t, err)
	_, err = eventstore.Restored(t.Context(), eventstore.Options{
		URL: o.EventStore, Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	}, time.Now())
	require.NoError(t, err)
	select {
	case err := <-r.app.Failed():
		require.ErrorContains(t, err, "start it again")
	case <-time.After(30 * time.Second):
		t.Fatal("it goes on")
	}
}
