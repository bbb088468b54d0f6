package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	lockName  = "careledger.lock"
	lockWait  = 8 * time.Second // a process that was killed may need a moment to be gone
	lockAgain = 50 * time.Millisecond
	watchGap  = 500 * time.Millisecond
)

// directory is the data directory, held by a lock on a file in it. The lock is the kernel's: it goes with the process,
// however that ends. The file doubles as the mark by which the loss of the directory is seen.
type directory struct {
	path string
	lock *os.File
}

// openDirectory makes the directory if need be and locks it, waiting a little for a former owner to be gone.
func openDirectory(ctx context.Context, path string) (*directory, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open warehouse: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open warehouse: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open warehouse: %w", err)
	}
	if err := acquire(ctx, lock); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &directory{path: path, lock: lock}, nil
}

func acquire(ctx context.Context, lock *os.File) error {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	for {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock %s: %w", lock.Name(), err)
		}
		select {
		case <-ctx.Done():
			return hint(ErrInUse, filepath.Dir(lock.Name()), nil)
		case <-time.After(lockAgain):
		}
	}
}

// watch returns ErrDirectoryGone once the locked file is no longer the one in the directory, or nil when ctx ends.
func (d *directory) watch(ctx context.Context) error {
	tick := time.NewTicker(watchGap)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if !d.whole() {
				return hint(ErrDirectoryGone, d.path, nil)
			}
		}
	}
}

func (d *directory) whole() bool {
	held, err := d.lock.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(d.lock.Name())
	return err == nil && os.SameFile(held, there)
}

func (d *directory) close() error { return d.lock.Close() }
