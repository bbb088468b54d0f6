package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

// flipsEach is how many bits of a file are flipped; moreFlips is the variable that sets another number.
const (
	flipsEach = 4
	moreFlips = "CAREL_FLIPS"
)

// TestAFlippedBitIsFound flips single bits in every file of a closed store, and of one that was cut off. Opening is
// refused then, without changing anything; or each event is served as it was written, or named as damaged.
func TestAFlippedBitIsFound(t *testing.T) {
	each := flipsEach
	if n, err := strconv.Atoi(os.Getenv(moreFlips)); err == nil {
		each = n
	}
	for name, make := range map[string]func(*testing.T) *vfs.MemFS{"closed": closedStore, "cut off": cutOffStore} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk := make(t)
			original := contentOf(t, disk)
			names, err := disk.List(dataDir)
			require.NoError(t, err)
			sort.Strings(names)
			refused, found, harmless := 0, 0, 0
			for _, file := range names {
				for _, at := range offsets(t, disk, file, each) {
					switch f := (flip{disk: disk, file: file, at: at, original: original}); f.try(t) {
					case refusedIt:
						refused++
					case foundIt:
						found++
					default:
						harmless++
					}
				}
			}
			t.Logf("%d flips in %d files: %d refused, %d found when read, %d without effect", refused+found+harmless, len(names), refused, found, harmless)
			require.Positive(t, refused)
			require.Positive(t, found)
		})
	}
}

// closedStore has events in several tables and in its log file.
func closedStore(t *testing.T) *vfs.MemFS {
	t.Helper()
	disk, l := vfs.NewCrashableMem(), newLedger()
	s, err := Open(testOptions(disk))
	require.NoError(t, err)
	for i := range uint64(6) {
		require.NoError(t, l.work(t.Context(), s, rand.New(rand.NewPCG(i, 8)), 40))
	}
	require.NoError(t, s.Close(t.Context()))
	return disk
}

// cutOffStore is as a power cut leaves it, with more than one log file to be read, once the witness has seen the head.
func cutOffStore(t *testing.T) *vfs.MemFS {
	t.Helper()
	disk, l := vfs.NewCrashableMem(), newLedger()
	s, err := Open(testOptions(disk))
	require.NoError(t, err)
	for i := uint64(0); ; i++ {
		require.NoError(t, l.work(t.Context(), s, rand.New(rand.NewPCG(i, 8)), 10))
		require.Eventually(t, func() bool { seen, _ := testify(&s.options); return seen == s.Head() }, bounded, time.Millisecond)
		after := disk.CrashClone(vfs.CrashCloneCfg{})
		names, err := after.List(dataDir)
		require.NoError(t, err)
		logs := slices.DeleteFunc(names, func(name string) bool { return path.Ext(name) != ".log" })
		if s.Head() > 500 && len(logs) > 1 || i > 100 {
			require.NoError(t, s.Close(t.Context()))
			return after
		}
	}
}

// offsets of some single bits.
func offsets(t *testing.T, disk *vfs.MemFS, file string, n int) (at []int) {
	t.Helper()
	b, err := disk.UnsafeGetFileDataBuffer(path.Join(dataDir, file))
	require.NoError(t, err)
	bits := 8 * len(b)
	rng := rand.New(rand.NewPCG(uint64(bits), 1))
	for range min(n, bits) {
		at = append(at, rng.IntN(bits))
	}
	return at
}

func copyOf(t *testing.T, disk *vfs.MemFS) *vfs.MemFS {
	t.Helper()
	copied := vfs.NewMem()
	require.NoError(t, copied.MkdirAll(path.Dir(dataDir), 0o700))
	found, err := vfs.Clone(disk, copied, dataDir, dataDir)
	require.NoError(t, err)
	require.True(t, found)
	return copied
}

// content is what a store holds.
type content struct {
	records []Record
	streams map[string][]*Record
}

func contentOf(t *testing.T, disk *vfs.MemFS) content {
	t.Helper()
	s := mustOpen(t, testOptions(copyOf(t, disk)))
	records, err := everything(s)
	require.NoError(t, err)
	require.Greater(t, len(records), 400)
	c := content{records, map[string][]*Record{}}
	for i := range records {
		name := string(records[i].Stream)
		c.streams[name] = append(c.streams[name], &records[i])
	}
	return c
}

type flip struct {
	disk     *vfs.MemFS
	file     string
	at       int
	original content
}

const (
	refusedIt = iota
	foundIt
	harmless
)

func (f flip) String() string { return fmt.Sprintf("bit %d of %s", f.at, f.file) }

func (f flip) in(t *testing.T, disk *vfs.MemFS) {
	t.Helper()
	b, err := disk.UnsafeGetFileDataBuffer(path.Join(dataDir, f.file))
	require.NoError(t, err, "%v: the file is gone", f)
	b[f.at/8] ^= 1 << (f.at % 8)
}

func (f flip) try(t *testing.T) int {
	t.Helper()
	disk := copyOf(t, f.disk)
	f.in(t, disk)
	s, err := openInTime(t, disk, f)
	if refused := err; err != nil {
		require.ErrorContains(t, err, dataDir, "%v", f)
		f.in(t, disk)
		s, err = Open(testOptions(disk))
		require.NoError(t, err, "%v: opening it changed something", f)
		require.Zero(t, f.damagedIn(t, s), "%v: opening it changed something", f)
		require.NoError(t, s.Close(t.Context()))
		if testing.Verbose() {
			t.Logf("%v: %v", f, refused)
		}
		return refusedIt
	}
	damaged := f.damagedIn(t, s)
	require.NoError(t, s.Close(t.Context()), "%v", f)
	if damaged > 0 {
		return foundIt
	}
	return harmless
}

func openInTime(t *testing.T, disk vfs.FS, f flip) (*Store, error) {
	t.Helper()
	type opened struct {
		s   *Store
		err error
	}
	done := make(chan opened, 1)
	go func() {
		s, err := Open(testOptions(disk))
		done <- opened{s, err}
	}()
	select {
	case o := <-done:
		return o.s, o.err
	case <-time.After(bounded):
		t.Fatalf("%v: opening hangs", f)
		return nil, nil
	}
}

// damagedIn reads all of s, by position and by stream, and counts what is named as damaged.
func (f flip) damagedIn(t *testing.T, s *Store) (damaged int) {
	t.Helper()
	head := uint64(len(f.original.records))
	require.Equal(t, head, s.Head(), "%v: the head is another", f)
	for next := uint64(1); next <= head; {
		page, err := s.AllForward(next, head, 100)
		if err != nil {
			requireNamed(t, f, err, next)
			damaged++
			next += uint64(damaged * damaged) // Pebble takes long to say that a block is damaged
			continue
		}
		require.NotEmpty(t, page, "%v: position %d is missing without a word", f, next)
		for i := range page {
			requireSame(t, f, &f.original.records[next-1], &page[i])
			next++
		}
	}
	for name, events := range f.original.streams {
		if damaged += f.damagedInStream(t, s, name, events); damaged > 2 {
			break
		}
	}
	return damaged
}

func (f flip) damagedInStream(t *testing.T, s *Store, name string, events []*Record) int {
	t.Helper()
	v, err := s.Stream(name, s.Head())
	var deleted *StreamDeleted
	if errors.As(err, &deleted) {
		return 0
	}
	if err != nil {
		var named *Corrupt
		require.ErrorAs(t, err, &named, "%v", f)
		return 1
	}
	require.EqualValues(t, len(events)-1, v.Last, "%v: %s ends elsewhere", f, name)
	for next := v.First; next <= v.Last; {
		page, after, err := s.Forward(v, next, 10)
		if err != nil {
			requireNamed(t, f, err, events[next].Position)
			return 1
		}
		require.NotEmpty(t, page, "%v: revision %d of %s is missing without a word", f, next, name)
		for i := range page {
			requireSame(t, f, events[next], &page[i])
			next++
		}
		require.Equal(t, next, after)
	}
	return 0
}

func requireNamed(t *testing.T, f flip, err error, position uint64) {
	t.Helper()
	var named *Corrupt
	require.ErrorAs(t, err, &named, "%v", f)
	require.Equal(t, position, named.Position, "%v: %v", f, err)
	require.True(t, strings.Contains(err.Error(), strconv.FormatUint(position, 10)))
}

func requireSame(t *testing.T, f flip, want, got *Record) {
	t.Helper()
	same := want.Position == got.Position && want.Revision == got.Revision && want.ID == got.ID && want.JSON == got.JSON &&
		want.Created == got.Created && bytes.Equal(want.Stream, got.Stream) && bytes.Equal(want.Type, got.Type) &&
		bytes.Equal(want.Data, got.Data) && bytes.Equal(want.Metadata, got.Metadata)
	require.True(t, same, "%v: position %d is served otherwise", f, want.Position)
}

// TestADamagedTableKeepsNobodyWaiting: who reads what is in it is told. Where it cannot be merged with others for
// its damage, these pile up, until the store says so and stops.
func TestADamagedTableKeepsNobodyWaiting(t *testing.T) {
	disk, rng := closedStore(t), rand.New(rand.NewPCG(3, 3))
	flip{disk: disk, file: largestTable(t, disk), at: 8 * 20_000}.in(t, disk) // behind the block that opening reads
	o := testOptions(disk)
	o.memTable, o.stallPatience = 16<<10, 100*time.Millisecond
	s, err := Open(o)
	require.NoError(t, err)
	_, err = everything(s)
	var named *Corrupt
	require.ErrorAs(t, err, &named)
	require.Positive(t, named.Position)
	ended := make(chan error, 1)
	go func() {
		var err error
		for i := 0; err == nil && i < 2000; i++ {
			_, err = s.Append(context.Background(), fmt.Sprintf("new-%d", i), NoStream, []Proposed{randomEvent(rng, 1000)})
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		if err != nil {
			require.ErrorIs(t, err, ErrFailed)
			err = <-s.Err()
			require.ErrorContains(t, err, "writes have waited")
			require.ErrorContains(t, err, "checksum mismatch")
		}
	case <-time.After(bounded):
		t.Fatal("writers wait")
	}
	require.NoError(t, s.Close(context.Background()))
}

func largestTable(t *testing.T, disk *vfs.MemFS) (largest string) {
	t.Helper()
	names, err := disk.List(dataDir)
	require.NoError(t, err)
	size := int64(0)
	for _, name := range names {
		info, err := disk.Stat(path.Join(dataDir, name))
		require.NoError(t, err)
		if path.Ext(name) == ".sst" && info.Size() > size {
			largest, size = name, info.Size()
		}
	}
	return largest
}
