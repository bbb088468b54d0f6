package store

import (
	"fmt"
	"math"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// emptyDB is a Pebble without keys: what is known of a stream can only come from memory.
func emptyDB(t *testing.T) *pebble.DB {
	t.Helper()
	db, err := pebble.Open("", &pebble.Options{FS: vfs.NewMem(), Logger: &pebbleLog{logger: discard}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestAHeadThatLeavesTheCacheKeepsItsNumbers(t *testing.T) {
	db := emptyDB(t)
	metas, err := newMetastreams(db)
	require.NoError(t, err)
	h, err := newHeads(db, metas)
	require.NoError(t, err)
	left := map[string]head{
		"plain":      {id: 7, last: 41},
		"deleted":    {id: 8, last: 3, deleted: true, rawMeta: []byte(`{}`)},
		"tombstoned": {id: 9, last: Tombstone},
		"far":        {id: 10, last: 1 << 32},
		"new":        {last: -1},
	}
	for name, was := range left {
		h.cache.Add(name, &was)
	}
	for n := range headsKept {
		_, err := h.of(fmt.Sprint("other-", n))
		require.NoError(t, err)
	}
	for name, was := range left {
		found, err := h.of(name)
		require.NoError(t, err)
		if name == "plain" {
			require.Equal(t, was, *found)
			continue
		}
		require.Equal(t, head{last: -1}, *found, "%s is asked for in Pebble, which has none here", name)
	}
}

func TestTheNumbersOfHeadsAreBounded(t *testing.T) {
	h, err := newHeads(nil, nil)
	require.NoError(t, err)
	for n := range uint64(placesKept + 1000) {
		h.shrink(fmt.Sprint(n), &head{id: n + 1, last: 1})
	}
	require.Len(t, h.ends, placesKept)
}

func TestAStreamMayHaveMetadataOnceItsMetastreamWasNamed(t *testing.T) {
	db := emptyDB(t)
	require.NoError(t, db.Set(nameKey("$$before"), positionValue(1), pebble.NoSync))
	require.NoError(t, db.Set(nameKey("plain"), positionValue(2), pebble.NoSync))
	m, err := newMetastreams(db)
	require.NoError(t, err)
	m.add("$$after")
	m.add("other")
	for name, may := range map[string]bool{"before": true, "after": true, "plain": false, "other": false, "$$before": false} {
		require.Equal(t, may, m.has(name), name)
	}
	for n := range metastreamsKept {
		m.add(fmt.Sprint("$$many-", n))
	}
	require.True(t, m.has("plain"), "of so many nobody knows")
}

func TestTheOldestIDsAreForgotten(t *testing.T) {
	r := newRecent()
	first, again := uuid.New(), uuid.New()
	r.add(first, place{position: 1})
	r.add(again, place{position: 2})
	for n := range uint64(recentKept - 1) {
		r.add(uuid.New(), place{position: n + 3})
	}
	_, known := r.find(first)
	require.True(t, known, "so many were not written since")
	r.add(again, place{stream: 5, position: recentKept + 2})
	for n := range uint64(recentKept) {
		r.add(uuid.New(), place{position: recentKept + 3 + n})
	}
	_, known = r.find(first)
	require.False(t, known)
	at, known := r.find(again)
	require.True(t, known, "it was written again since")
	require.EqualValues(t, 5, at.stream)
	require.LessOrEqual(t, len(r.young)+len(r.old), 2*recentKept)
}

func TestARecordIsAsLongAsItsSizeSays(t *testing.T) {
	text := func(n int) []byte { return make([]byte, n) }
	for _, r := range []Record{
		{},
		{streamID: 127, Revision: 128, Index: 16383, Count: 16384, Stream: text(127), Type: text(128), Metadata: text(16383), Data: text(16384)},
		{streamID: math.MaxUint64, Revision: Tombstone, Index: math.MaxUint32, Count: math.MaxUint32},
	} {
		require.Len(t, appendRecord(nil, &r), recordSize(&r))
	}
}
