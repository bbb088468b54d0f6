package store

import "github.com/google/uuid"

// place is where an event lies.
type place struct {
	stream   uint64
	revision int64
	position uint64
}

// recent knows the ids of the last recentKept events and where they lie; the oldest is forgotten first.
type recent struct {
	places map[uuid.UUID]place
	ring   []recentEvent
	next   int // in ring
}

type recentEvent struct {
	id       uuid.UUID
	position uint64
}

func newRecent() *recent {
	return &recent{places: map[uuid.UUID]place{}, ring: make([]recentEvent, recentKept)}
}

func (r *recent) find(id uuid.UUID) (place, bool) {
	at, known := r.places[id]
	return at, known
}

func (r *recent) add(id uuid.UUID, at place) {
	oldest := &r.ring[r.next]
	if r.places[oldest.id].position == oldest.position { // else it was written again since
		delete(r.places, oldest.id)
	}
	*oldest = recentEvent{id: id, position: at.position}
	r.next = (r.next + 1) % len(r.ring)
	r.places[id] = at
}
