package store

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// witnessName is the file that bears witness of the last acknowledged position.
const witnessName = "ACKNOWLEDGED"

// witnessEvery is how long the witness may lag behind.
const witnessEvery = time.Second

// witness remembers, outside of Pebble's files, up to which position events were acknowledged. Pebble takes damage at
// the end of its log, or in its list of tables, for what a power cut left of an unfinished write, and goes on without
// what lies behind. The witness tells the two apart; what was acknowledged in the last second before the power or the
// process went is all that it does not know of.
type witness struct {
	file    vfs.File
	written uint64
	logger  *slog.Logger
}

// testify answers what the witness in dir says, and false where there is none.
func testify(o *Options) (acknowledged uint64, there bool) {
	f, err := o.FS.Open(o.FS.PathJoin(o.Dir, witnessName))
	if err != nil {
		return 0, !errors.Is(err, os.ErrNotExist)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	var position uint64
	var sum uint32
	if err == nil {
		_, err = fmt.Sscanf(string(text), "%d %x", &position, &sum)
	}
	if err != nil || string(text) != witnessText(position) {
		o.Logger.Warn("event store: it cannot be read how far events were acknowledged", "file", witnessName)
		return 0, true
	}
	return position, true
}

// witnessText is of one length, and short enough to be written whole or not at all.
func witnessText(position uint64) string {
	number := fmt.Sprintf("%020d", position)
	return fmt.Sprintf("%s %08x\n", number, crc32.Checksum([]byte(number), castagnoli))
}

// callWitness makes it, or lets it go on from position.
func callWitness(o *Options, position uint64) (*witness, error) {
	f, err := o.FS.OpenReadWrite(o.FS.PathJoin(o.Dir, witnessName), vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, fmt.Errorf("make %s in %s: %w", witnessName, o.Dir, err)
	}
	w := &witness{file: f, logger: o.Logger}
	w.see(position)
	return w, syncDirectory(o.FS, o.Dir)
}

// leaveWitness gives a copy of the store a witness of its own.
func leaveWitness(fs vfs.FS, dir string, position uint64) error {
	f, err := fs.Create(fs.PathJoin(dir, witnessName), vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(witnessText(position)))
	return errors.Join(err, f.Sync(), f.Close(), syncDirectory(fs, dir))
}

// see writes that all up to position was acknowledged. Without a witness the store is not as well guarded, and goes on.
func (w *witness) see(position uint64) {
	if w.file == nil || position == w.written {
		return
	}
	_, err := w.file.WriteAt([]byte(witnessText(position)), 0)
	if err == nil {
		err = w.file.SyncData()
	}
	if err != nil {
		w.logger.Error("event store: it cannot be written how far events were acknowledged", "file", witnessName, "error", err)
		w.leave()
		return
	}
	w.written = position
}

func (w *witness) leave() {
	if w.file != nil {
		w.file.Close()
		w.file = nil
	}
}

// watch lets the witness see the head until the store is closed or fails.
func (s *Store) watch(w *witness) {
	defer w.leave()
	again := time.NewTicker(s.options.witnessEvery)
	defer again.Stop()
	for {
		select {
		case <-again.C:
			w.see(s.Head())
		case <-s.settled:
			w.see(s.Head())
			return
		case <-s.failed:
			return
		}
	}
}
