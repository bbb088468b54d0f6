package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
)

// testEdges: a client that says compatibility 1 (Java, .NET) learns where a stream begins and ends. The last position
// ends every read; the first one comes where the read begins before what is left of the stream.
// Source: EventStoreDB 24.10, Enumerator.ReadStreamForwards and ReadStreamBackwards.
func testEdges(t *testing.T, k *kit) {
	whole, cut, emptied := stream("elder"), stream("elder"), stream("elder")
	for _, s := range []string{whole, cut, emptied} {
		k.append(t, s, esdb.NoStream{}, events("x", 10)...)
	}
	k.setMetadata(t, cut, func(m *esdb.StreamMetadata) { m.SetTruncateBefore(8) })
	k.setMetadata(t, emptied, func(m *esdb.StreamMetadata) { m.SetTruncateBefore(10) })
	for _, c := range []struct {
		name      string
		stream    string
		direction esdb.Direction
		from      esdb.StreamPosition
		limit     uint64
		events    int
		first     []uint64
	}{
		{"to the end", whole, esdb.Forwards, esdb.Start{}, 50, 10, nil},
		{"to the limit", whole, esdb.Forwards, esdb.Start{}, 3, 3, nil},
		{"to the limit at the end", whole, esdb.Forwards, esdb.Start{}, 10, 10, nil},
		{"from right behind the end", whole, esdb.Forwards, esdb.Revision(10), 3, 0, nil},
		{"backwards", whole, esdb.Backwards, esdb.End{}, 50, 10, nil},
		{"backwards to the limit", whole, esdb.Backwards, esdb.End{}, 3, 3, nil},
		{"from what is left", cut, esdb.Forwards, esdb.Revision(8), 5, 2, nil},
		{"from well before what is left", cut, esdb.Forwards, esdb.Start{}, 5, 2, []uint64{8}},
		{"of a stream with nothing left", emptied, esdb.Forwards, esdb.Start{}, 5, 0, []uint64{10}},
		{"backwards of a stream with nothing left", emptied, esdb.Backwards, esdb.End{}, 5, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, first, last := k.edges(t, c.stream, c.direction, c.from, c.limit)
			require.Equal(t, c.events, found)
			require.Equal(t, c.first, first)
			require.Equal(t, []uint64{9}, last)
		})
	}
}

// edges counts the events of a read and answers the first and last positions told.
func (k *kit) edges(t testing.TB, s string, d esdb.Direction, from esdb.StreamPosition, limit uint64) (found int, first, last []uint64) {
	t.Helper()
	answers, err := k.wireRead(t, &streams.ReadReq_Options{
		StreamOption: wireStream(s, from), ReadDirection: wireDirection(d), CountOption: &streams.ReadReq_Options_Count{Count: limit},
		ControlOption: &streams.ReadReq_Options_ControlOption{Compatibility: 1},
	})
	require.NoError(t, err)
	for _, a := range answers {
		switch content := a.GetContent().(type) {
		case *streams.ReadResp_Event:
			require.Empty(t, last, "the last position comes at the end")
			found++
		case *streams.ReadResp_FirstStreamPosition:
			require.Zero(t, found, "the first position comes first")
			first = append(first, content.FirstStreamPosition)
		case *streams.ReadResp_LastStreamPosition:
			last = append(last, content.LastStreamPosition)
		default:
			require.Fail(t, "an unexpected answer", "%T", content)
		}
	}
	return found, first, last
}
