package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// A page ends at this many bytes of records, whatever its limit in events.
const pageBytes = 1 << 20

// page gathers records read from Pebble; their texts lie in buffers of its own.
type page struct {
	records []Record
	buffer  []byte
	bytes   int
}

func (p *page) full(limit int) bool { return len(p.records) >= limit || p.bytes >= pageBytes }

// room is how many more events to read at once: few until it is known how large they are.
func (p *page) room(limit int) int {
	atOnce := fetchAtOnce
	if n := len(p.records); n > 0 {
		atOnce = max(fetchAtOnce, min(16*fetchAtOnce, (pageBytes-p.bytes)/max(1, p.bytes/n)))
	}
	return min(limit-len(p.records), atOnce)
}

// add copies value, checks it and appends the record.
func (p *page) add(position uint64, value []byte) (*Record, error) {
	if cap(p.buffer)-len(p.buffer) < len(value) {
		p.buffer = make([]byte, 0, max(len(value), min(64<<10, max(4<<10, 2*cap(p.buffer)))))
	}
	start := len(p.buffer)
	p.buffer = append(p.buffer, value...)
	var r Record
	if err := readRecord(position, p.buffer[start:], &r); err != nil {
		return nil, err
	}
	p.records = append(p.records, r)
	p.bytes += len(value)
	return &p.records[len(p.records)-1], nil
}

func (p *page) dropLast() { p.records = p.records[:len(p.records)-1] }

// AllForward answers up to limit events with from <= position <= until, in commit order. The page may hold fewer, yet
// is empty only when there are none. until must not be past Head. Where events are damaged, those before them are
// answered first, and then *Corrupt with the first position that cannot be read.
func (s *Store) AllForward(from, until uint64, limit int) ([]Record, error) {
	var p page
	next := max(from, 1)
	err := s.forward(from, until, func(position uint64, value []byte) (more bool, err error) {
		next = position
		if _, err = p.add(position, value); err == nil {
			next++
		}
		return !p.full(limit), err
	})
	return p.sound(readError(next, err))
}

// VisitForward calls visit with each event of a page that AllForward would answer, and answers the position to go on
// from. The event's texts are gone once visit returns, and visit must not call the store or wait. Damage comes to light
// as in AllForward.
func (s *Store) VisitForward(from, until uint64, limit int, visit func(r *Record)) (next uint64, err error) {
	next = max(from, 1)
	visited, bytes := 0, 0
	var r Record
	err = s.forward(from, until, func(position uint64, value []byte) (more bool, err error) {
		next = position
		if err = readRecord(position, value, &r); err != nil {
			return false, err
		}
		visit(&r)
		next++
		visited++
		bytes += len(value)
		return visited < limit && bytes < pageBytes, nil
	})
	var damaged *Corrupt
	if err = readError(next, err); errors.As(err, &damaged) && visited > 0 {
		return next, nil
	}
	return next, err
}

// forward calls f with what the log holds from position from to until, while it wants more.
func (s *Store) forward(from, until uint64, f func(position uint64, value []byte) (more bool, err error)) error {
	return s.read(func() error {
		return iterate(s.db, logKey(from), logKey(until+1), func(it *pebble.Iterator) error {
			more := true
			for ok := it.First(); ok && more; ok = more && it.Next() {
				value, err := it.ValueAndErr()
				if err == nil {
					more, err = f(binary.BigEndian.Uint64(it.Key()[1:]), value)
				}
				if err != nil {
					return err
				}
			}
			return it.Error()
		})
	})
}

// AllBackward answers up to limit events with position < before, newest first, as AllForward does.
func (s *Store) AllBackward(before uint64, limit int) ([]Record, error) {
	var p page
	before = min(before, s.Head()+1)
	next := before - 1
	err := s.read(func() error {
		return iterate(s.db, logKey(0), logKey(before), func(it *pebble.Iterator) error {
			for ok := it.Last(); ok && !p.full(limit); ok = it.Prev() {
				next = binary.BigEndian.Uint64(it.Key()[1:])
				if err := p.addLog(next, it); err != nil {
					return err
				}
				next--
			}
			return it.Error()
		})
	})
	return p.sound(readError(next, err))
}

// sound answers what was read before damage; the next page begins with it.
func (p *page) sound(err error) ([]Record, error) {
	var damaged *Corrupt
	if errors.As(err, &damaged) && len(p.records) > 0 {
		return p.records, nil
	}
	return p.records, err
}

func (p *page) addLog(position uint64, it *pebble.Iterator) error {
	value, err := it.ValueAndErr()
	if err != nil {
		return err
	}
	_, err = p.add(position, value)
	return err
}

// recordAt reads the event at revision of stream id, nil where there is none.
func recordAt(db pebble.Reader, id uint64, revision int64) (*Record, error) {
	var position uint64
	found, err := get(db, indexKey(id, revision), func(value []byte) error {
		position = binary.BigEndian.Uint64(value)
		return nil
	})
	if !found || err != nil {
		return nil, err
	}
	var p page
	return p.fetch(db, id, revision, position)
}

// fetch reads the event that the index of stream id names for revision; nil where a scavenge has removed both since the
// index was read.
func (p *page) fetch(db pebble.Reader, id uint64, revision int64, position uint64) (r *Record, err error) {
	found, err := get(db, logKey(position), func(value []byte) error {
		r, err = p.add(position, value)
		return err
	})
	switch {
	case err != nil:
		return nil, damage(position, err)
	case !found:
		if still, err := get(db, indexKey(id, revision), func([]byte) error { return nil }); !still || err != nil {
			return nil, err
		}
		return nil, corrupt(position, errors.New("the index names it and the log does not hold it"))
	case r.streamID != id || r.Revision != revision:
		p.dropLast()
		return nil, corrupt(position, errors.New("the index names it for another stream or revision"))
	}
	return r, nil
}

// lastRecord reads the last event of stream id with a position up to until, nil without any.
func lastRecord(db pebble.Reader, id uint64, until uint64) (r *Record, err error) {
	err = overIndex(db, id, func(it *pebble.Iterator) error {
		for ok := it.Last(); ok; ok = it.Prev() {
			if position := binary.BigEndian.Uint64(it.Value()); position <= until {
				var p page
				r, err = p.fetch(db, id, int64(binary.BigEndian.Uint64(it.Key()[9:])), position)
				return err
			}
		}
		return nil
	})
	return r, err
}

// damage names the position of what Pebble finds damaged (its blocks have checksums too), 0 where it is not known.
func damage(position uint64, err error) error {
	var named *Corrupt
	if pebble.IsCorruptionError(err) && !errors.As(err, &named) {
		return corrupt(position, err)
	}
	return err
}

// readError says what could not be read, unless err says that the store cannot be read at all.
func readError(position uint64, err error) error {
	var named *Corrupt
	err = damage(position, err)
	if err == nil || errors.As(err, &named) || errors.Is(err, ErrClosed) || errors.Is(err, ErrFailed) {
		return err
	}
	return fmt.Errorf("read the event store at position %d: %w", position, err)
}
