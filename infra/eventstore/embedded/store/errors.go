package store

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNoSpace refuses an append while free disk space is below the reserve; reads go on.
	ErrNoSpace = errors.New("the disk of the event store is almost full: free some space, writing then resumes by itself")
	// ErrClosed is answered once Close has begun.
	ErrClosed = errors.New("the event store is closed")
	// ErrFailed is answered after a fatal error, to reads too; whether an append that gets it was kept is unknown.
	ErrFailed = errors.New("the event store has failed and stopped")
	// ErrInUse refuses a data directory that another process has open.
	ErrInUse = errors.New("the data directory is in use by another process: stop that one first, or give another directory")
	// ErrForeign refuses a directory that holds something else.
	ErrForeign = errors.New("the directory holds other files and no event store: give an empty directory, or the one of an event store")
	// ErrScavenging is answered to a second scavenge at the same time.
	ErrScavenging = errors.New("a scavenge is running already: wait for its end")
	// ErrNoStore is answered where a directory is to be read and holds no event store.
	ErrNoStore = errors.New("there is no event store in this directory: give the one that holds its files")
	// ErrDamaged refuses a data directory that cannot be opened as its files are not as they were written.
	ErrDamaged = errors.New("files of the event store are damaged: restore the data directory from a backup")
	// ErrIncomplete refuses a data directory in which events are missing that were acknowledged.
	ErrIncomplete = errors.New("acknowledged events are missing, as files are damaged or older than they were: restore the data directory from a backup; " +
		"without one, remove the file " + witnessName + " from a copy of it to go on with what is left")
	// ErrNewer refuses a data directory of a newer version.
	ErrNewer = errors.New("the data directory was written by a newer version: run that version, or give another directory")
)

// WrongRevision refuses an append: the stream is not where Expected says. Current is -1 where it does not exist.
type WrongRevision struct {
	Stream   string
	Expected Expected
	Current  int64
}

func (e *WrongRevision) Error() string {
	return fmt.Sprintf("wrong expected revision of the stream: expected %d, current %d", e.Expected, e.Current)
}

// StreamDeleted is answered for a tombstoned stream, and for a soft-deleted one where it is expected to exist.
type StreamDeleted struct{ Stream string }

func (e *StreamDeleted) Error() string { return "the stream is deleted" }

// Corrupt says that what is stored at Position is damaged. It is never served. Position is 0 where it is not known:
// the index by which it is found is damaged.
type Corrupt struct {
	Position uint64
	Reason   error
}

func (e *Corrupt) Error() string {
	reason := firstLine(e.Reason)
	if e.Position == 0 {
		return fmt.Sprintf("the index of the event store is damaged: %s; restore the data directory from a backup", reason)
	}
	return fmt.Sprintf("the event at position %d is damaged: %s; restore the data directory from a backup", e.Position, reason)
}

func (e *Corrupt) Unwrap() error { return e.Reason }

func corrupt(position uint64, reason error) error {
	return &Corrupt{Position: position, Reason: reason}
}

// firstLine leaves out the lines that Pebble adds for itself.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
