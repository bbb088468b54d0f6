package embedded_test

import (
	"context"
	"errors"
	"path"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// TestAProcessWhoseDiskFailsSaysSoAndEnds: the supervisor starts it again, and all that was acknowledged is there.
func TestAProcessWhoseDiskFailsSaysSoAndEnds(t *testing.T) {
	dir := t.TempDir()
	k := newKept()
	c := startChild(t, dir, childFault+"=50")
	var writers sync.WaitGroup
	for range 8 {
		client := contract.Dial(t, c.url)                                     // one each: see loadUntilKilled
		writers.Go(func() { _ = k.write(t.Context(), client, func(int) {}) }) // until it has failed
	}
	require.Equal(t, 1, c.exitCode(t))
	writers.Wait()
	require.Contains(t, c.stderr.String(), "the event store has failed and stopped: sync 000")
	require.Positive(t, k.count)
	c = startChild(t, dir)
	client := contract.Dial(t, c.url)
	k.check(t, client)
	k.repeat(t, client)
	k.checkAll(t, client)
	c.stop(t)
}

// TestCloseReturnsThoughTheDiskHangs: a disk that fails may also keep a read for ever. Nobody waits for that.
func TestCloseReturnsThoughTheDiskHangs(t *testing.T) {
	var hanging, failing atomic.Bool
	free := make(chan struct{})
	reached := make(chan struct{})
	var once sync.Once
	disk := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		switch {
		case hanging.Load() && op.Kind == errorfs.OpFileReadAt && path.Ext(op.Path) == ".sst":
			once.Do(func() { close(reached) })
			<-free
		case failing.Load() && op.Kind.ReadOrWrite() == errorfs.OpIsWrite:
			return errorfs.ErrInjected
		}
		return nil
	}))
	o := embedded.Options{Dir: "events", FS: disk, Listen: "127.0.0.1:0", FreeSpace: func(string) (uint64, error) { return 1 << 40, nil }}
	s, err := embedded.Open(o)
	require.NoError(t, err)
	require.NoError(t, appendTo(t.Context(), contract.Dial(t, s.URL()), "a", -1, 100))
	require.NoError(t, fill(t.Context(), contract.Dial(t, s.URL()), 10_000)) // opening reads the last ones
	require.NoError(t, s.Close(context.Background()))
	s, err = embedded.Open(o) // now the events are in a table
	require.NoError(t, err)
	client := contract.Dial(t, s.URL())
	require.NoError(t, appendTo(t.Context(), client, "b", -1, 1))
	hanging.Store(true)
	reader, stop := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	reading.Go(func() {
		if r, err := client.ReadStream(reader, "a", esdb.ReadStreamOptions{From: esdb.Start{}}, 100); err == nil {
			_, err = r.Recv()
			require.Error(t, err)
		}
	})
	<-reached
	failing.Store(true)
	err = appendTo(t.Context(), client, "b", 0, 1)
	var refused *esdb.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, codes.Unavailable, status.Code(errors.Unwrap(refused)))
	require.ErrorIs(t, <-s.Err(), store.ErrFailed)
	drain, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- s.Close(drain) }()
	select {
	case err := <-closed:
		require.NoError(t, err)
	case <-time.After(patience):
		t.Error("closing waits for the disk")
	}
	stop()
	close(free)
	reading.Wait()
}
