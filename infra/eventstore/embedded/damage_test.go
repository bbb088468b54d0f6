package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"path"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// TestWhatIsDamagedIsNamedToClients: they get what lies before it, and then the position that is damaged.
func TestWhatIsDamagedIsNamedToClients(t *testing.T) {
	disk := vfs.NewMem()
	o := embedded.Options{Dir: "events", FS: disk, Listen: "127.0.0.1:0", FreeSpace: func(string) (uint64, error) { return 1 << 40, nil }}
	for range 2 { // the second time moves the events to a table
		s, err := embedded.Open(o)
		require.NoError(t, err)
		client := contract.Dial(t, s.URL())
		if len(everything(t, client)) == 0 {
			require.NoError(t, appendTo(t.Context(), client, "elder", -1, 500))
		}
		require.NoError(t, client.Close())
		require.NoError(t, s.Close(context.Background()))
	}
	flipInTable(t, disk)

	s := open(t, o)
	client := contract.Dial(t, s.URL())
	all, err := client.ReadAll(t.Context(), esdb.ReadAllOptions{From: esdb.Start{}}, 1000)
	require.NoError(t, err)
	defer all.Close()
	last, err := readUntilError(all)
	requireDamagedAt(t, err, last+1)
	require.Positive(t, last)

	stream, err := client.ReadStream(t.Context(), "elder", esdb.ReadStreamOptions{From: esdb.Start{}}, 1000)
	require.NoError(t, err)
	defer stream.Close()
	sameLast, err := readUntilError(stream)
	requireDamagedAt(t, err, last+1)
	require.Equal(t, last, sameLast)

	sub, err := client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	defer sub.Close()
	e := sub.Recv()
	for ; e.SubscriptionDropped == nil; e = sub.Recv() {
		require.LessOrEqual(t, e.EventAppeared.OriginalEvent().Position.Commit, last)
	}
	require.Equal(t, codes.DataLoss, status.Code(e.SubscriptionDropped.Error), "%v", e.SubscriptionDropped.Error)
	require.NoError(t, appendTo(t.Context(), client, "another", -1, 1), "all else goes on")
}

// flipInTable flips a bit in the middle of the largest table, which holds events.
func flipInTable(t *testing.T, disk *vfs.MemFS) {
	t.Helper()
	names, err := disk.List("events")
	require.NoError(t, err)
	var largest []byte
	for _, name := range names {
		if path.Ext(name) != ".sst" {
			continue
		}
		b, err := disk.UnsafeGetFileDataBuffer("events/" + name)
		require.NoError(t, err)
		if len(b) > len(largest) {
			largest = b
		}
	}
	require.NotEmpty(t, largest)
	largest[len(largest)/2] ^= 1
}

func readUntilError(reading *esdb.ReadStream) (last uint64, err error) {
	for {
		e, err := reading.Recv()
		if err != nil {
			return last, err
		}
		last = e.OriginalEvent().Position.Commit
	}
}

func requireDamagedAt(t *testing.T, err error, position uint64) {
	t.Helper()
	var e *esdb.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, codes.DataLoss, status.Code(errors.Unwrap(e)), "%v", err)
	require.ErrorContains(t, err, fmt.Sprintf("the event at position %d is damaged", position))
}
