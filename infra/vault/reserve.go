package vault

import (
	"fmt"
	"sync"
	"syscall"
	"time"
)

// reserveBytes stay free, so that Pebble never meets a full disk.
const reserveBytes = 256 << 20

// reserve watches the free space of a directory, looking at most every 200 ms.
type reserve struct {
	dir   string
	mu    sync.Mutex
	until time.Time
	free  uint64
}

func newReserve(dir string) *reserve { return &reserve{dir: dir} }

func (r *reserve) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := time.Now(); now.After(r.until) {
		var s syscall.Statfs_t
		if err := syscall.Statfs(r.dir, &s); err != nil {
			return fmt.Errorf("ask for the free space of the vault: %w", err)
		}
		r.free, r.until = s.Bavail*uint64(s.Bsize), now.Add(200*time.Millisecond)
	}
	if r.free < reserveBytes {
		return ErrFull
	}
	return nil
}
