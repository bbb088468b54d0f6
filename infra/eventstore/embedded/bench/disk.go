package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// disk measures what the disk itself can do by the calls that stores make: large writes synced at the end, and small
// ones each followed by fdatasync, at the end of a file and over what is there (as Pebble does with old log files).
func (b *bench) disk(context.Context) error {
	f, err := os.Create(filepath.Join(b.dir, "disk"))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // the whole directory goes at the end
	defer f.Close()
	block := make([]byte, 1<<20)
	_, _ = rand.Read(block) // it never fails
	took, err := timed(func() error { return sequential(f, block, b.scale.diskBytes) })
	if err != nil {
		return fmt.Errorf("write to the disk: %w", err)
	}
	b.report.note("the disk: sequential write", float64(b.scale.diskBytes)/took.Seconds()/1e6, "MB/s", "1 MiB at a time, one fsync at the end")
	for _, c := range []struct {
		name string
		at   int64
	}{{"behind the end", b.scale.diskBytes}, {"over what is there", 0}} {
		if err := b.syncs(f, block[:1024], c.at, c.name); err != nil {
			return fmt.Errorf("sync the disk: %w", err)
		}
	}
	return nil
}

func (b *bench) syncs(f *os.File, block []byte, at int64, name string) error {
	h := newHistogram()
	started := time.Now()
	for time.Since(started) < b.scale.round/2 {
		took, err := timed(func() error {
			if _, err := f.WriteAt(block, at); err != nil {
				return err
			}
			return unix.Fdatasync(int(f.Fd()))
		})
		if err != nil {
			return err
		}
		if err := h.RecordValue(took.Microseconds()); err != nil {
			return err
		}
		at += int64(len(block))
	}
	b.report.note("the disk: writes of 1 KiB "+name+", each synced", float64(h.TotalCount())/time.Since(started).Seconds(), "/s", percentiles(h))
	return nil
}

func timed(f func() error) (time.Duration, error) {
	started := time.Now()
	err := f()
	return time.Since(started), err
}

func sequential(f *os.File, block []byte, size int64) error {
	for at := int64(0); at < size; at += int64(len(block)) {
		if _, err := f.WriteAt(block, at); err != nil {
			return err
		}
	}
	return f.Sync()
}
