package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/maphash"

	"github.com/cockroachdb/pebble/v2"
)

// Problem is one thing that is not as it was written. Position is the event's, 0 where none can be named.
type Problem struct {
	Position uint64
	What     string
}

func (p Problem) String() string {
	if p.Position == 0 {
		return p.What
	}
	return fmt.Sprintf("position %d: %s", p.Position, p.What)
}

// Summary is what a store holds.
type Summary struct {
	Head    uint64 `json:"head"`    // position of the last event
	Events  uint64 `json:"events"`  // that are there
	Removed uint64 `json:"removed"` // by scavenges
	Streams uint64 `json:"streams"`
}

// Verify reads everything in o.Dir, which no process may have open, and changes nothing: every record's checksum, that
// no position and no revision is missing or given twice, that no append is halved, and that log, index and names agree.
// What is wrong goes to found and reading goes on; visit gets every good record in order of position. An error says that
// reading itself was not possible.
func Verify(ctx context.Context, o Options, visit func(*Record) error, found func(Problem)) (Summary, error) {
	db, lock, err := openToRead(&o)
	if err != nil {
		return Summary{}, asDamage(err)
	}
	v := &verifier{ctx: ctx, db: db, found: found, visit: visit, seed: maphash.MakeSeed()}
	err = v.run()
	if acknowledged, _ := testify(&o); err == nil && acknowledged > v.summary.Head {
		v.report(v.summary.Head+1, fmt.Sprintf("events up to position %d were acknowledged, and the log ends before this one", acknowledged))
	}
	if err := errors.Join(err, db.Close(), lock.Close()); err != nil {
		return v.summary, fmt.Errorf("verify the event store in %s: %w", o.Dir, err)
	}
	return v.summary, nil
}

// verifier compares log and index without looking each up in the other: both are read in their own order, and what
// each says of an event (stream, revision, position) is hashed and summed. Equal sums of as many events say the same.
type verifier struct {
	ctx     context.Context //nolint:containedctx // of one call of Verify
	db      *pebble.DB
	found   func(Problem)
	visit   func(*Record) error
	seed    maphash.Seed
	summary Summary

	names      []uint32 // by stream id: CRC-32C of its name
	kept       map[uint64]kept
	indexed    uint64
	logSum     uint64
	indexSum   uint64
	unreadable bool // a part could not be read: sums and counts say nothing
}

type entry struct {
	stream   uint64
	revision int64
	position uint64
}

func (v *verifier) run() error {
	if err := v.db.CheckLevels(nil); err != nil {
		v.report(0, fmt.Sprintf("the tables are not in order: %v", err))
	}
	for _, pass := range []func() error{v.readNames, v.readKept, v.readLog, v.readIndex, v.compare} {
		if err := pass(); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) report(position uint64, what string) {
	v.found(Problem{Position: position, What: what})
}

// scan calls f with each key and value of a space. Where a part of a table cannot be read it reports that and goes on behind it.
func (v *verifier) scan(space byte, f func(key, value []byte) error) error {
	next := []byte{space}
	for n := 0; ; n++ {
		last, err := v.scanFrom(next, afterSpace(space), f)
		if err == nil || v.ctx.Err() != nil || !pebble.IsCorruptionError(err) {
			return err
		}
		v.unreadable = true
		v.report(positionBehind(space, last), "the table cannot be read from here on: "+firstLine(err))
		if next = v.behind(last, afterSpace(space)); next == nil {
			return nil
		}
	}
}

func (v *verifier) scanFrom(from, to []byte, f func(key, value []byte) error) (last []byte, err error) {
	last = from
	err = iterate(v.db, from, to, func(it *pebble.Iterator) error {
		for ok := it.First(); ok; ok = it.Next() {
			value, err := it.ValueAndErr()
			if err != nil {
				return err
			}
			last = append(last[:0:0], it.Key()...)
			if err := f(it.Key(), value); err != nil {
				return err
			}
			if err := v.ctx.Err(); err != nil {
				return err
			}
		}
		return it.Error()
	})
	return last, err
}

// behind answers the first key after a damaged part that can be read again, nil without any. Damage is a block or a
// table: steps that double find its end.
func (v *verifier) behind(last, end []byte) []byte {
	for step := uint64(1); step != 0 && len(last) >= logKeyLen; step *= 2 {
		key := append([]byte(nil), last...)
		number := binary.BigEndian.Uint64(key[1:9]) + step
		if number < step {
			return nil
		}
		binary.BigEndian.PutUint64(key[1:9], number)
		readable := false
		err := iterate(v.db, key, end, func(it *pebble.Iterator) error {
			readable = it.First()
			return it.Error()
		})
		if err == nil {
			if readable {
				return key
			}
			return nil
		}
	}
	return nil
}

func positionBehind(space byte, last []byte) uint64 {
	if space != logSpace {
		return 0
	}
	if len(last) < logKeyLen {
		return 1
	}
	return binary.BigEndian.Uint64(last[1:]) + 1
}

func (v *verifier) readNames() error {
	err := v.scan(nameSpace, func(key, value []byte) error {
		id := uint64(0)
		if len(value) == 8 {
			id = binary.BigEndian.Uint64(value)
		}
		if id == 0 || id > 1<<32 {
			v.report(0, "a stream name has no valid id")
			return nil
		}
		for uint64(len(v.names)) <= id {
			v.names = append(v.names, make([]uint32, max(1024, len(v.names)/4))...)
		}
		if v.names[id] != 0 {
			v.report(0, fmt.Sprintf("the stream id %d has two names", id))
		}
		v.names[id] = nameSum(key[1:])
		v.summary.Streams++
		return nil
	})
	return err
}

// nameSum is never 0, which stands for no name.
func nameSum(name []byte) uint32 { return max(1, crc32.Checksum(name, castagnoli)) }

func (v *verifier) nameOf(id uint64) uint32 {
	if id < uint64(len(v.names)) {
		return v.names[id]
	}
	return 0
}

func (v *verifier) readKept() error {
	v.kept = map[uint64]kept{}
	return v.scan(keptSpace, func(key, value []byte) error {
		k, err := readKept(value)
		if err != nil || len(key) != logKeyLen {
			v.report(0, "what a scavenge left of a stream is damaged")
			return nil
		}
		v.kept[binary.BigEndian.Uint64(key[1:])] = k
		v.summary.Removed += k.removed
		return nil
	})
}

func (v *verifier) readLog() error {
	var open Record // the last record, where its append goes on behind it
	err := v.scan(logSpace, func(key, value []byte) error {
		if len(key) != logKeyLen {
			v.report(0, "the log has a key of a wrong length")
			return nil
		}
		position := binary.BigEndian.Uint64(key[1:])
		v.summary.Head, v.summary.Events = position, v.summary.Events+1
		var r Record
		if err := readRecord(position, value, &r); err != nil {
			var damaged *Corrupt
			errors.As(err, &damaged)
			v.report(position, damaged.Reason.Error())
			v.unreadable, open = true, Record{}
			return nil
		}
		if v.nameOf(r.streamID) != nameSum(r.Stream) {
			v.report(position, "the name of its stream is another")
		}
		v.checkWhole(&open, &r)
		open = r
		v.logSum += maphash.Comparable(v.seed, entry{r.streamID, r.Revision, position})
		return v.visit(&r)
	})
	if err == nil && open.Index+1 < open.Count {
		v.report(open.Position, "the append that it began is cut off")
	}
	return err
}

// checkWhole sees that the events of one append stand together. A scavenge takes the first events of a stream away, so
// that of an append the last ones stay.
func (v *verifier) checkWhole(before, r *Record) {
	goesOn := before.Index+1 < before.Count
	follows := r.Position == before.Position+1 && r.streamID == before.streamID && r.Index == before.Index+1 && r.Count == before.Count
	if goesOn && !follows {
		v.report(before.Position, "the append that it began is cut off")
	}
}

func (v *verifier) readIndex() error {
	var stream entry // the last one
	err := v.scan(indexSpace, func(key, value []byte) error {
		if len(key) != indexKeyLen || len(value) != 8 {
			v.report(0, "the index has an entry of a wrong length")
			return nil
		}
		e := entry{binary.BigEndian.Uint64(key[1:]), int64(binary.BigEndian.Uint64(key[9:])), binary.BigEndian.Uint64(value)}
		v.indexed++
		v.indexSum += maphash.Comparable(v.seed, e)
		switch first := v.kept[e.stream].first; {
		case v.nameOf(e.stream) == 0:
			v.report(e.position, "its stream has no name")
		case e.stream != stream.stream:
			if e.revision != first && e.revision != Tombstone {
				v.report(e.position, fmt.Sprintf("its stream begins at revision %d instead of %d", e.revision, first))
			}
		case e.revision != stream.revision+1 && e.revision != Tombstone:
			v.report(e.position, fmt.Sprintf("revision %d follows %d in its stream", e.revision, stream.revision))
		case e.position <= stream.position:
			v.report(e.position, "it comes before the revision below it")
		}
		stream = e
		return nil
	})
	return err
}

// compare holds log and index against each other, and the positions given out against the events there are.
func (v *verifier) compare() error {
	if v.unreadable {
		return nil
	}
	if v.summary.Head != v.summary.Events+v.summary.Removed {
		v.report(0, fmt.Sprintf("%d positions were given out, %d events are there and %d were removed: %d are missing",
			v.summary.Head, v.summary.Events, v.summary.Removed, int64(v.summary.Head-v.summary.Events-v.summary.Removed)))
	}
	if v.summary.Events == v.indexed && v.logSum == v.indexSum {
		return nil
	}
	return v.locate()
}

// locate looks every event of the log up in the index, and the other way round.
func (v *verifier) locate() error {
	err := v.scan(logSpace, func(key, value []byte) error {
		var r Record
		position := binary.BigEndian.Uint64(key[1:])
		if readRecord(position, value, &r) != nil {
			return nil
		}
		indexed := uint64(0)
		_, err := get(v.db, indexKey(r.streamID, r.Revision), func(value []byte) error {
			indexed = binary.BigEndian.Uint64(value)
			return nil
		})
		if err == nil && indexed != position {
			v.report(position, "the index does not name it")
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.scan(indexSpace, func(_, value []byte) error {
		position := binary.BigEndian.Uint64(value)
		there, err := get(v.db, logKey(position), func([]byte) error { return nil })
		if err == nil && !there {
			v.report(position, "the index names it and the log does not hold it")
		}
		return err
	})
}
