package store

import (
	"log/slog"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/stretchr/testify/require"
)

var discard = slog.New(slog.DiscardHandler)

// filled makes a store of three streams: a has positions 1-4 and 11-12, b 5-10, c 13.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s, shut := openIn(t, dir, nil)
	write(t, s, "a", 4, 2)
	write(t, s, "b", 6, 3)
	write(t, s, "a", 2, 1)
	write(t, s, "c", 1, 1)
	shut()
	return dir
}

func TestVerifySound(t *testing.T) {
	dir := filled(t)
	summary, found, positions := verified(t, dir)
	require.Empty(t, found)
	require.Equal(t, Summary{Head: 13, Events: 13, Streams: 3}, summary)
	require.Len(t, positions, 13)
	again, found, _ := verified(t, dir)
	require.Empty(t, found)
	require.Equal(t, summary, again)
}

func TestVerifyFinds(t *testing.T) {
	set := func(key, value []byte) func(*pebble.DB) {
		return func(db *pebble.DB) { _ = db.Set(key, value, pebble.Sync) }
	}
	drop := func(keys ...[]byte) func(*pebble.DB) {
		return func(db *pebble.DB) {
			for _, key := range keys {
				_ = db.Delete(key, pebble.Sync)
			}
		}
	}
	value := func(db *pebble.DB, key []byte) (v []byte) {
		_, _ = get(db, key, func(found []byte) error { v = append(v, found...); return nil })
		return v
	}
	for name, c := range map[string]struct {
		change func(db *pebble.DB)
		want   []string
	}{
		"a flipped bit": {func(db *pebble.DB) {
			v := value(db, logKey(7))
			v[40] ^= 4
			set(logKey(7), v)(db)
		}, []string{"position 7: its checksum does not match"}},
		"a record under another position": {func(db *pebble.DB) { set(logKey(7), value(db, logKey(6)))(db) },
			[]string{"position 7: its checksum does not match"}},
		"an event gone from log and index": {drop(logKey(13), indexKey(3, 0)),
			[]string{"position 13: events up to position 13 were acknowledged, and the log ends before this one"}},
		"an event gone within": {drop(logKey(11), indexKey(1, 4)), []string{
			"position 12: revision 5 follows 3 in its stream", "13 positions were given out, 12 events are there and 0 were removed: 1 are missing"}},
		"half an append": {drop(logKey(10), indexKey(2, 5)), []string{
			"position 9: the append that it began is cut off", "13 positions were given out, 12 events are there and 0 were removed: 1 are missing"}},
		"an event gone from the log": {drop(logKey(12)), []string{
			"13 positions were given out, 12 events are there and 0 were removed: 1 are missing",
			"position 12: the index names it and the log does not hold it"}},
		"an event gone from the index": {drop(indexKey(1, 5)), []string{"position 12: the index does not name it"}},
		"two index entries exchanged": {func(db *pebble.DB) {
			set(indexKey(1, 4), positionValue(12))(db)
			set(indexKey(1, 5), positionValue(11))(db)
		}, []string{"position 11: it comes before the revision below it", "position 11: the index does not name it", "position 12: the index does not name it"}},
		"a name gone": {drop(nameKey("c")), []string{"position 13: the name of its stream is another", "position 13: its stream has no name"}},
		"a stream cut at its beginning": {drop(logKey(1), logKey(2), indexKey(1, 0), indexKey(1, 1)), []string{
			"position 3: its stream begins at revision 2 instead of 0", "13 positions were given out, 11 events are there and 0 were removed: 2 are missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t)
			meddle(t, dir, c.change)
			_, found, _ := verified(t, dir)
			require.ElementsMatch(t, c.want, found)
		})
	}
}

func TestVerifyNothingThere(t *testing.T) {
	_, err := Verify(t.Context(), Options{Dir: t.TempDir()}, nil, nil)
	require.ErrorIs(t, err, ErrNoStore)
	dir := filled(t)
	openIn(t, dir, nil)
	_, err = Verify(t.Context(), Options{Dir: dir}, nil, nil)
	require.ErrorIs(t, err, ErrInUse)
}

func TestSnapshotWhileWriting(t *testing.T) {
	dir, snapshot := t.TempDir(), t.TempDir()+"/snapshot"
	s, _ := openIn(t, dir, nil)
	write(t, s, "before", 100, 7)
	acknowledged := s.Head()
	written := make(chan struct{})
	go func() {
		defer close(written)
		write(t, s, "meanwhile", 400, 3)
	}()
	require.NoError(t, s.Snapshot(snapshot))
	<-written
	summary, found, _ := verified(t, snapshot)
	require.Empty(t, found)
	require.GreaterOrEqual(t, summary.Head, acknowledged)
	copied, _ := openIn(t, snapshot, nil)
	v, err := copied.Stream("before", copied.Head())
	require.NoError(t, err)
	require.EqualValues(t, 99, v.Last)
}
