// Package kurrent holds an event store to the contract by KurrentDB's Go client, EventStoreDB's client's successor.
// Both register the protocol's messages under the same names, so that no program can have both: nothing but tests may
// import this package, and none of its tests the embedded server.
package kurrent

import (
	"math"
	"testing"
	"time"

	"github.com/kurrent-io/KurrentDB-Client-Go/kurrentdb"
	"github.com/stretchr/testify/require"
)

const (
	patience = 20 * time.Second
	all      = math.MaxUint64
)

// Run holds the event store at url to the contract. Streams get names of their own, so that it can run again.
func Run(t *testing.T, url string) {
	t.Helper()
	for _, part := range []struct {
		name string
		test func(t *testing.T, k *kit)
	}{
		{"append", testAppend},
		{"idempotency", testIdempotency},
		{"content", testContent},
		{"read stream", testReadStream},
		{"read all", testReadAll},
		{"links", testLinks},
		{"subscribe to stream", testSubscribeStream},
		{"subscribe to all", testSubscribeAll},
		{"turns", testTurns},
		{"filters", testFilters},
		{"checkpoints", testCheckpoints},
		{"metadata", testMetadata},
		{"delete", testDelete},
		{"tombstone", testTombstone},
		{"what newer servers have", testNewer},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, &kit{dial(t, url)}) })
	}
	if credentials.MatchString(url) {
		t.Run("access", func(t *testing.T) { testAccess(t, url) })
	}
}

func dial(t testing.TB, url string) *kurrentdb.Client {
	t.Helper()
	conf, err := kurrentdb.ParseConnectionString(url)
	require.NoError(t, err)
	conf.Logger = kurrentdb.NoopLogging()
	client, err := kurrentdb.NewClient(conf)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}
