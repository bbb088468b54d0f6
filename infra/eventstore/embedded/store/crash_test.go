package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"
)

// crash is what the disk may hold when the power goes at one moment, and what was acknowledged until then.
type crash struct {
	disk  *vfs.MemFS
	acked []*attempt
	seen  uint64
	name  string
}

// crashes cuts the power before every sync, and at one other write of thirty.
type crashes struct {
	disk   *vfs.MemFS
	ledger *ledger
	found  chan crash
	on     atomic.Bool

	mu    sync.Mutex
	rng   *rand.Rand
	count int
}

// MaybeError is called before each operation of the file system.
func (c *crashes) MaybeError(op errorfs.Op) error {
	if !c.on.Load() || op.Kind.ReadOrWrite() == errorfs.OpIsRead {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sync := op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSyncTo
	if !sync && c.rng.IntN(30) > 0 {
		return nil
	}
	acked, seen := c.ledger.known() // before the power goes
	kept := []int{0, 0, 0, 30, 70, 100}[c.rng.IntN(6)]
	c.count++
	c.found <- crash{
		disk: c.disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: kept, RNG: c.rng}), acked: acked, seen: seen,
		name: fmt.Sprintf("crash %d, at operation %d of %s, %d %% of what was not synced kept, %d acknowledged", c.count, op.Kind, op.Path, kept, len(acked)),
	}
	return nil
}

func (c *crashes) String() string { return "the power goes" }

// TestNothingAcknowledgedIsLostWhenThePowerGoes cuts the power at every sync and at other moments, while many write,
// flushes and compactions run; what the disk holds then is opened and checked.
func TestNothingAcknowledgedIsLostWhenThePowerGoes(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			l := newLedger()
			c := &crashes{disk: vfs.NewCrashableMem(), ledger: l, found: make(chan crash, 4), rng: rand.New(rand.NewPCG(seed, 1))}
			var checking sync.WaitGroup
			checking.Go(func() {
				for crashed := range c.found {
					if err := l.checkCrash(crashed); err != nil {
						t.Errorf("%s: %v", crashed.name, err)
					}
				}
			})
			c.on.Store(true)
			require.NoError(t, l.load(t.Context(), errorfs.Wrap(c.disk, c), seed))
			close(c.found)
			checking.Wait()
			require.Greater(t, c.count, 100)
		})
	}
}

// load opens a store on fs, has several write to it at once, and closes it.
func (l *ledger) load(ctx context.Context, fs vfs.FS, seed uint64) error {
	s, err := Open(testOptions(fs))
	if err != nil {
		return err
	}
	reading, stop := context.WithCancel(ctx)
	var reader sync.WaitGroup
	reader.Go(func() { l.follow(reading, s) })
	defer reader.Wait()
	defer stop()
	failed := make(chan error, 8)
	for i := range uint64(cap(failed)) {
		go func() { failed <- l.work(ctx, s, rand.New(rand.NewPCG(seed, i)), 100) }()
	}
	for range cap(failed) {
		err = errors.Join(err, <-failed)
	}
	return errors.Join(err, s.Close(ctx))
}

// checkCrash opens what a crash left, checks it, goes on writing, and checks again.
func (l *ledger) checkCrash(c crash) error {
	s, err := Open(testOptions(c.disk))
	if err != nil {
		return err
	}
	err = l.check(s, c.acked)
	if head := s.Head(); head < c.seen {
		err = errors.Join(err, fmt.Errorf("readers have seen position %d, and the log ends at %d", c.seen, head))
	}
	for i, a := range c.acked[max(0, len(c.acked)-40):] {
		if i%4 == 0 && a.repeatable() {
			err = errors.Join(err, l.repeat(context.Background(), s, a))
		}
	}
	after := &attempt{stream: "after", expected: NoStream, events: []Proposed{randomEvent(rand.New(rand.NewPCG(1, 1)), 10)}}
	l.send(after)
	after.after = s.Head()
	if err := errors.Join(err, after.run(context.Background(), s)); err != nil {
		return errors.Join(err, s.Close(context.Background()))
	}
	err = l.check(s, append(c.acked, after))
	return errors.Join(err, s.Close(context.Background()))
}
