package store

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

const (
	// flushTries is how often in a row a table that the log needs may fail to be written. Pebble tries for ever, at
	// full speed; the events are safe in the log meanwhile.
	flushTries = 8
	// stallPatience is how long writes may wait for flushes or compactions that have failed.
	stallPatience = time.Minute
)

// background watches Pebble's flushes and compactions. Its methods are called with Pebble's lock held: they must not
// wait or call it.
type background struct {
	*guard
	logger   *slog.Logger
	patience time.Duration

	mu      sync.Mutex
	last    error // of a flush or a compaction
	flushes int   // that failed in a row
	stalled *time.Timer
}

func (b *background) listener() *pebble.EventListener {
	return &pebble.EventListener{
		BackgroundError: b.failed, FlushEnd: b.flushed, WriteStallBegin: b.stall, WriteStallEnd: b.resume, DataCorruption: b.damaged,
	}
}

func (b *background) failed(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.flushes <= 1 {
		b.logger.Error("event store: background work failed", "error", err)
	}
	b.last = err
}

func (b *background) flushed(info pebble.FlushInfo) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if info.Err == nil {
		b.flushes = 0
		return
	}
	if b.flushes++; b.flushes == flushTries && !b.mayPass(info.Err) {
		b.fail(fmt.Errorf("write a table of events: %w", info.Err))
	}
}

// mayPass says that err is worth waiting for its end: a full disk, unless the store waits for it to open.
func (b *background) mayPass(err error) bool {
	return errors.Is(err, syscall.ENOSPC) && b.opened.Load()
}

// stall begins when writes wait. Where something has failed, it may never end.
func (b *background) stall(info pebble.WriteStallBeginInfo) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logger.Warn("event store: writes wait for the disk", "reason", info.Reason)
	b.stalled = time.AfterFunc(b.patience, b.giveUp)
}

func (b *background) resume() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stalled.Stop()
}

func (b *background) giveUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last != nil && !b.mayPass(b.last) {
		b.fail(fmt.Errorf("writes have waited for %s: %w", b.patience, b.last))
	}
}

// damaged hears of damaged tables. Who reads them gets an error that names the position, and all else goes on; without
// this, Pebble would end the process.
func (b *background) damaged(info pebble.DataCorruptionInfo) {
	b.logger.Error("event store: a file is damaged, restore it from a backup", "file", info.Path, "error", firstLine(info.Details))
}
