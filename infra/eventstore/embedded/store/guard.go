package store

import (
	"errors"
	"fmt"
	"path"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// guard is the file system as Pebble sees it. Where a log file or a directory cannot be written or synced, Pebble
// panics with locks held, or goes on. Neither will do: after a failed sync nobody knows what the disk holds. So the
// store fails, and the call never comes back to Pebble; what waits for it is told by the store. Nor does any other
// call that would change the disk after that: the next start finds the directory as the failure left it.
type guard struct {
	vfs.FS
	dir     string // elsewhere (a snapshot) what fails is the caller's
	fail    func(error)
	failed  <-chan struct{}
	ballast *ballast
	opened  atomic.Bool
}

// enter does not return once the store has failed.
func (g *guard) enter() {
	select {
	case <-g.failed:
		rest()
	default:
	}
}

// rest keeps a goroutine that must not go on in Pebble until the process ends. Unwinding it would release locks over
// half-made changes, or end the program on one that is not held.
func rest() { select {} }

// check fails the store, and does not return, where a change of the log or of a directory did.
func (g *guard) check(what, name string, vital bool, err error) error {
	if err != nil && vital {
		g.fail(fmt.Errorf("%s %s: %w", what, path.Base(name), err))
		rest()
	}
	return err
}

// change does what may need space. On a full disk it gives up the ballast; where that is not enough, what Pebble
// cannot do without waits for space, and all else fails after a while, so that it is not tried at full speed. Syncs are
// not tried again, whatever they fail with.
func (g *guard) change(name string, f func() error) error {
	g.enter()
	err := f()
	if !errors.Is(err, syscall.ENOSPC) || g.PathDir(name) != g.dir {
		return err
	}
	for g.ballast.release() {
		if err = f(); !errors.Is(err, syscall.ENOSPC) {
			return err
		}
	}
	switch {
	case !g.opened.Load():
		return err
	case path.Ext(name) == ".sst":
		time.Sleep(spaceInterval)
		g.enter()
		return err
	}
	g.ballast.waiting.Add(1)
	defer g.ballast.waiting.Add(-1)
	for errors.Is(err, syscall.ENOSPC) {
		time.Sleep(spaceInterval)
		g.enter()
		err = f()
	}
	return err
}

func (g *guard) isLog(name string) bool {
	return path.Ext(name) == ".log" && g.PathDir(name) == g.dir
}

func (g *guard) Create(name string, category vfs.DiskWriteCategory) (f vfs.File, err error) {
	err = g.change(name, func() error {
		f, err = g.FS.Create(name, category)
		return err
	})
	return g.wrap(name, f, err)
}

func (g *guard) ReuseForWrite(old, name string, category vfs.DiskWriteCategory) (f vfs.File, err error) {
	err = g.change(name, func() error {
		f, err = g.FS.ReuseForWrite(old, name, category)
		return err
	})
	return g.wrap(name, f, err)
}

func (g *guard) wrap(name string, f vfs.File, err error) (vfs.File, error) {
	if err := g.check("make", name, g.isLog(name), err); err != nil {
		return nil, err
	}
	return &guarded{File: f, guard: g, name: name, vital: g.isLog(name)}, nil
}

func (g *guard) OpenDir(name string) (vfs.File, error) {
	f, err := g.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &guarded{File: f, guard: g, name: name, vital: name == g.dir}, nil
}

func (g *guard) Remove(name string) error {
	g.enter()
	return g.FS.Remove(name)
}

func (g *guard) Rename(old, name string) error {
	return g.change(name, func() error { return g.FS.Rename(old, name) })
}

func (g *guard) Unwrap() vfs.FS { return g.FS }

// guarded is a file that is written, or a directory.
type guarded struct {
	vfs.File
	guard *guard
	name  string
	vital bool
}

func (f *guarded) Write(p []byte) (written int, err error) {
	err = f.guard.change(f.name, func() error {
		n, err := f.File.Write(p[written:])
		written += n
		return err
	})
	return written, f.guard.check("write", f.name, f.vital, err)
}

func (f *guarded) Sync() error {
	f.guard.enter()
	return f.guard.check("sync", f.name, f.vital, f.File.Sync())
}

func (f *guarded) SyncData() error {
	f.guard.enter()
	return f.guard.check("sync", f.name, f.vital, f.File.SyncData())
}

func (f *guarded) SyncTo(length int64) (bool, error) {
	f.guard.enter()
	full, err := f.File.SyncTo(length)
	return full, f.guard.check("sync", f.name, f.vital, err)
}

func (f *guarded) Close() error {
	f.guard.enter()
	return f.guard.check("close", f.name, f.vital, f.File.Close())
}
