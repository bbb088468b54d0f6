package store

import (
	"fmt"
	"log/slog"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable/block"
)

// Sizes decide both memory and speed; `make bench-store` measures them together.
const (
	cacheBytes     = 24 << 20
	memTableBytes  = 16 << 20
	leanTableBytes = 4 << 20
	memTables      = 3
)

func pebbleOptions(o *Options, guarded *guard) *pebble.Options {
	po := &pebble.Options{
		FS:                          guarded,
		FormatMajorVersion:          pebble.FormatNewest,
		CacheSize:                   cacheBytes + 2*int64(o.memTable), // Pebble takes its memtables off it: two while it is written to, one at rest
		MemTableSize:                o.memTable,
		MemTableStopWritesThreshold: memTables,
		// The index of streams is written to all over: a small first level is cheap to write again. A compaction of the
		// first tables takes others in up to 25 times the size of a table of that first level; with such small ones the
		// tables of the log beside are not written again, and move down as they are once there are many.
		L0CompactionThreshold:     10,
		L0CompactionFileThreshold: 100,
		L0StopWritesThreshold:     24,
		LBaseMaxBytes:             4 << 20,
		TargetFileSizes:           [7]int64{8 << 20, 256 << 10, 8 << 20},
		MaxOpenFiles:              openFiles(),
		WALBytesPerSync:           0,
		Logger:                    &pebbleLog{logger: o.Logger, fail: guarded.fail},
		EventListener:             (&background{guard: guarded, logger: o.Logger, patience: o.stallPatience}).listener(),
	}
	po.ApplyCompressionSettings(compression)
	po.Experimental.SpanPolicyFunc = spanPolicy
	for i := range po.Levels {
		po.Levels[i].BlockSize = 16 << 10
		if i < len(po.Levels)-1 { // Get asks none on the last level
			po.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		}
	}
	return po
}

// mostFiles is more than the tables of fifty million events. To open one again takes as long as several reads of it.
const mostFiles = 4096

// openFiles is how many tables may be open, half of what the system allows at most.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return mostFiles / 8
	}
	return int(min(mostFiles, limit.Cur/2))
}

// compression is quick everywhere. Ten million visits take 0.60 of their raw bytes (small stores more: their log files
// count for more). Zstandard would take 0.43, but a read of $all through the client a fifth more time and an append of
// 500 events a tenth.
func compression() pebble.DBCompressionSettings {
	return pebble.UniformDBCompressionSettings(block.FastestCompression)
}

// spanPolicy keeps the log in tables of its own, apart from names and index, so that they can move down the levels
// without being written again.
func spanPolicy(start []byte) (pebble.SpanPolicy, []byte, error) {
	switch {
	case start[0] < logSpace:
		return pebble.SpanPolicy{}, []byte{logSpace}, nil
	case start[0] == logSpace:
		return pebble.SpanPolicy{}, afterSpace(logSpace), nil
	}
	return pebble.SpanPolicy{}, nil, nil
}

// pebbleLog takes Pebble's log lines. Pebble calls Fatalf where it cannot go on (its list of tables cannot be written)
// and expects never to come back.
type pebbleLog struct {
	logger *slog.Logger
	fail   func(error)
}

func (l *pebbleLog) Infof(format string, args ...any) {
	l.logger.Debug("pebble", "message", fmt.Sprintf(format, args...))
}

func (l *pebbleLog) Errorf(format string, args ...any) {
	l.logger.Error("pebble", "message", fmt.Sprintf(format, args...))
}

func (l *pebbleLog) Fatalf(format string, args ...any) {
	l.fail(fmt.Errorf(format, args...))
	rest()
}
