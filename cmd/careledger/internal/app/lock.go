package app

import (
	"fmt"
	"os"
	"syscall"
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
