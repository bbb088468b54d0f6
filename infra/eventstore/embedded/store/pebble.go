package store

import (
	"fmt"
	"log/slog"
	"runtime"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
)

// Sizes decide both memory and speed; BenchmarkAppend and BenchmarkIdle measure them together.
const (
	cacheBytes    = 24 << 20
	memTableBytes = 16 << 20
	memTables     = 3
)

func pebbleOptions(o *Options, log *pebbleLog) *pebble.Options {
	po := &pebble.Options{
		FS:                          o.FS,
		FormatMajorVersion:          pebble.FormatNewest,
		CacheSize:                   cacheBytes,
		MemTableSize:                o.memTable,
		MemTableStopWritesThreshold: memTables,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       24,
		LBaseMaxBytes:               64 << 20,
		MaxOpenFiles:                512,
		WALBytesPerSync:             0,
		Logger:                      log,
	}
	po.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionBalanced })
	for i := range po.Levels {
		po.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		po.Levels[i].BlockSize = 16 << 10
	}
	po.EventListener = &pebble.EventListener{
		BackgroundError: func(err error) { o.Logger.Error("event store: background work failed", "error", err) },
	}
	return po
}

// pebbleLog takes Pebble's log lines. Pebble calls Fatalf where it cannot go on (a failed write or sync of its log)
// and expects never to come back: the store then stops acknowledging, tells its owner, and the calling goroutine rests
// until the store is closed.
type pebbleLog struct {
	logger   *slog.Logger
	fail     func(error)
	released <-chan struct{}
}

func (l *pebbleLog) Infof(format string, args ...any) {
	l.logger.Debug("pebble", "message", fmt.Sprintf(format, args...))
}

func (l *pebbleLog) Errorf(format string, args ...any) {
	l.logger.Error("pebble", "message", fmt.Sprintf(format, args...))
}

func (l *pebbleLog) Fatalf(format string, args ...any) {
	l.fail(fmt.Errorf(format, args...))
	<-l.released
	runtime.Goexit()
}
