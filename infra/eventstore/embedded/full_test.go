package embedded_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// smallDisk mounts a disk of so many bytes until the test ends, and skips the test where that is not allowed.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("needs to mount: %v: %s", err, out)
	}
	t.Cleanup(func() {
		out, err := exec.Command("umount", dir).CombinedOutput()
		require.NoError(t, err, string(out))
	})
	return dir
}

func freeOn(t *testing.T, dir string) int64 {
	t.Helper()
	var s syscall.Statfs_t
	require.NoError(t, syscall.Statfs(dir, &s))
	return int64(s.Bavail) * s.Bsize
}

// takeAll takes all free space of a disk at once, as another program may.
func takeAll(t *testing.T, disk string) (giveBack func()) {
	t.Helper()
	f, err := os.Create(filepath.Join(disk, "other"))
	require.NoError(t, err)
	defer f.Close()
	taken := int64(0)
	for free := freeOn(t, disk); free > 0; free = freeOn(t, disk) {
		if err := syscall.Fallocate(int(f.Fd()), 0, taken, free); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC, "the store took some meanwhile")
			continue
		}
		taken += free
	}
	return func() { require.NoError(t, os.Remove(f.Name())) }
}

// TestADiskThatFills: on a real one, filled at once by another program, and then by the store's own events.
func TestADiskThatFills(t *testing.T) {
	disk := smallDisk(t, "320m")
	// The reserve holds the log files that may be begun between two looks at free space.
	o := embedded.Options{Dir: filepath.Join(disk, "events"), ReserveBytes: 160 << 20, Listen: "127.0.0.1:0"}
	s := open(t, o)
	client := contract.Dial(t, s.URL())
	kept := &keptLarge{ids: map[uuid.UUID]bool{}}
	heard := follow(t, client)
	for range 10 {
		require.NoError(t, kept.add(t.Context(), client))
	}

	refused := kept.fill(t, client)
	require.Eventually(t, func() bool { return kept.count() > 50 }, patience, tick)
	giveBack := takeAll(t, disk)
	for err := range refused {
		requireFull(t, err)
	}
	kept.check(t, client)
	heard(kept.head())
	giveBack()
	require.Eventually(t, func() bool { return kept.add(t.Context(), client) == nil }, patience, tick, "it resumes")

	for err := range kept.fill(t, client) {
		requireFull(t, err)
	}
	kept.check(t, client)
	heard(kept.head())
	require.NoError(t, client.Close())
	require.NoError(t, s.Close(context.Background()))
	giveBack = takeAll(t, disk)
	client = contract.Dial(t, open(t, o).URL()) // on the full disk
	kept.check(t, client)
	requireFull(t, kept.add(t.Context(), client))
	giveBack()
}

// follow subscribes to $all and answers what waits until it has heard the event at a position.
func follow(t *testing.T, client *esdb.Client) (heard func(position uint64)) {
	t.Helper()
	sub, err := client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	var last atomic.Uint64
	var listening sync.WaitGroup
	listening.Go(func() {
		for {
			switch e := sub.Recv(); {
			case e.SubscriptionDropped != nil:
				return
			case e.EventAppeared != nil:
				last.Store(e.EventAppeared.OriginalEvent().Position.Commit)
			}
		}
	})
	t.Cleanup(func() {
		require.NoError(t, sub.Close())
		listening.Wait()
	})
	return func(position uint64) {
		require.Eventually(t, func() bool { return last.Load() >= position }, patience, tick, "subscriptions go on")
	}
}

func requireFull(t *testing.T, err error) {
	t.Helper()
	var e *esdb.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, codes.ResourceExhausted, status.Code(e.Err()), "%v", err)
	require.Contains(t, e.Err().Error(), "free some space, writing then resumes by itself")
}

// keptLarge are the ids of large events that were acknowledged.
type keptLarge struct {
	mu   sync.Mutex
	ids  map[uuid.UUID]bool
	last uint64 // position
}

func (k *keptLarge) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.ids)
}

// fill has several append until they are refused, and answers with what.
func (k *keptLarge) fill(t *testing.T, client *esdb.Client) <-chan error {
	refused := make(chan error, 6)
	var filling sync.WaitGroup
	for range cap(refused) {
		filling.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			var err error
			for err == nil {
				err = k.add(ctx, client)
			}
			refused <- err
		})
	}
	go func() {
		filling.Wait()
		close(refused)
	}()
	return refused
}

func (k *keptLarge) head() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last
}

func (k *keptLarge) add(ctx context.Context, client *esdb.Client) error {
	e := esdb.EventData{EventID: uuid.New(), EventType: "Tested.v1", Data: incompressible(64 << 10)}
	r, err := client.AppendToStream(ctx, "large-"+e.EventID.String(), esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, e)
	if err == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.ids[e.EventID] = true
		k.last = max(k.last, r.CommitPosition)
	}
	return err
}

// check reads everything: all that was acknowledged is there.
func (k *keptLarge) check(t *testing.T, client *esdb.Client) {
	t.Helper()
	found := map[uuid.UUID]bool{}
	for _, e := range everything(t, client) {
		found[e.EventID] = true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for id := range k.ids {
		require.True(t, found[id], "%s was acknowledged", id)
	}
}

func incompressible(size int) []byte {
	b := make([]byte, 0, size)
	for len(b) < size {
		id := uuid.New()
		b = append(b, id[:]...)
	}
	return b
}
