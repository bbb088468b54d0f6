package embedded_test

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

func TestRestartKeepsEverything(t *testing.T) {
	o := embedded.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"}
	s, err := embedded.Open(o)
	require.NoError(t, err)
	contract.Run(t, s.URL())
	client := contract.Dial(t, s.URL())
	kept, repeated := "elder-"+uuid.NewString(), visit()
	_, err = client.AppendToStream(t.Context(), kept, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, repeated)
	require.NoError(t, err)
	before := everything(t, client)
	require.NoError(t, s.Close(context.Background()))

	again := open(t, o)
	client = contract.Dial(t, again.URL())
	require.Equal(t, before, everything(t, client))
	_, err = client.AppendToStream(t.Context(), kept, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, repeated)
	require.NoError(t, err)
	require.Equal(t, before, everything(t, client), "a retry across a restart is known by its event id")
	contract.Run(t, again.URL())
}

// everything reads all of $all.
func everything(t testing.TB, client *esdb.Client) []esdb.RecordedEvent {
	t.Helper()
	return eventsAfter(t, client, 0)
}
