package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

// Run holds the event store at url to the contract. Streams get names of their own, so that it can run again.
func Run(t *testing.T, url string) {
	t.Helper()
	run(t, kit{url: url})
}

func run(t *testing.T, with kit) {
	t.Helper()
	dialled := func(t *testing.T) *kit {
		k := with
		k.client = Dial(t, k.url)
		return &k
	}
	aged := ageing(t, dialled(t))
	for _, part := range []struct {
		name string
		test func(t *testing.T, k *kit)
	}{
		{"append", testAppend},
		{"idempotency", testIdempotency},
		{"batches", testBatches},
		{"read stream", testReadStream},
		{"positions of $all", testAllPositions},
		{"one position", testOnePosition},
		{"filtered reads of $all", testFilteredReads},
		{"regular expressions", testRegexes},
		{"edges of a stream", testEdges},
		{"links", testResolved},
		{"follow a busy stream", testFollowBusy},
		{"follow a stream over its changes", testFollowChanges},
		{"caught up", testCaughtUp},
		{"follow all from", testFollowAllFrom},
		{"checkpoints", testCheckpoints},
		{"retries", testRetries},
		{"refusals", testRefusals},
		{"sizes", testSizes},
		{"names", testNames},
		{"bytes", testBytes},
		{"interruptions", testInterruptions},
		{"truncation", testTruncation},
		{"metadata as it is written", testMetadataReading},
		{"properties", testProperties},
		{"deleted", testDeleted},
		{"subscribe to stream", testSubscribeStream},
		{"filters", testFilters},
		{"delete", testDelete},
		{"metadata", testMetadata},
		{"content", testContent},
		{"concurrency", testConcurrency},
		{"age", aged}, // last: it waits for the clock
	} {
		t.Run(part.name, func(t *testing.T) {
			part.test(t, dialled(t))
		})
	}
}

// Dial connects to url until the test ends. The client logs nothing.
func Dial(t testing.TB, url string) *esdb.Client {
	t.Helper()
	conf, err := esdb.ParseConnectionString(url)
	require.NoError(t, err)
	conf.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(conf)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}
