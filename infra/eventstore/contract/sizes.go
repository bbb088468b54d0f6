package contract

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const mebibyte = 1 << 20

// sized makes an event with so many bytes that do not compress.
func sized(n int) esdb.EventData {
	data := make([]byte, n)
	chunk := make([]byte, 64<<10)
	for i := range chunk {
		chunk[i] = byte(rand.Uint32())
	}
	for at := 0; at < n; {
		at += copy(data[at:], chunk)
	}
	return esdb.EventData{EventID: uuid.New(), EventType: "Sized", ContentType: esdb.ContentTypeBinary, Data: data}
}

func testSizes(t *testing.T, k *kit) {
	const overhead = 8 << 10 // type, ids and what a record of a cluster has around the data
	for name, sent := range map[string][]esdb.EventData{
		"one of 16 MiB":              {sized(16*mebibyte - overhead)},
		"several of 4 MiB":           {sized(4 * mebibyte), sized(4 * mebibyte), sized(4 * mebibyte), sized(4*mebibyte - overhead)},
		"many small ones in one":     many(3000, 100),
		"a large one between others": {sized(10), sized(mebibyte - overhead), sized(0), sized(10)},
	} {
		t.Run(name, func(t *testing.T) {
			s, from := stream("sized"), k.mark(t)
			if !k.fits(t, s, sent) {
				return
			}
			requireSame(t, sent, k.whole(t, s))
			requireSame(t, sent, k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}}).events(len(sent)))
			requireSame(t, sent, k.toAll(t, esdb.SubscribeToAllOptions{From: from}).eventsOf(s, len(sent)))
		})
	}
	t.Run("too large an event is refused, and nothing of its append is kept", func(t *testing.T) {
		for name, sent := range map[string][]esdb.EventData{
			"alone": {sized(16*mebibyte + 1)}, "behind others": {sized(10), sized(10), sized(16*mebibyte + 1)}, "before others": {sized(16*mebibyte + 1), sized(10)},
		} {
			s := stream("sized")
			_, _, err := k.wireAppend(t, s, esdb.NoStream{}, sent...)
			require.Contains(t, []codes.Code{codes.InvalidArgument, codes.ResourceExhausted}, status.Code(err), "%s: %v", name, err)
			require.NotEmpty(t, status.Convert(err).Message())
			require.Error(t, k.send(t, s, esdb.NoStream{}, sent...), name)
			_, err = k.read(t, s, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
			requireCode(t, esdb.ErrorCodeResourceNotFound, err)
			k.append(t, s, esdb.NoStream{}, events("x", 1)...)
		}
	})
}

func many(n, bytes int) []esdb.EventData {
	made := make([]esdb.EventData, n)
	for i := range made {
		made[i] = sized(bytes)
	}
	return made
}

// fits appends, or skips where the server's limit is lower: MaxAppendSize of EventStoreDB is 1 MiB unless set, which it
// says in a trailer. What is refused must not be there.
func (k *kit) fits(t *testing.T, s string, sent []esdb.EventData) bool {
	t.Helper()
	answer, trailer, err := k.wireAppend(t, s, esdb.NoStream{}, sent...)
	if err == nil {
		require.NotNil(t, answer.GetSuccess(), "%v", answer)
		return true
	}
	require.True(t, k.limited, "%v", err)
	require.Equal(t, codes.InvalidArgument, status.Code(err), "%v", err)
	require.Equal(t, []string{"maximum-append-size-exceeded"}, trailer.Get("exception"))
	_, err = k.read(t, s, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
	requireCode(t, esdb.ErrorCodeResourceNotFound, err)
	t.Skipf("the server takes at most %s bytes in an append", trailer.Get("maximum-append-size"))
	return false
}

func requireSame(t *testing.T, sent []esdb.EventData, found []*esdb.ResolvedEvent) {
	t.Helper()
	require.Equal(t, sentIDs(sent), ids(found))
	for i := range sent {
		require.True(t, bytes.Equal(sent[i].Data, found[i].Event.Data), "the data of event %d", i)
	}
}
