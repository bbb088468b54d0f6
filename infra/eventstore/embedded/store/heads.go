package store

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// headsKept bounds the memory of the heads; a group touches far fewer, so that none it changed is forgotten before its
// batch is in Pebble. Of those that leave, so many more are kept as no more than two numbers.
const (
	headsKept  = 32 << 10
	placesKept = 1 << 20 // about 36 MB
)

// head is where a stream ends, with what earlier requests of the same group did to it.
type head struct {
	id      uint64 // 0: the name was never written to
	last    int64  // revision of its last event, -1 without
	deleted bool   // soft-deleted by its metadata
	rawMeta []byte // its metadata as written, kept only while deleted
}

// heads are the heads of the streams last written to. Only the sequencer uses them. Looking one up in Pebble costs more
// than all else in an append, and a ledger's streams are many and each is written to seldom, so of many more than are
// kept whole the two numbers are kept.
type heads struct {
	db    *pebble.DB
	metas *metastreams
	cache *simplelru.LRU[string, *head]
	ends  map[nameTag]end
	seeds [2]maphash.Seed
}

// nameTag stands for a name in memory: two sums by keys that only this process has, so that two names meet neither by
// chance (10⁻²⁶ among a million) nor by intent.
type nameTag [2]uint64

// end is a head that is not deleted, of a stream with an id and a revision that are small enough.
type end struct{ id, last uint32 }

func newHeads(db *pebble.DB, metas *metastreams) (h *heads, err error) {
	h = &heads{db: db, metas: metas, ends: map[nameTag]end{}, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	h.cache, err = simplelru.NewLRU(headsKept, h.shrink)
	return h, err
}

// shrink keeps of a head that leaves the cache what fits, in the place of any other.
func (h *heads) shrink(stream string, left *head) {
	if left.deleted || left.id == 0 || left.id > math.MaxUint32 || left.last < 0 || left.last > math.MaxUint32 {
		return
	}
	if len(h.ends) >= placesKept {
		for other := range h.ends {
			delete(h.ends, other)
			break
		}
	}
	h.ends[h.tag(stream)] = end{id: uint32(left.id), last: uint32(left.last)}
}

func (h *heads) tag(stream string) nameTag {
	return nameTag{maphash.String(h.seeds[0], stream), maphash.String(h.seeds[1], stream)}
}

// grow takes back what shrink kept.
func (h *heads) grow(stream string) (*head, bool) {
	tag := h.tag(stream)
	kept, ok := h.ends[tag]
	if !ok {
		return nil, false
	}
	delete(h.ends, tag)
	return &head{id: uint64(kept.id), last: int64(kept.last)}, true
}

func (h *heads) of(stream string) (*head, error) {
	if found, ok := h.cache.Get(stream); ok {
		return found, nil
	}
	loaded, ok := h.grow(stream)
	if !ok {
		var err error
		if loaded, err = h.load(stream); err != nil {
			return nil, fmt.Errorf("read the head of a stream: %w", err)
		}
	}
	h.cache.Add(stream, loaded)
	return loaded, nil
}

func (h *heads) load(stream string) (*head, error) {
	id, err := streamID(h.db, stream)
	if err != nil {
		return nil, err
	}
	found := &head{id: id, last: -1}
	if id != 0 {
		if found.last, err = lastRevision(h.db, id); err != nil {
			return nil, err
		}
	}
	if isMetastream(stream) || !h.metas.has(stream) {
		return found, nil
	}
	return found, h.loadMeta(found, stream)
}

func (h *heads) loadMeta(found *head, stream string) error {
	id, err := streamID(h.db, metastreamOf(stream))
	if id == 0 || err != nil {
		return err
	}
	r, err := lastRecord(h.db, id, ^uint64(0))
	if r == nil || err != nil {
		return err
	}
	found.setMeta(r.JSON, r.Data)
	return nil
}

func (h *head) setMeta(asJSON bool, raw []byte) {
	h.deleted, h.rawMeta = parseMetadata(asJSON, raw).softDeleted(), nil
	if h.deleted {
		h.rawMeta = raw
	}
}

const metaPrefix = "$$"

func isMetastream(stream string) bool     { return strings.HasPrefix(stream, metaPrefix) }
func metastreamOf(stream string) string   { return metaPrefix + stream }
func originalOf(metastream string) string { return metastream[len(metaPrefix):] }

// lastRevision answers the revision of the last event of stream id that Pebble holds, synced or not; -1 without any.
func lastRevision(db pebble.Reader, id uint64) (int64, error) {
	last := int64(-1)
	err := overIndex(db, id, func(it *pebble.Iterator) error {
		if it.Last() {
			last = int64(binary.BigEndian.Uint64(it.Key()[9:]))
		}
		return nil
	})
	return last, err
}

// overIndex calls f with an iterator over the index entries of stream id.
func overIndex(db pebble.Reader, id uint64, f func(it *pebble.Iterator) error) error {
	return iterate(db, indexKey(id, 0), afterIndex(id), f)
}

// iterate calls f with an iterator over the keys from lower to below upper.
func iterate(db pebble.Reader, lower, upper []byte, f func(it *pebble.Iterator) error) error {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return err
	}
	err = f(it)
	if closeErr := it.Close(); err == nil {
		err = closeErr
	}
	return err
}
