package store

import "github.com/google/uuid"

// place is where an event lies.
type place struct {
	stream   uint64
	revision int64
	position uint64
}

// recent knows the ids of at least the last recentKept events and where they lie. It forgets as many at once: one by
// one, each would cost two more looks into the map.
type recent struct{ young, old map[uuid.UUID]place }

func newRecent() *recent {
	return &recent{young: map[uuid.UUID]place{}, old: map[uuid.UUID]place{}}
}

func (r *recent) find(id uuid.UUID) (at place, known bool) {
	if at, known = r.young[id]; !known {
		at, known = r.old[id]
	}
	return at, known
}

func (r *recent) add(id uuid.UUID, at place) {
	if len(r.young) == recentKept {
		r.young, r.old = r.old, r.young
		clear(r.young)
	}
	r.young[id] = at
}
