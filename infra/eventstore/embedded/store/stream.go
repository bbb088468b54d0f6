package store

import (
	"encoding/binary"
	"errors"
	"sync"
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
			for ok := it.First(); ok && !p.full(limit); {
				var some []place
				if some, ok = entries(it, it.Next, p.room(limit)); len(some) == 0 {
					break
				}
				if next, err = s.addIndexed(&p, &v, some); err != nil {
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
			for ok := it.Last(); ok && !p.full(limit); {
				var some []place
				if some, ok = entries(it, it.Prev, p.room(limit)); len(some) == 0 {
					break
				}
				if next, err = s.addIndexed(&p, &v, some); err != nil {
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

// entries reads up to room index entries from where it stands; more says that it stands on a further one.
func entries(it *pebble.Iterator, step func() bool, room int) (some []place, more bool) {
	for more = it.Valid(); more && len(some) < room; more = step() {
		position, err := it.ValueAndErr()
		if err != nil {
			return some, false // it is it.Error too
		}
		some = append(some, place{revision: int64(binary.BigEndian.Uint64(it.Key()[9:])), position: binary.BigEndian.Uint64(position)})
	}
	return some, more
}

// fetchAtOnce is how many events of a stream are read beside each other: they lie all over the log.
const fetchAtOnce = 4

// addIndexed adds the events of index entries in their order, but those that are too old to be seen, and answers the
// revision of the last entry, or of the one that could not be read.
func (s *Store) addIndexed(p *page, v *Stream, some []place) (last int64, err error) {
	type fetched struct {
		record *Record
		bytes  int
		err    error
	}
	all, workers := make([]fetched, len(some)), min(fetchAtOnce, len(some))
	fetch := func(worker int) {
		var own page
		own.records = make([]Record, 0, len(some)/workers+1) // it must not move: records are pointed to
		for i := worker; i < len(some); i += workers {
			before := own.bytes
			all[i].record, all[i].err = own.fetch(s.db, v.id, some[i].revision, some[i].position)
			all[i].bytes = own.bytes - before
		}
	}
	var group sync.WaitGroup
	for worker := 1; worker < workers; worker++ {
		group.Go(func() { fetch(worker) })
	}
	fetch(0)
	group.Wait()
	for i, f := range all {
		last = some[i].revision
		if f.err != nil {
			return last, f.err
		}
		if f.record != nil && f.record.Created >= v.oldest {
			p.records = append(p.records, *f.record)
			p.bytes += f.bytes
		}
	}
	return last, nil
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
