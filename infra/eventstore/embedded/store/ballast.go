package store

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// A ballast takes this part of the reserve, at most so much.
const (
	ballastName  = "BALLAST"
	ballastShare = 8
	ballastMost  = 64 << 20
)

// ballast is space kept in a file. Free space is looked at from time to time only, and other programs may take all of
// it in between, or while the store is closed: the file is then given up, so that what was begun can be finished, and
// a store on a full disk can be opened to be read.
type ballast struct {
	fs     vfs.FS
	path   string
	size   uint64
	logger *slog.Logger
	// met is set when the disk was found full, until free space is looked at again.
	met atomic.Bool
	// waiting counts what the log cannot go on without and that waits for space.
	waiting atomic.Int32

	mu   sync.Mutex
	kept bool
}

func newBallast(o *Options) *ballast {
	b := &ballast{fs: o.FS, path: o.FS.PathJoin(o.Dir, ballastName), logger: o.Logger, size: min(o.ReserveBytes/ballastShare, ballastMost)}
	_, err := b.fs.Stat(b.path)
	b.kept = err == nil
	return b
}

// keep takes the space, where free leaves the reserve untouched.
func (b *ballast) keep(free, reserve uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept || free < reserve+b.size {
		return
	}
	err := b.take()
	b.kept = !errors.Is(err, syscall.ENOSPC) // another error would come again
	if err != nil {
		b.logger.Warn("event store: no space can be kept for a full disk", "error", err)
	}
}

func (b *ballast) take() error {
	f, err := b.fs.Create(b.path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	if err = errors.Join(f.Preallocate(0, int64(b.size)), f.Close()); err != nil {
		return errors.Join(err, b.fs.Remove(b.path))
	}
	return nil
}

// release gives the space up, and reports whether there was some.
func (b *ballast) release() bool {
	b.met.Store(true)
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.kept {
		return false
	}
	b.kept = false
	err := b.fs.Remove(b.path)
	b.logger.Error("event store: the disk is full, space kept for this is given up", "bytes", b.size, "error", err)
	return err == nil
}
