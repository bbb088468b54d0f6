package store

import "cmp"

// decision is what is to be done with a request after its stream was looked at.
type decision struct {
	// done: nothing is to be written, result and the error are the answer.
	done   bool
	result Result
	// revive: the stream is soft-deleted and comes back with this append.
	revive bool
}

// decide applies EventStoreDB's rules on expected revisions and repeated event ids.
//
// At the expected revision the events are taken without looking at their ids. Behind it, the ids at expected+1… are
// compared: all equal is a repetition, answered with the first result; anything else is a wrong revision. With Any and
// StreamExists only the ids of recent events are known.
func (q *sequencer) decide(r *request, h *head) (decision, error) {
	deleted, err := q.tombstoned(r.stream, h)
	if err != nil {
		return decision{}, err
	}
	if deleted || r.expected == StreamExists && h.deleted {
		return decision{}, &StreamDeleted{Stream: r.stream}
	}
	wrong := &WrongRevision{Stream: r.stream, Expected: r.expected, Current: h.last}
	if r.expected == StreamExists || r.kind == softDeleting {
		if there, err := q.exists(r.stream, h); !there || err != nil {
			return decision{}, cmp.Or(err, error(wrong))
		}
	}
	switch {
	case r.expected == Any, r.expected == StreamExists:
		return q.decideByRecent(r, h, wrong)
	case r.expected < NoStream, int64(r.expected) > h.last:
		return decision{}, wrong
	case int64(r.expected) < h.last:
		return q.decideBehind(r, h, wrong)
	}
	return decision{revive: h.deleted}, nil
}

// exists reports whether anything was ever written to the stream or to its metadata.
func (q *sequencer) exists(stream string, h *head) (bool, error) {
	if h.last >= 0 {
		return true, nil
	}
	meta, err := q.heads.of(metastreamOf(stream))
	if err != nil {
		return false, err
	}
	return meta.last >= 0, nil
}

// tombstoned reports whether the stream, or the one it is the metadata of, has ended for ever.
func (q *sequencer) tombstoned(stream string, h *head) (bool, error) {
	if h.last == Tombstone || !isMetastream(stream) {
		return h.last == Tombstone, nil
	}
	original, err := q.heads.of(originalOf(stream))
	if err != nil {
		return false, err
	}
	return original.last == Tombstone, nil
}

func (q *sequencer) decideByRecent(r *request, h *head, wrong error) (decision, error) {
	var last place
	for i := range r.events {
		at, known := q.recent.find(r.events[i].ID)
		if !known || at.stream != h.id {
			if i > 0 {
				return decision{}, wrong // a part of it is there already
			}
			return decision{revive: h.deleted}, nil
		}
		last = at
	}
	if len(r.events) == 0 {
		return decision{revive: h.deleted}, nil
	}
	return decision{done: true, result: Result{Revision: last.revision, Position: last.position}}, nil
}

func (q *sequencer) decideBehind(r *request, h *head, wrong error) (decision, error) {
	var last place
	for i := range r.events {
		revision := int64(r.expected) + 1 + int64(i)
		at, same, err := q.sameEvent(h, revision, &r.events[i])
		if err != nil {
			return decision{}, err
		}
		if !same {
			if i == 0 && r.expected == NoStream && h.deleted {
				return decision{revive: true}, nil
			}
			return decision{}, wrong
		}
		last = at
	}
	if len(r.events) == 0 {
		if r.kind != appending && r.expected == NoStream && h.deleted { // its event has an id that was never met
			return decision{revive: true}, nil
		}
		return decision{}, wrong
	}
	return decision{done: true, result: Result{Revision: last.revision, Position: last.position}}, nil
}

// sameEvent reports whether the event at revision of the stream has e's id. What this group or a recent one wrote is
// in q.recent; all else is in Pebble.
func (q *sequencer) sameEvent(h *head, revision int64, e *Proposed) (place, bool, error) {
	if at, known := q.recent.find(e.ID); known && at.stream == h.id && at.revision == revision {
		return at, true, nil
	}
	if revision > h.last {
		return place{}, false, nil
	}
	r, err := recordAt(q.store.db, h.id, revision)
	if r == nil || err != nil {
		return place{}, false, err
	}
	return place{stream: h.id, revision: revision, position: r.Position}, r.ID == e.ID, nil
}
