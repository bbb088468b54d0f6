package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"
)

// bounded is the time in which every call must return, whatever the disk does.
const bounded = 20 * time.Second

// fault fails the nth operation of one sort, and those after it if it stays.
type fault struct {
	nth   int64
	stays bool
	of    func(errorfs.OpKind) bool
	seen  atomic.Int64
	where atomic.Value // string
}

func (f *fault) String() string { return "a fault" }

func (f *fault) MaybeError(op errorfs.Op) error {
	if !f.of(op.Kind) {
		return nil
	}
	if n := f.seen.Add(1); n == f.nth || f.stays && n > f.nth {
		f.where.CompareAndSwap(nil, fmt.Sprintf("operation %d on %s", op.Kind, op.Path))
		return errorfs.ErrInjected
	}
	return nil
}

var sorts = map[string]func(errorfs.OpKind) bool{
	"write": func(k errorfs.OpKind) bool { return k == errorfs.OpFileWrite || k == errorfs.OpFileWriteAt },
	"sync": func(k errorfs.OpKind) bool {
		return k == errorfs.OpFileSync || k == errorfs.OpFileSyncData || k == errorfs.OpFileSyncTo
	},
	"directory": func(k errorfs.OpKind) bool {
		return k == errorfs.OpCreate || k == errorfs.OpRename || k == errorfs.OpReuseForWrite || k == errorfs.OpRemove ||
			k == errorfs.OpLink || k == errorfs.OpMkdirAll || k == errorfs.OpFileClose
	},
}

// TestEachFailingOperationLosesNothing fails every write, every sync and every change of a directory in turn, once and
// for good, until there is none left to fail. Whatever fails, every call returns in time, nothing acknowledged is lost,
// no reader has seen what is lost, and a store that stopped stays so.
func TestEachFailingOperationLosesNothing(t *testing.T) {
	for name, of := range sorts {
		for _, stays := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, stays=%t", name, stays), func(t *testing.T) {
				t.Parallel()
				failed := 0
				for nth := int64(1); ; nth++ {
					f := &fault{nth: nth, stays: stays, of: of}
					stopped := f.strike(t)
					if f.where.Load() == nil {
						break
					}
					if stopped {
						failed++
					}
				}
				require.Positive(t, failed, "some must stop the store")
			})
		}
	}
}

// strike runs one load under the fault and reports whether the store stopped.
func (f *fault) strike(t *testing.T) (stopped bool) {
	t.Helper()
	disk := vfs.NewCrashableMem()
	l := newLedger()
	ended := make(chan bool, 1)
	go func() { ended <- l.suffer(t, errorfs.Wrap(disk, f)) }()
	select {
	case stopped = <-ended:
	case <-time.After(bounded):
		t.Fatalf("hangs after failing %v, operation %d of its sort", f.where.Load(), f.nth)
	}
	acked, seen := l.known()
	for _, kept := range []int{0, 60} {
		after := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: kept, RNG: rand.New(rand.NewPCG(uint64(f.nth), 1))})
		require.NoError(t, l.checkCrash(crash{disk: after, acked: acked, seen: seen}),
			"%v, operation %d of its sort; %d%% of what was not synced kept", f.where.Load(), f.nth, kept)
	}
	return stopped
}

// suffer opens a store on fs, has several write to it, closes it, and reports whether it stopped.
func (l *ledger) suffer(t *testing.T, fs vfs.FS) bool {
	o := testOptions(fs)
	o.memTable = 32 << 10
	s, err := Open(o)
	if err != nil {
		return true
	}
	reading, stop := context.WithCancel(context.Background())
	var reader, writers sync.WaitGroup
	reader.Go(func() { l.follow(reading, s) })
	for i := range uint64(3) {
		writers.Go(func() {
			err := l.work(context.Background(), s, rand.New(rand.NewPCG(i, 2)), 30)
			if err != nil && !errors.Is(err, ErrFailed) {
				t.Errorf("an append was answered %v", err)
			}
		})
	}
	writers.Wait()
	stopped := s.hasFailed()
	if stopped {
		l.checkStopped(t, s)
	}
	stop()
	reader.Wait()
	if err := s.Close(context.Background()); err != nil && !errors.Is(err, errorfs.ErrInjected) && !errors.Is(err, ErrFailed) {
		t.Errorf("closing: %v", err)
	}
	return stopped
}

// checkStopped: a store that has failed says so once, and takes and shows nothing more.
func (l *ledger) checkStopped(t *testing.T, s *Store) {
	select {
	case err := <-s.Err():
		if !errors.Is(err, ErrFailed) {
			t.Errorf("it says %v", err)
		}
	default:
		t.Error("it does not say that it failed")
	}
	head := s.Head()
	for range 3 {
		a := randomAttempt(rand.New(rand.NewPCG(head, 3)))
		l.send(a)
		if err := a.run(context.Background(), s); !errors.Is(err, ErrFailed) {
			t.Errorf("an append after the failure is answered %v", err)
		}
	}
	if s.Head() != head {
		t.Error("it goes on showing events")
	}
	if _, err := s.AllForward(1, head, 1); !errors.Is(err, ErrFailed) {
		t.Errorf("a read after the failure is answered %v", err)
	}
}

// TestTablesThatCannotBeWrittenStopTheStore: the events are safe in the log files, which must not grow for ever.
func TestTablesThatCannotBeWrittenStopTheStore(t *testing.T) {
	disk := vfs.NewCrashableMem()
	l := newLedger()
	var writing atomic.Bool
	s, err := Open(testOptions(errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if writing.Load() && op.Kind == errorfs.OpFileWrite && path.Ext(op.Path) == ".sst" {
			return errorfs.ErrInjected
		}
		return nil
	}))))
	require.NoError(t, err)
	writing.Store(true)
	ended := make(chan error, 1)
	go func() { ended <- l.work(context.Background(), s, rand.New(rand.NewPCG(1, 1)), 1000) }()
	select {
	case err := <-ended:
		require.ErrorIs(t, err, ErrFailed)
	case <-time.After(bounded):
		t.Fatal("writers wait for ever")
	}
	require.ErrorIs(t, <-s.Err(), errorfs.ErrInjected)
	require.NoError(t, s.Close(context.Background()))
	acked, seen := l.known()
	require.NoError(t, l.checkCrash(crash{disk: disk.CrashClone(vfs.CrashCloneCfg{}), acked: acked, seen: seen}))
}
