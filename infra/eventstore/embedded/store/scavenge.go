package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// scavengeBatch is how many events one batch of a scavenge removes.
const scavengeBatch = 1000

// Scavenged is what a scavenge removed.
type Scavenged struct {
	Streams uint64 `json:"streams"` // looked at
	Events  uint64 `json:"events"`  // removed
	Bytes   uint64 `json:"bytes"`   // of the removed records, before compression
}

// Scavenge removes for ever what streams' metadata hides ($maxCount, $maxAge, $tb), what a tombstone ended and what
// newer metadata replaced, and gives its space back. Of every stream the last event stays, as in EventStoreDB, so that
// numbering goes on and no position is given out twice; positions never change. Appends and reads go on meanwhile. Cut
// off at any point it leaves a whole store, and the next one goes on.
func (s *Store) Scavenge(ctx context.Context) (Scavenged, error) {
	if !s.scavenging.TryLock() {
		return Scavenged{}, ErrScavenging
	}
	defer s.scavenging.Unlock()
	var done Scavenged
	err := s.eachHidden(ctx, func(name string) error {
		done.Streams++
		return s.scavengeStream(name, &done)
	})
	if err == nil && done.Events > 0 {
		err = s.read(func() error { return s.db.Compact(ctx, []byte{logSpace}, afterSpace(keptSpace), false) })
	}
	if err != nil {
		return done, fmt.Errorf("scavenge: %w", err)
	}
	s.options.Logger.Info("event store: scavenged", "streams", done.Streams, "events", done.Events, "bytes", done.Bytes)
	return done, nil
}

// eachHidden calls f with every stream of which something may be hidden: the metadata streams, those that have one, and
// those that were ended. In most stores these are few. Pebble is let go of between pages, so that the store can close.
func (s *Store) eachHidden(ctx context.Context, f func(name string) error) error {
	afterMeta := nameKey(metaPrefix)
	afterMeta[len(afterMeta)-1]++
	err := s.eachName(ctx, nameKey(metaPrefix), afterMeta, func(name string) error {
		return errors.Join(f(name), f(originalOf(name)))
	})
	if err != nil {
		return err
	}
	return s.eachName(ctx, []byte{endedSpace}, afterSpace(endedSpace), f)
}

func (s *Store) eachName(ctx context.Context, next, end []byte, f func(name string) error) error {
	for {
		var page [][]byte
		err := s.read(func() error {
			return iterate(s.db, next, end, func(it *pebble.Iterator) error {
				for ok := it.First(); ok && len(page) < scavengeBatch; ok = it.Next() {
					page = append(page, bytes.Clone(it.Key()))
				}
				return nil
			})
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, key := range page {
			if err := errors.Join(ctx.Err(), f(string(key[1:]))); err != nil {
				return err
			}
		}
		next = append(page[len(page)-1], 0)
	}
}

func (s *Store) scavengeStream(name string, done *Scavenged) error {
	keep, oldest, err := s.keptFrom(name)
	if err != nil || keep == 0 && oldest == 0 {
		return err
	}
	var id uint64
	if err := s.read(func() error { id, err = streamID(s.db, name); return err }); err != nil || id == 0 {
		return err // metadata may have been written before the stream
	}
	for {
		removed := 0
		err := s.read(func() (err error) {
			removed, err = s.removeBefore(id, keep, oldest, done)
			return err
		})
		if err != nil || removed < scavengeBatch {
			return err
		}
	}
}

// keptFrom answers the first revision to keep, and the creation time before which events may go. All is kept where
// both are 0.
func (s *Store) keptFrom(name string) (keep, oldest int64, err error) {
	v, err := s.Stream(name, s.Head())
	var deleted *StreamDeleted
	switch {
	case errors.As(err, &deleted):
		return Tombstone, 0, nil
	case err != nil:
		return 0, 0, err
	}
	return v.First, v.oldest, nil
}

// removeBefore removes up to a batch of the oldest events of a stream: those with a revision below keep, and those
// created before oldest as far as they are the first ones. Its last event stays.
func (s *Store) removeBefore(id uint64, keep, oldest int64, done *Scavenged) (removed int, err error) {
	batch := s.db.NewBatch()
	defer batch.Close()
	first, bytes := int64(0), 0
	err = overIndex(s.db, id, func(it *pebble.Iterator) error {
		ok := it.First()
		for ok && removed < scavengeBatch {
			revision, position := int64(binary.BigEndian.Uint64(it.Key()[9:])), binary.BigEndian.Uint64(it.Value())
			first = revision
			var p page
			r, err := p.fetch(s.db, id, revision, position)
			if err != nil || r == nil || revision >= keep && r.Created >= oldest {
				return err
			}
			index := indexKey(id, revision)
			if ok = it.Next(); !ok {
				return nil // the last one
			}
			first = int64(binary.BigEndian.Uint64(it.Key()[9:]))
			if err := errors.Join(batch.Delete(index, nil), batch.Delete(logKey(position), nil)); err != nil {
				return err
			}
			removed++
			bytes += p.bytes
		}
		return nil
	})
	if err != nil || removed == 0 {
		return 0, err
	}
	before, err := keptOf(s.db, id)
	if err != nil {
		return 0, err
	}
	kept := kept{first: first, removed: before.removed + uint64(removed)}
	if err := errors.Join(batch.Set(keptKey(id), kept.value(), nil), batch.Commit(pebble.Sync)); err != nil {
		return 0, err
	}
	done.Events += uint64(removed)
	done.Bytes += uint64(bytes)
	return removed, nil
}

// kept is what a scavenge left of a stream, so that what it removed is told from what was lost.
type kept struct {
	first   int64
	removed uint64
}

func (k kept) value() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(k.first)), k.removed)
}

func keptOf(db pebble.Reader, id uint64) (k kept, err error) {
	_, err = get(db, keptKey(id), func(value []byte) error {
		k, err = readKept(value)
		return err
	})
	return k, err
}

func readKept(value []byte) (kept, error) {
	if len(value) != 16 {
		return kept{}, fmt.Errorf("what a scavenge left of a stream is damaged: %w", errShape)
	}
	return kept{int64(binary.BigEndian.Uint64(value)), binary.BigEndian.Uint64(value[8:])}, nil
}
