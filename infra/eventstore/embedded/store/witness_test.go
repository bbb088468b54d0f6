package store

import (
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

func TestTheWitnessSeesTheHead(t *testing.T) {
	disk, l := vfs.NewMem(), newLedger()
	o := testOptions(disk)
	s := mustOpen(t, o)
	require.NoError(t, l.work(t.Context(), s, rand.New(rand.NewPCG(1, 1)), 20))
	require.Eventually(t, func() bool { seen, _ := testify(&s.options); return seen == s.Head() }, bounded, time.Millisecond, "while it runs")

	o = testOptions(vfs.NewMem())
	o.witnessEvery = time.Hour
	s, err := Open(o)
	require.NoError(t, err)
	require.NoError(t, l.work(t.Context(), s, rand.New(rand.NewPCG(1, 1)), 20))
	require.NoError(t, s.Close(t.Context()))
	seen, _ := testify(&s.options)
	require.Equal(t, s.Head(), seen, "when it is closed")
}

// TestAnEndThatIsMissing is refused and found by Verify; who removes the witness gets what is left.
func TestAnEndThatIsMissing(t *testing.T) {
	disk := closedStore(t)
	o := testOptions(disk)
	require.NoError(t, o.complete())
	head, there := testify(&o)
	require.True(t, there)
	f, err := disk.OpenReadWrite(path.Join(dataDir, witnessName), vfs.WriteCategoryUnspecified)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte(witnessText(head+1)), 0)
	require.NoError(t, err)
	require.NoError(t, f.Close())

	for range 2 { // it stays so
		_, err = Open(o)
		require.ErrorIs(t, err, ErrIncomplete)
		require.ErrorContains(t, err, dataDir)
	}
	var found []Problem
	_, err = Verify(t.Context(), o, func(*Record) error { return nil }, func(p Problem) { found = append(found, p) })
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, head+1, found[0].Position)

	require.NoError(t, disk.Remove(path.Join(dataDir, witnessName)))
	require.Equal(t, head, mustOpen(t, o).Head())
}

// TestALostListOfTablesIsNotTakenForANewStore, even where no witness says so: all tables would be cleared away.
func TestALostListOfTablesIsNotTakenForANewStore(t *testing.T) {
	disk := closedStore(t)
	s, err := Open(testOptions(disk)) // moves what is in the log file to a table
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	require.NoError(t, disk.Remove(path.Join(dataDir, witnessName)))
	names, err := disk.List(dataDir)
	require.NoError(t, err)
	list := names[slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, "MANIFEST") })]
	refused := 0
	for at := 8; at < 1000; at += 61 {
		damaged := copyOf(t, disk)
		flip{disk: damaged, file: list, at: at}.in(t, damaged)
		s, err := Open(testOptions(damaged))
		if err != nil {
			refused++
			continue
		}
		require.Positive(t, s.Head(), "bit %d", at)
		require.NoError(t, s.Close(t.Context()))
	}
	require.Positive(t, refused)
}
