package store

import (
	"fmt"
	"log/slog"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable/block"
)

// Sizes decide both memory and speed; `make bench-store` measures them together.
const (
	cacheBytes    = 24 << 20
	memTableBytes = 16 << 20
	memTables     = 3
)

func pebbleOptions(o *Options, guarded *guard) *pebble.Options {
	po := &pebble.Options{
		FS:                          guarded,
		FormatMajorVersion:          pebble.FormatNewest,
		CacheSize:                   cacheBytes + int64(memTables+1)*int64(o.memTable), // Pebble takes its memtables off it, and keeps one more
		MemTableSize:                o.memTable,
		MemTableStopWritesThreshold: memTables,
		// The index of streams is written to all over: the more of it goes down at once and the smaller the first
		// level, the less often that level is written again.
		L0CompactionThreshold: 10,
		L0StopWritesThreshold: 24,
		LBaseMaxBytes:         24 << 20,
		TargetFileSizes:       [7]int64{8 << 20},
		MaxOpenFiles:          512,
		WALBytesPerSync:       0,
		Logger:                &pebbleLog{logger: o.Logger, fail: guarded.fail},
		EventListener:         (&background{guard: guarded, logger: o.Logger, patience: o.stallPatience}).listener(),
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

// compression is quick where tables do not stay, and good from the first level on, since the log's tables move from
// there to the last without being written again.
func compression() pebble.DBCompressionSettings {
	c := pebble.UniformDBCompressionSettings(block.BalancedCompression)
	c.Levels[0] = block.FastestCompression
	return c
}

// spanPolicy keeps the log in tables of its own, apart from names and index: these are looked up at random, for which
// good compression would cost more than it saves.
func spanPolicy(start []byte) (pebble.SpanPolicy, []byte, error) {
	switch fast := (pebble.SpanPolicy{PreferFastCompression: true}); {
	case start[0] < logSpace:
		return fast, []byte{logSpace}, nil
	case start[0] == logSpace:
		return pebble.SpanPolicy{}, afterSpace(logSpace), nil
	default:
		return fast, nil, nil
	}
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
