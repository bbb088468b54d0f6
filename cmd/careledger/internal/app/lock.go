package app

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/google/uuid"
)

// lock takes the data directory for this process until the file is closed, or the process ends in whatever way.
func (o Options) lock() (*os.File, error) {
	f, err := os.OpenFile(o.below("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data directory %s cannot be locked / 无法锁定数据目录: %w", o.Dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		return nil, fmt.Errorf("another careledger is running on %s: stop it first, or choose another --data / 该数据目录正被另一个进程使用，请先停止它或另选 --data", o.Dir)
	}
	return f, nil
}

// instance is the name of this data directory among the processes that share a log. It stays, so that a process takes back
// at once what it held before it was killed; the lock sees that no two have it.
func (o Options) instance() (string, error) {
	path := o.below("instance")
	b, err := os.ReadFile(path)
	if err == nil {
		if id, err := uuid.ParseBytes(b); err == nil {
			return id.String(), nil
		}
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	id := uuid.NewString()
	return id, os.WriteFile(path, []byte(id), 0o600)
}
