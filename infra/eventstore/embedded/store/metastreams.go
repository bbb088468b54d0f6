package store

import (
	"sync"

	"github.com/cockroachdb/pebble/v2"
)

// metastreamsKept bounds the memory of metastreams.
const metastreamsKept = 16 << 10

// metastreams knows which streams may have metadata. In most stores few have, and all others need not be asked for it.
// Of a store where more have than are kept, all may.
type metastreams struct {
	mu   sync.RWMutex
	of   map[string]struct{}
	many bool
}

// newMetastreams reads the names of the metadata streams.
func newMetastreams(db *pebble.DB) (*metastreams, error) {
	m := &metastreams{of: map[string]struct{}{}}
	after := nameKey(metaPrefix)
	after[len(after)-1]++
	err := iterate(db, nameKey(metaPrefix), after, func(it *pebble.Iterator) error {
		for ok := it.First(); ok && !m.many; ok = it.Next() {
			m.add(string(it.Key()[1:]))
		}
		return nil
	})
	return m, err
}

// add takes a name that is given its id; it is called before any reader can see the stream.
func (m *metastreams) add(stream string) {
	if !isMetastream(stream) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.many = m.many || len(m.of) == metastreamsKept; m.many {
		m.of = nil
		return
	}
	m.of[originalOf(stream)] = struct{}{}
}

// has reports whether stream may have metadata; false is certain.
func (m *metastreams) has(stream string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, found := m.of[stream]
	return m.many || found
}
