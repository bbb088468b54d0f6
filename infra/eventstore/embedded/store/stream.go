package store

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Stream is a stream as it was at one position: where it ends and what its metadata hides.
type Stream struct {
	Name string
	// Exists is false where nothing was ever written, and where it is soft-deleted.
	Exists bool
	// First is the lowest revision that may be read, Last the highest; Last is -1 without events.
	First, Last int64

	id     uint64
	until  uint64
	oldest int64 // events created before are hidden, 100 ns since 1970
}

// Stream looks at a stream as of position until (not past Head). A tombstoned one is refused with *StreamDeleted.
func (s *Store) Stream(name string, until uint64) (Stream, error) {
	v := Stream{Name: name, Last: -1, until: until}
	err := s.read(func() error {
		if isMetastream(name) {
			last, err := s.endOf(originalOf(name), until)
			if err != nil {
				return err
			}
			if last.Last == Tombstone {
				return &StreamDeleted{Stream: name}
			}
		}
		end, err := s.endOf(name, until)
		if err != nil {
			return err
		}
		if end.Last == Tombstone {
			return &StreamDeleted{Stream: name}
		}
		v.id, v.Last = end.id, end.Last
		return s.hide(&v)
	})
	if err != nil {
		return Stream{}, streamError(err)
	}
	return v, nil
}

func streamError(err error) error {
	var deleted *StreamDeleted
	if errors.As(err, &deleted) {
		return err
	}
	return readError(0, err)
}

func (s *Store) endOf(name string, until uint64) (Stream, error) {
	v := Stream{Name: name, Last: -1, until: until}
	var err error
	if v.id, err = streamID(s.db, name); v.id == 0 || err != nil {
		return v, err
	}
	err = overIndex(s.db, v.id, func(it *pebble.Iterator) error {
		for ok := it.Last(); ok; ok = it.Prev() {
			if binary.BigEndian.Uint64(it.Value()) <= until {
				v.Last = int64(binary.BigEndian.Uint64(it.Key()[9:]))
				return nil
			}
		}
		return nil
	})
	return v, err
}

// hide reads the stream's metadata and sets what of it may be read.
func (s *Store) hide(v *Stream) error {
	v.Exists = v.Last >= 0
	m, err := s.metadataOf(v.Name, v.until)
	if err != nil {
		return err
	}
	if m.softDeleted() {
		v.Exists = false
	}
	v.First = m.before
	if m.maxCount > 0 {
		v.First = max(v.First, v.Last-m.maxCount+1)
	}
	if m.maxAge > 0 {
		v.oldest = s.options.Now().Add(-m.maxAge).UnixNano() / 100
	}
	return nil
}

func (s *Store) metadataOf(stream string, until uint64) (metadata, error) {
	if isMetastream(stream) {
		return metadata{maxCount: 1}, nil
	}
	if !s.metas.has(stream) {
		return metadata{}, nil
	}
	id, err := streamID(s.db, metastreamOf(stream))
	if id == 0 || err != nil {
		return metadata{}, err
	}
	r, err := lastRecord(s.db, id, until)
	if r == nil || err != nil {
		return metadata{}, err
	}
	return parseMetadata(r.JSON, r.Data), nil
}

// Forward answers up to limit events of v with revision >= from, and the revision to go on from; next is past Last
// when there are no more. Where events are damaged, those before them are answered first, and then *Corrupt.
func (s *Store) Forward(v Stream, from int64, limit int) (records []Record, next int64, err error) {
	next = max(from, v.First)
	if v.id == 0 || next > v.Last {
		return nil, v.Last + 1, nil
	}
	var p page
	err = s.read(func() error {
		return iterate(s.db, indexKey(v.id, next), indexKey(v.id, v.Last+1), func(it *pebble.Iterator) error {
			for ok := it.First(); ok && !p.full(limit); ok = it.Next() {
				next = int64(binary.BigEndian.Uint64(it.Key()[9:]))
				if err := s.addIndexed(&p, &v, it); err != nil {
					return err
				}
				next++
			}
			if it.Error() == nil && !p.full(limit) {
				next = v.Last + 1
			}
			return it.Error()
		})
	})
	records, err = p.sound(readError(0, err))
	return records, next, err
}

// Backward answers up to limit events of v with revision <= from, newest first, and the revision to go on from; next is
// below First when there are no more.
func (s *Store) Backward(v Stream, from int64, limit int) (records []Record, next int64, err error) {
	next = min(from, v.Last)
	if v.id == 0 || next < v.First {
		return nil, v.First - 1, nil
	}
	var p page
	err = s.read(func() error {
		return iterate(s.db, indexKey(v.id, v.First), indexKey(v.id, next+1), func(it *pebble.Iterator) error {
			for ok := it.Last(); ok && !p.full(limit); ok = it.Prev() {
				next = int64(binary.BigEndian.Uint64(it.Key()[9:]))
				if err := s.addIndexed(&p, &v, it); err != nil {
					return err
				}
				next--
			}
			if it.Error() == nil && !p.full(limit) {
				next = v.First - 1
			}
			return it.Error()
		})
	})
	records, err = p.sound(readError(0, err))
	return records, next, err
}

// addIndexed adds the event of an index entry, unless it is too old to be seen.
func (s *Store) addIndexed(p *page, v *Stream, it *pebble.Iterator) error {
	revision := int64(binary.BigEndian.Uint64(it.Key()[9:]))
	position, err := it.ValueAndErr()
	if err != nil {
		return err
	}
	r, err := p.fetch(s.db, v.id, revision, binary.BigEndian.Uint64(position))
	if r == nil || err != nil {
		return err
	}
	if r.Created < v.oldest {
		p.dropLast()
	}
	return nil
}

// Event answers the event at revision of a stream for a link to it; ok is false where it is not to be seen.
func (s *Store) Event(stream string, revision int64, until uint64) (r Record, ok bool, err error) {
	v, err := s.Stream(stream, until)
	if err != nil || !v.Exists || revision < v.First || revision > v.Last {
		return Record{}, false, nilIfDeleted(err)
	}
	records, _, err := s.Forward(v, revision, 1)
	if err != nil || len(records) == 0 || records[0].Revision != revision {
		return Record{}, false, err
	}
	return records[0], true, nil
}

func nilIfDeleted(err error) error {
	var deleted *StreamDeleted
	if errors.As(err, &deleted) {
		return nil
	}
	return err
}

// CreatedAt is when the event was written.
func (r *Record) CreatedAt() time.Time { return time.Unix(0, r.Created*100) }
