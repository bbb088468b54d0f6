package store

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Snapshot writes the store as it is now to dir, which must not exist and lies on the same disk: tables are hard links,
// so that it takes moments and no writer waits. All that was acknowledged before is in it. Verify and Open read it as
// any data directory.
func (s *Store) Snapshot(dir string) error {
	acknowledged := s.Head()
	err := s.read(func() error { return s.db.Checkpoint(dir, pebble.WithFlushedWAL()) })
	if err == nil {
		err = leaveWitness(s.options.FS, dir, acknowledged)
	}
	if err != nil {
		return fmt.Errorf("write a snapshot of the event store: %w", err)
	}
	return nil
}
