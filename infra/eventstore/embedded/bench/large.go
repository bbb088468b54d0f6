package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"golang.org/x/sys/unix"
)

// large fills a store of its own and measures it at that size: its speed on the way, its memory, its size on the disk,
// how fast it opens again, after a stop and after a kill, and how fast it is read.
func (b *bench) large(ctx context.Context) (err error) {
	dir := filepath.Join(b.dir, "large")
	s, err := b.startServer(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	peak := watch(ctx, s)
	f := &fill{elders: b.scale.elders(), passes: eventsEach, say: b.report.say}
	b.report.say("appending %d events to %d streams", b.scale.events, f.elders)
	before := processor(s.pid())
	took, err := timed(func() error { return f.run(ctx, s, b.seed) })
	if err != nil {
		return err
	}
	b.reportFill(f, took, processor(s.pid()).minus(before))
	if err := b.size(ctx, s, f); err != nil { // and it has come to rest
		return err
	}
	if err := b.all(ctx, s); err != nil {
		return err
	}
	if err := b.random(ctx, s, "after that"); err != nil {
		return err
	}
	b.report.atMost(300, "resident memory, all the time until here", float64(peak())/1e6, "MB", fmt.Sprintf("sampled 5 times a second; now %d MB", s.memory()/1e6))
	for _, end := range []struct {
		how string
		by  func() error
	}{{"a stop", s.stop}, {"kill -9 under load", func() error { return b.killUnderLoad(ctx, s) }}} {
		if err := end.by(); err != nil {
			return err
		}
		if err := evict(dir); err != nil {
			return err
		}
		again, err := b.startServer(ctx, dir)
		if err != nil {
			return err
		}
		*s = *again
		b.report.atMost(2, "open again after "+end.how, s.opened.Seconds(), "s", "until it serves; its files not in the system's cache")
	}
	return b.random(ctx, s, "right after opening")
}

// eventsEach is how many events a stream has in the end.
const eventsEach = 10

func (b *bench) reportFill(f *fill, took time.Duration, u used) {
	tenth := max(1, len(f.windows)/10)
	first, last := median(f.windows[:min(tenth, len(f.windows))]), median(f.windows[max(0, len(f.windows)-tenth):])
	b.report.note(quantity(float64(b.scale.events), "events, one an append, to ")+quantity(float64(f.elders), "streams"),
		float64(f.done.Load())/took.Seconds(), "/s", fmt.Sprintf("64 writers, %.0f s; %s; raw bytes an event: %d", took.Seconds(), u.per(f.done.Load()), f.raw.Load()/max(1, f.done.Load())))
	b.report.note("… change from the first event to the last", 100*f.slope(), "%",
		fmt.Sprintf("line through %d windows of 100,000; first tenth %s, last tenth %s", len(f.windows), quantity(first, "/s"), quantity(last, "/s")))
}

// watch samples the server's memory until the answer is asked for, and answers the most it was.
func watch(ctx context.Context, s *server) func() int64 {
	var most atomic.Int64
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			most.Store(max(most.Load(), s.memory()))
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 {
		cancel()
		<-done
		return most.Load()
	}
}

// all reads $all from the start.
func (b *bench) all(ctx context.Context, s *server) error {
	var rates []float64
	total, before := int64(0), processor(s.pid())
	for range 3 {
		started := time.Now()
		n, err := read(s.client.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, uint64(b.scale.readEvents)))
		if err != nil {
			return fmt.Errorf("read $all: %w", err)
		}
		rates = append(rates, float64(n)/time.Since(started).Seconds())
		total += int64(n)
	}
	b.report.atLeast(180_000, 0, "$all read through the client", median(rates), "events/s", fmt.Sprintf("3 times the first %d; %s", b.scale.readEvents, processor(s.pid()).minus(before).per(total)))
	return nil
}

// random reads whole streams picked at random.
func (b *bench) random(ctx context.Context, s *server, when string) error {
	h := newHistogram()
	pick := rand.New(rand.NewPCG(b.seed, 3))
	for range b.scale.reads {
		name := stream(pick.Uint64N(b.scale.elders()))
		took, err := timed(func() error {
			n, err := read(s.client.ReadStream(ctx, name, esdb.ReadStreamOptions{From: esdb.Start{}}, 1000))
			if err == nil && n != eventsEach {
				err = fmt.Errorf("%s has %d events", name, n)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("read a stream: %w", err)
		}
		if err := h.RecordValue(took.Microseconds()); err != nil {
			return err
		}
	}
	b.report.atMost(3, "random stream read, p99, "+when, float64(h.ValueAtQuantile(99))/1000, "ms", fmt.Sprintf("%d streams of %d events; %s", b.scale.reads, eventsEach, percentiles(h)))
	return nil
}

// restPatience is how long compaction may take after ten million appends.
const restPatience = 5 * time.Minute

// size waits until the store has come to rest: nothing is compacted any more.
func (b *bench) size(ctx context.Context, s *server, f *fill) error {
	var disk int64
	const look = 2 * time.Second // between two looks at what another process does
	for deadline := time.Now().Add(restPatience); time.Now().Before(deadline) && ctx.Err() == nil; {
		before := processor(s.pid())
		time.Sleep(look)
		now, err := diskUsage(s.dir)
		if err != nil {
			return fmt.Errorf("measure the data directory: %w", err)
		}
		worked := processor(s.pid()).minus(before).server
		if now == disk && worked < look/20 {
			break
		}
		disk = now
	}
	raw := f.raw.Load()
	b.report.atMost(0.7, "on disk, over raw bytes", float64(disk)/float64(raw), "×", fmt.Sprintf("%s of %s", quantity(float64(disk)/1e6, "MB"), quantity(float64(raw)/1e6, "MB")))
	b.report.note("resident memory at rest", float64(s.memory())/1e6, "MB", "")
	return nil
}

// killUnderLoad kills the server while writers append to it.
func (b *bench) killUnderLoad(ctx context.Context, s *server) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var writing sync.WaitGroup
	writing.Go(func() {
		l := load{writers: fillers, size: 1, during: time.Hour, seed: b.seed, stage: 7}
		_, _ = l.on(ctx, s) // it ends with the server
	})
	time.Sleep(b.scale.round)
	err := s.kill()
	cancel()
	writing.Wait() // the client must not be closed while it is used
	return errors.Join(err, s.client.Close())
}

// evict makes the system forget the files of dir, as after a start of the machine.
func evict(dir string) error {
	unix.Sync()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			continue // gone meanwhile, or the operator's door
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		err = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("drop %s from the cache: %w", name, err)
		}
	}
	return nil
}
