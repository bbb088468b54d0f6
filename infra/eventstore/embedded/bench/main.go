package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// bench is one run.
type bench struct {
	binary, messageDB, dir string
	seed                   uint64
	scale                  scale
	profile                profile
	report                 *report
}

// scale bounds the run in counts and times.
type scale struct {
	events, readEvents, reads int
	rounds                    int
	round, rest, follow       time.Duration
	diskBytes                 int64
}

var (
	full  = scale{events: 10_000_000, readEvents: 2_000_000, reads: 20_000, rounds: 5, round: 6 * time.Second, rest: time.Second, follow: 20 * time.Second, diskBytes: 1 << 30}
	quick = scale{events: 200_000, readEvents: 200_000, reads: 2_000, rounds: 2, round: 2 * time.Second, rest: 200 * time.Millisecond, follow: 4 * time.Second, diskBytes: 128 << 20}
)

func (s scale) elders() uint64 { return uint64(s.events / eventsEach) }

func main() {
	if served, err := serveProfiled(); served {
		exit(err)
	}
	b := &bench{report: &report{progress: os.Stderr, Started: time.Now(), Machine: machine()}}
	short := flag.Bool("quick", false, "a run of about a minute, whose figures say little")
	events := flag.Int("events", 0, "events of the large store, ten a stream; 0: 10,000,000, or 200,000 with -quick")
	asJSON := flag.Bool("json", false, "print JSON instead of the table")
	only := flag.String("only", "", "parts to run, with commas between: disk, writers, batches, follow, large, alone1, alone64; empty: all but the last two")
	temp := flag.String("dir", "", "directory on the disk to measure; empty: the system's for temporary files")
	flag.StringVar(&b.binary, "binary", "bin/careledger", "the program to measure")
	flag.StringVar(&b.messageDB, "message-db", "infra/eventstore/embedded/bench/messagedb/node_modules/@eventide/message-db/database", "message-db's SQL files")
	flag.StringVar(&b.profile.dir, "profile", "", "directory for CPU and heap profiles of server and client; the server is then this program")
	flag.Uint64Var(&b.seed, "seed", 1, "what the events' content and the order are made from")
	flag.Parse()
	b.scale = full
	if *short {
		b.scale = quick
	}
	if *events > 0 {
		b.scale.events = *events
	}
	if err := b.profile.begin(b); err != nil {
		exit(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := errors.Join(b.run(ctx, *temp, *only), b.profile.end())
	b.report.Took = time.Since(b.report.Started).Seconds()
	if *asJSON {
		err = errors.Join(err, b.report.json(os.Stdout))
	} else {
		b.report.markdown(os.Stdout)
	}
	if missed := b.report.missed(); missed != "" {
		fmt.Fprintln(os.Stderr, "not reached:", missed)
	}
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run measures the parts asked for, each with stores of its own.
func (b *bench) run(ctx context.Context, temp, only string) (err error) {
	// The client's garbage is no part of what is measured; both stores meet the same client.
	debug.SetGCPercent(400)
	if b.dir, err = os.MkdirTemp(temp, "careledger-bench-"); err != nil {
		return fmt.Errorf("make a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if err := os.Chmod(b.dir, 0o711); err != nil { // PostgreSQL may run as another user
		return err
	}
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"disk", b.disk}, {"writers", b.compare}, {"alone1", b.alone(1)}, {"alone64", b.alone(64)}, {"batches", b.batches}, {"follow", b.follow}, {"large", b.large}} {
		if only == "" && strings.HasPrefix(part.name, "alone") || only != "" && !strings.Contains(","+only+",", ","+part.name+",") {
			continue
		}
		if err := part.run(ctx); err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(b.dir, part.name)); err != nil {
			return err
		}
	}
	return nil
}

// machine says what the figures were measured on.
func machine() string {
	model, memory := "", ""
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		model = field(string(info), "model name")
	}
	if info, err := os.ReadFile("/proc/meminfo"); err == nil {
		memory = field(string(info), "MemTotal")
	}
	return fmt.Sprintf("%d cores %s (%s), memory %s, %s; client and server on the one machine", runtime.NumCPU(), runtime.GOARCH, model, memory, runtime.Version())
}

func field(text, name string) string {
	for line := range strings.Lines(text) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
