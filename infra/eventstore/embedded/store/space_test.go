package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"path"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"
)

const enough = 1 << 30

// fullDisk is a disk that another program can fill from one moment to the next.
type fullDisk struct {
	state atomic.Int32
	only  string       // sort of file that needs space; empty: all
	frees int64        // how many changes the ballast has room for
	room  atomic.Int64 // how many are left of them
}

const (
	hasSpace int32 = iota
	fillsUp        // right after the next look at its free space
	isFull
)

func (d *fullDisk) full() bool { return d.state.Load() == isFull }

func (d *fullDisk) String() string { return "a full disk" }

func (d *fullDisk) MaybeError(op errorfs.Op) error {
	switch op.Kind {
	case errorfs.OpRemove:
		if path.Base(op.Path) == ballastName {
			d.room.Store(d.frees)
		}
	case errorfs.OpFilePreallocate:
		if d.full() {
			return syscall.ENOSPC
		}
	case errorfs.OpCreate, errorfs.OpReuseForWrite, errorfs.OpRename, errorfs.OpFileWrite:
		if d.full() && (d.only == "" || path.Ext(op.Path) == d.only) && d.room.Add(-1) < 0 {
			return syscall.ENOSPC
		}
	}
	return nil
}

func (d *fullDisk) free(string) (uint64, error) {
	if d.full() {
		return 0, nil
	}
	d.state.CompareAndSwap(fillsUp, isFull)
	return enough, nil
}

func (d *fullDisk) options(disk vfs.FS) Options {
	o := testOptions(errorfs.Wrap(disk, d))
	o.FreeSpace, o.ReserveBytes = d.free, 1<<20
	return o
}

// fill has several append until each is refused for want of space.
func (d *fullDisk) fill(t *testing.T, l *ledger, s *Store) {
	t.Helper()
	d.state.Store(fillsUp)
	refused := make(chan error, 4)
	for i := range uint64(cap(refused)) {
		go func() { refused <- l.work(t.Context(), s, rand.New(rand.NewPCG(i, 4)), 100_000) }()
	}
	for range cap(refused) {
		select {
		case err := <-refused:
			require.ErrorIs(t, err, ErrNoSpace)
		case <-time.After(bounded):
			t.Fatal("appends wait")
		}
	}
}

func (d *fullDisk) clear() {
	d.state.Store(hasSpace)
	d.room.Store(0)
}

// note appends one event.
func (l *ledger) note(t *testing.T, s *Store) error {
	t.Helper()
	a := &attempt{stream: "note", expected: Any, events: []Proposed{randomEvent(rand.New(rand.NewPCG(1, 1)), 10)}}
	l.send(a)
	err := a.run(t.Context(), s)
	if err == nil {
		l.acknowledge(a)
	}
	return err
}

func requireBallast(t *testing.T, disk vfs.FS, want bool) {
	t.Helper()
	_, err := disk.Stat(disk.PathJoin(dataDir, ballastName))
	require.Equal(t, want, err == nil)
}

// TestAnotherProgramFillsTheDisk between two looks at free space: what was begun is finished in the space that was kept
// for this, appends are refused, and once there is space they are taken again.
func TestAnotherProgramFillsTheDisk(t *testing.T) {
	disk, l, d := vfs.NewCrashableMem(), newLedger(), &fullDisk{frees: 1000}
	s := mustOpen(t, d.options(disk))
	for range 3 {
		require.NoError(t, l.work(t.Context(), s, rand.New(rand.NewPCG(1, 1)), 50))
		requireBallast(t, disk, true)
		d.fill(t, l, s)
		requireBallast(t, disk, false)
		_, err := everything(s)
		require.NoError(t, err)
		d.clear()
		require.Eventually(t, func() bool { return l.note(t, s) == nil }, bounded, time.Millisecond)
	}
	require.False(t, s.hasFailed())
	acked, seen := l.known()
	require.NoError(t, l.check(s, acked))
	require.NoError(t, l.checkCrash(crash{disk: disk.CrashClone(vfs.CrashCloneCfg{}), acked: acked, seen: seen}))
}

// TestAFullDiskWithoutSpaceKept: what was begun waits, all else is refused at once, reads go on, and nothing is lost.
func TestAFullDiskWithoutSpaceKept(t *testing.T) {
	disk, l, d := vfs.NewCrashableMem(), newLedger(), &fullDisk{only: ".log"}
	s := mustOpen(t, d.options(disk))
	require.NoError(t, l.work(t.Context(), s, rand.New(rand.NewPCG(1, 1)), 50))
	t.Cleanup(d.clear)
	d.state.Store(fillsUp)
	writing, stop := context.WithCancel(t.Context())
	var begun sync.WaitGroup
	for i := range uint64(4) {
		begun.Go(func() {
			for writing.Err() == nil {
				err := l.work(writing, s, rand.New(rand.NewPCG(i, 4)), 1000)
				if err != nil && !errors.Is(err, ErrNoSpace) && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			}
		})
	}
	require.Eventually(t, func() bool { return s.ballast.waiting.Load() > 0 }, bounded, time.Millisecond)
	require.ErrorIs(t, l.note(t, s), ErrNoSpace)
	_, err := everything(s)
	require.NoError(t, err)
	d.clear()
	require.Eventually(t, func() bool { return l.note(t, s) == nil }, bounded, time.Millisecond)
	stop()
	begun.Wait()
	require.NoError(t, l.note(t, s), "what was begun and not waited for is behind it")
	require.False(t, s.hasFailed())
	acked, seen := l.known()
	require.NoError(t, l.check(s, acked))
	require.NoError(t, l.checkCrash(crash{disk: disk.CrashClone(vfs.CrashCloneCfg{}), acked: acked, seen: seen}))
}

// TestAFullDiskCanBeOpenedToBeRead as long as space was kept on it; without any, opening says why it cannot.
func TestAFullDiskCanBeOpenedToBeRead(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		disk, l, d := vfs.NewCrashableMem(), newLedger(), &fullDisk{}
		s, err := Open(d.options(disk))
		require.NoError(t, err)
		require.NoError(t, l.work(t.Context(), s, rand.New(rand.NewPCG(1, 1)), 50))
		require.NoError(t, s.Close(t.Context()))
		d.state.Store(isFull)
		if keeps {
			d.frees = 1000
		}
		s, err = Open(d.options(disk))
		if !keeps {
			require.ErrorIs(t, err, syscall.ENOSPC)
			continue
		}
		require.NoError(t, err)
		acked, _ := l.known()
		require.NoError(t, l.check(s, acked))
		require.ErrorIs(t, l.note(t, s), ErrNoSpace)
		require.NoError(t, s.Close(t.Context()))
	}
}
