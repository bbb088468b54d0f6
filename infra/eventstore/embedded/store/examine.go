package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/batchrepr"
	"github.com/cockroachdb/pebble/v2/wal"
)

// examine looks at the store in o.Dir, without changing anything, before Pebble opens it to write. Opening to write
// would clear away what Pebble does not know of any more, be it damaged or not: an event must not be missing then. It
// would also turn a store of something else into one of ours.
func examine(o *Options, lock *pebble.Lock) error {
	if found, err := pebble.Peek(o.Dir, o.FS); err != nil || !found.Exists {
		return err
	}
	db, err := openLocked(o, lock)
	if err != nil {
		return asDamage(err)
	}
	e := examination{options: o, db: db}
	if acknowledged, there := testify(o); there {
		err = e.run(acknowledged)
	} else {
		err = e.isOurs() // a copy, one that is being made, or to be taken as it is
	}
	return errors.Join(asDamage(err), db.Close())
}

// asDamage says of an error that Pebble has found in its files what to do about it. Errors of the system are left as
// they are.
func asDamage(err error) error {
	var errno syscall.Errno
	if err == nil || errors.As(err, &errno) || errors.Is(err, ErrIncomplete) || errors.Is(err, ErrForeign) || errors.Is(err, ErrNewer) ||
		errors.Is(err, ErrNoStore) || errors.Is(err, ErrInUse) {
		return err
	}
	return fmt.Errorf("%w (%s)", ErrDamaged, firstLine(err))
}

type examination struct {
	options *Options
	db      *pebble.DB
}

// isOurs refuses what has another format, or none and yet something in it.
func (e *examination) isOurs() error {
	err := readFormat(e.db)
	if !errors.Is(err, pebble.ErrNotFound) {
		return err
	}
	if empty, err := isEmpty(e.db); err != nil || !empty {
		return errors.Join(err, ErrForeign)
	}
	names, err := e.options.FS.List(e.options.Dir)
	for _, name := range names {
		if path.Ext(name) == ".sst" {
			return errors.New("there are tables, and none is in their list")
		}
	}
	return err
}

func (e *examination) run(acknowledged uint64) error {
	if err := readFormat(e.db); err != nil && !errors.Is(err, pebble.ErrNotFound) {
		return err // without a format it is new, or nothing of it is left
	}
	last, err := lastNumber(e.db, []byte{logSpace}, afterSpace(logSpace))
	if err != nil {
		return fmt.Errorf("read the end of the log: %w", err)
	}
	if last < acknowledged {
		return fmt.Errorf("%w (they end at position %d, %d was acknowledged)", ErrIncomplete, last, acknowledged)
	}
	return e.bordersOfLogs()
}

// bordersOfLogs sees that the event before the first one of each log file is there: it was in a table or in the log
// file before. Where a scavenge may have removed it, all events are counted.
func (e *examination) bordersOfLogs() error {
	logs, err := wal.Scan(wal.Dir{FS: e.options.FS, Dirname: e.options.Dir})
	if err != nil {
		return err
	}
	for _, log := range logs {
		first, err := firstPosition(log)
		if err != nil || first <= 1 {
			continue // Pebble has judged the file
		}
		there, err := get(e.db, logKey(first-1), func([]byte) error { return nil })
		if err != nil {
			return readError(first-1, err)
		}
		if !there {
			return e.count(first - 1)
		}
	}
	return nil
}

// firstPosition answers the first position that the log file gives to an event, 0 without any.
func firstPosition(log wal.LogicalLog) (uint64, error) {
	r := log.OpenForRead()
	defer func() { _ = r.Close() }() // it was only read
	var batch bytes.Buffer
	for {
		record, _, err := r.NextRecord()
		if errors.Is(err, io.EOF) {
			return 0, nil
		}
		batch.Reset()
		if err == nil {
			_, err = io.Copy(&batch, record)
		}
		if err != nil {
			return 0, err
		}
		entries := batchrepr.Read(batch.Bytes())
		for {
			kind, key, _, ok, err := entries.Next()
			if err != nil {
				return 0, err
			}
			if !ok {
				break
			}
			if kind == pebble.InternalKeyKindSet && len(key) == logKeyLen && key[0] == logSpace {
				return binary.BigEndian.Uint64(key[1:]), nil
			}
		}
	}
}

// count compares the positions given out with the events there are and those that scavenges have removed.
func (e *examination) count(missing uint64) error {
	events, removed, last := uint64(0), uint64(0), uint64(0)
	err := iterate(e.db, []byte{logSpace}, afterSpace(logSpace), func(it *pebble.Iterator) error {
		for ok := it.First(); ok; ok = it.Next() {
			events++
			last = binary.BigEndian.Uint64(it.Key()[1:])
		}
		return it.Error()
	})
	if err == nil {
		err = iterate(e.db, []byte{keptSpace}, afterSpace(keptSpace), func(it *pebble.Iterator) error {
			for ok := it.First(); ok; ok = it.Next() {
				k, err := readKept(it.Value())
				if err != nil {
					return err
				}
				removed += k.removed
			}
			return it.Error()
		})
	}
	switch {
	case err != nil:
		return readError(0, err)
	case events+removed < last:
		return fmt.Errorf("%w (%d of them, up to position %d)", ErrIncomplete, last-events-removed, missing)
	}
	return nil
}
