package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

func testSlowReaders(t *testing.T, k *kit, b burden) {
	k.since(t, 24, "23.10 drops a subscription that is too slow")
	slow := []heard{
		k.toStream(t, b.stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}}),
		k.toAll(t, esdb.SubscribeToAllOptions{From: b.from, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{b.stream}}}),
	}
	live := k.toStream(t, b.stream, esdb.SubscribeToStreamOptions{From: esdb.End{}})
	live.untilCaughtUp()
	reading, err := k.client.ReadAll(deadline(t), esdb.ReadAllOptions{From: b.from}, b.events)
	require.NoError(t, err)
	defer reading.Close()

	more := many(200, 8<<10)
	for i := 0; i < len(more); i += 50 {
		k.append(t, b.stream, esdb.Revision(b.events+uint64(i)-1), more[i:i+50]...)
	}
	require.Equal(t, sentIDs(more), ids(live.events(len(more))))
	require.Len(t, k.whole(t, b.stream), int(b.events)+len(more))

	for _, h := range slow {
		require.Equal(t, span(0, b.events+uint64(len(more))-1), revisions(h.until(b.events+uint64(len(more))-1)))
	}
	found, err := collect(reading)
	require.NoError(t, err)
	require.Len(t, found, int(b.events))
}

// testStalledFollowers: more is written than a server keeps at hand for those who are live. Who takes it up again gets all
// of it in order.
func testStalledFollowers(t *testing.T, k *kit) {
	k.since(t, 24, "23.10 drops a subscription that is too slow")
	s, from := stream("stalled"), k.mark(t)
	stalled := []heard{
		k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.End{}}),
		k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{s}}}),
	}
	for _, h := range stalled {
		h.untilCaughtUp()
	}
	sent := many(60, 256<<10)
	for i := 0; i < len(sent); i += 3 {
		k.append(t, s, esdb.Any{}, sent[i:i+3]...)
	}
	last := sent[len(sent)-1].EventID
	for _, h := range stalled {
		found := h.requireTransitions(last, true)
		require.Equal(t, span(0, uint64(len(sent))-1), revisions(found))
	}
}
