package store

import (
	"math/rand/v2"
	"path"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
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
	disk, l := vfs.NewMem(), newLedger()
	for range 2 { // the second time moves all there is from the log file to a table
		s, err := Open(testOptions(disk))
		require.NoError(t, err)
		if s.Head() == 0 {
			require.NoError(t, l.note(t, s))
		}
		require.NoError(t, s.Close(t.Context()))
	}
	require.NoError(t, disk.Remove(path.Join(dataDir, witnessName)))
	found, err := pebble.Peek(dataDir, disk)
	require.NoError(t, err)
	list := path.Base(found.ManifestFilename)
	refused := 0
	for _, at := range offsets(t, disk, list, 100) {
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
