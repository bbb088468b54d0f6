package store

import (
	"fmt"
	"log/slog"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
)

// Sizes decide both memory and speed; BenchmarkAppend and BenchmarkIdle measure them together.
const (
	cacheBytes    = 24 << 20
	memTableBytes = 16 << 20
	memTables     = 3
)

func pebbleOptions(o *Options, guarded *guard) *pebble.Options {
	po := &pebble.Options{
		FS:                          guarded,
		FormatMajorVersion:          pebble.FormatNewest,
		CacheSize:                   cacheBytes,
		MemTableSize:                o.memTable,
		MemTableStopWritesThreshold: memTables,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       24,
		LBaseMaxBytes:               64 << 20,
		MaxOpenFiles:                512,
		WALBytesPerSync:             0,
		Logger:                      &pebbleLog{logger: o.Logger, fail: guarded.fail},
		EventListener:               (&background{logger: o.Logger, fail: guarded.fail}).listener(),
	}
	po.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionBalanced })
	for i := range po.Levels {
		po.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		po.Levels[i].BlockSize = 16 << 10
	}
	return po
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
