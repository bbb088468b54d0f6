package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	product       = "careledger-eventstore"
	formatVersion = 1
)

// format is what the format key holds: whose data this is, and how it is laid out.
type format struct {
	Product string `json:"product"`
	Version int    `json:"version"`
}

// openDirectory makes or checks the data directory, takes its lock and opens Pebble in it.
func (s *Store) openDirectory() (err error) {
	o := &s.options
	if o.ExistingOnly {
		if err := checkExists(o); err != nil {
			return err
		}
	}
	if err := makeDirectory(o.FS, o.Dir); err != nil {
		return fmt.Errorf("make the data directory %s: %w", o.Dir, err)
	}
	if err := checkContents(o.FS, o.Dir); err != nil {
		return fmt.Errorf("%s: %w", o.Dir, err)
	}
	s.lock, err = pebble.LockDirectory(o.Dir, o.FS)
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("the data directory %s cannot be written: %w", o.Dir, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w (%w)", o.Dir, ErrInUse, err)
	}
	if err := examine(o, s.lock); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", o.Dir, err), s.lock.Close())
	}
	s.ballast = newBallast(o)
	g := &guard{FS: o.FS, dir: o.Dir, fail: s.fail, failed: s.failed, ballast: s.ballast}
	po := pebbleOptions(o, g)
	po.Lock = s.lock
	if s.db, err = pebble.Open(o.Dir, po); err != nil {
		return errors.Join(fmt.Errorf("open the event store in %s: %w", o.Dir, err), s.lock.Close())
	}
	if err := checkFormat(s.db); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", o.Dir, err), s.closeDirectory())
	}
	g.opened.Store(true)
	return nil
}

func (s *Store) closeDirectory() error {
	return errors.Join(s.db.Close(), s.lock.Close())
}

// openToRead opens an existing directory so that nothing in it is changed.
func openToRead(o *Options) (*pebble.DB, *pebble.Lock, error) {
	if err := o.complete(); err != nil {
		return nil, nil, err
	}
	if err := checkExists(o); err != nil {
		return nil, nil, err
	}
	lock, err := pebble.LockDirectory(o.Dir, o.FS)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w (%w)", o.Dir, ErrInUse, err)
	}
	db, err := openLocked(o, lock)
	if err == nil {
		if err = readFormat(db); err != nil {
			err = errors.Join(fmt.Errorf("%s: %w", o.Dir, err), db.Close())
		}
	}
	if err != nil {
		return nil, nil, errors.Join(err, lock.Close())
	}
	return db, lock, nil
}

// openLocked opens Pebble so that nothing is changed.
func openLocked(o *Options, lock *pebble.Lock) (*pebble.DB, error) {
	failed := func(err error) { o.Logger.Error("event store: reading failed", "error", err) }
	po := pebbleOptions(o, &guard{FS: o.FS, fail: failed})
	po.Lock, po.ReadOnly = lock, true
	db, err := pebble.Open(o.Dir, po)
	if err != nil {
		return nil, fmt.Errorf("open the event store in %s: %w", o.Dir, err)
	}
	return db, nil
}

func checkExists(o *Options) error {
	found, err := pebble.Peek(o.Dir, o.FS)
	switch {
	case errors.Is(err, os.ErrNotExist), err == nil && !found.Exists:
		return fmt.Errorf("%s: %w", o.Dir, ErrNoStore)
	case err != nil:
		return fmt.Errorf("%s: %w (%w)", o.Dir, ErrNewer, err)
	}
	return nil
}

// makeDirectory makes dir and what is missing above it, such that a power cut does not take them away again. Pebble
// does so only for the directory that holds dir.
func makeDirectory(fs vfs.FS, dir string) error {
	var parents []string // of what is missing
	for at := dir; ; at = fs.PathDir(at) {
		if _, err := fs.Stat(at); err == nil || !errors.Is(err, os.ErrNotExist) || fs.PathDir(at) == at {
			break
		}
		parents = append(parents, fs.PathDir(at))
	}
	if err := fs.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, parent := range parents {
		if err := syncDirectory(fs, parent); err != nil {
			return err
		}
	}
	return nil
}

func syncDirectory(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// checkContents refuses, before anything is written, a directory that holds something else than a Pebble store (or
// the beginning of one whose making was cut off).
func checkContents(fs vfs.FS, dir string) error {
	names, err := fs.List(dir)
	if err != nil {
		return fmt.Errorf("read the directory: %w", err)
	}
	if len(names) == 0 {
		return nil
	}
	found, err := pebble.Peek(dir, fs)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNewer, err)
	}
	for _, name := range names {
		if !found.Exists && !ofPebble(name) {
			return ErrForeign
		}
	}
	return nil
}

func ofPebble(name string) bool {
	for _, pattern := range []string{"LOCK", "lost+found", "marker.*", "MANIFEST-*", "OPTIONS-*", "*.log"} {
		if ok, _ := path.Match(pattern, name); ok { // the patterns are well-formed
			return true
		}
	}
	return false
}

// checkFormat reads the format key; a store without any key is new and gets one.
func checkFormat(db *pebble.DB) error {
	err := readFormat(db)
	if errors.Is(err, pebble.ErrNotFound) {
		return writeFormat(db)
	}
	return err
}

func readFormat(db *pebble.DB) error {
	var f format
	var unread error
	found, err := get(db, formatKey(), func(value []byte) error {
		unread = json.Unmarshal(value, &f)
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("read the format: %w", err)
	case !found:
		return fmt.Errorf("read the format: %w", pebble.ErrNotFound)
	case unread != nil || f.Product != product:
		return ErrForeign
	case f.Version > formatVersion:
		return fmt.Errorf("%w (format %d; this one reads up to %d)", ErrNewer, f.Version, formatVersion)
	}
	return nil
}

func writeFormat(db *pebble.DB) error {
	empty, err := isEmpty(db)
	switch {
	case err != nil:
		return err
	case !empty:
		return ErrForeign
	}
	value, err := json.Marshal(format{Product: product, Version: formatVersion})
	if err != nil {
		return err
	}
	return db.Set(formatKey(), value, pebble.Sync)
}

// isEmpty reports whether there is no key at all.
func isEmpty(db *pebble.DB) (empty bool, err error) {
	it, err := db.NewIter(nil)
	if err != nil {
		return false, fmt.Errorf("read the format: %w", err)
	}
	empty = !it.First()
	if err := it.Close(); err != nil {
		return false, fmt.Errorf("read the format: %w", err)
	}
	return empty, nil
}
