package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/bench"
	"github.com/careledger/careledger/cmd/careledger/internal/client"
)

func newBenchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure a server of its own in a temporary directory, and print the README's performance table",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runBench(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.AddCommand(newBenchProjectionsCommand())
	return cmd
}

// subject is the server that is measured: a process of its own, as a user runs it.
type subject struct {
	dir, url string
	process  *exec.Cmd
}

func startSubject(ctx context.Context) (*subject, time.Duration, error) {
	dir, err := os.MkdirTemp("", "careledger-bench-")
	if err != nil {
		return nil, 0, fmt.Errorf("make a directory: %w", err)
	}
	return serveOn(ctx, dir)
}

// serveOn starts a server on a directory and answers how long that took.
func serveOn(ctx context.Context, dir string) (*subject, time.Duration, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, 0, fmt.Errorf("find this executable: %w", err)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, fmt.Errorf("find a free port: %w", err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, 0, fmt.Errorf("find a free port: %w", err)
	}
	s := &subject{dir: dir, url: "http://" + address}
	s.process = exec.CommandContext(ctx, executable, "serve", "--data", dir, "--listen", address, "--log-level", "error")
	s.process.Cancel = func() error { return s.process.Process.Signal(syscall.SIGTERM) }
	started := time.Now()
	if err := s.process.Start(); err != nil {
		return nil, 0, fmt.Errorf("start the server: %w", err)
	}
	for ready(ctx, s.url+"/readyz") != nil {
		if time.Since(started) > 30*time.Second {
			return nil, 0, errors.Join(errors.New("the server did not become ready in 30 s"), s.stop())
		}
		time.Sleep(5 * time.Millisecond) // between two questions to another process
	}
	return s, time.Since(started), nil
}

func (s *subject) stop() error { return errors.Join(s.end(), os.RemoveAll(s.dir)) }

// end ends the server and leaves its directory.
func (s *subject) end() error {
	err := s.process.Process.Signal(syscall.SIGTERM)
	_ = s.process.Wait() // its exit code does not matter here
	return err
}

// processes are the server and its children.
func (s *subject) processes() []string {
	pids := []string{strconv.Itoa(s.process.Process.Pid)}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%s/task/*/children", pids[0]))
	for _, t := range tasks {
		if b, err := os.ReadFile(t); err == nil {
			pids = append(pids, strings.Fields(string(b))...)
		}
	}
	return pids
}

// worked is the processor time that all of them have taken, in ticks of 10 ms.
func (s *subject) worked() (ticks int) {
	for _, pid := range s.processes() {
		b, err := os.ReadFile("/proc/" + pid + "/stat")
		if _, behind, found := strings.Cut(string(b), ") "); err == nil && found {
			f := strings.Fields(behind)
			user, _ := strconv.Atoi(f[11])
			system, _ := strconv.Atoi(f[12])
			ticks += user + system
		}
	}
	return ticks
}

// rest waits until the server has hardly anything to do: the log's files are tidied, the tree of its hashes is built.
func (s *subject) rest(ctx context.Context) error {
	const look, hardly, patience = 3 * time.Second, 30, 10 * time.Minute // a tenth of a core
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("the server does not come to rest"))
	defer cancel()
	for before := s.worked(); ; {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(look):
		}
		now := s.worked()
		if now-before < hardly {
			return nil
		}
		before = now
	}
}

// memory is the resident memory of the server and its children, in MB; what they share is counted once (PSS).
func (s *subject) memory() float64 {
	total := 0.0
	for _, pid := range s.processes() {
		b, err := os.ReadFile("/proc/" + pid + "/smaps_rollup")
		if _, pss, found := strings.Cut(string(b), "\nPss:"); err == nil && found {
			kib, _ := strconv.ParseFloat(strings.Fields(pss)[0], 64)
			total += kib * 1024 / 1e6
		}
	}
	return total
}

func runBench(ctx context.Context, out, progress io.Writer) (err error) {
	say := func(text string) { fmt.Fprintln(progress, text) }
	say("starting a server")
	s, cold, err := startSubject(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	time.Sleep(5 * time.Second) // let it come to rest before its memory is read
	empty := s.memory()
	c, err := client.New(s.url, "", s.dir)
	if err != nil {
		return err
	}
	say("the demonstration")
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this executable: %w", err)
	}
	started := time.Now()
	if text, err := exec.CommandContext(ctx, executable, "demo", "--server", s.url, "--data", s.dir).CombinedOutput(); err != nil {
		return fmt.Errorf("the demonstration: %w: %s", err, text)
	}
	demoTook := time.Since(started)
	time.Sleep(45 * time.Second) // the alerts are judged, memory is given back
	loaded := s.memory()
	b := bench.Bench{Client: c}
	say("the scoreboard")
	board, err := b.Scoreboard(ctx, 200)
	if err != nil {
		return err
	}
	say("single commands at 200/s for 10 s")
	single, err := b.Single(ctx, 200, 10*time.Second)
	if err != nil {
		return err
	}
	say("500 events/s for 10 s")
	visible, err := b.Visible(ctx, 500, 10*time.Second, "2023-03")
	if err != nil {
		return err
	}
	say("batches")
	batch, err := b.Batch(ctx, 24, 2500, 2)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d cores, %s, %s; client, server and engines on the one machine\n\n", runtime.NumCPU(), runtime.GOARCH, runtime.Version())
	fmt.Fprintln(out, "| figure | measured | asked |\n|---|---|---|")
	row := func(figure, measured, asked string) { fmt.Fprintf(out, "| %s | %s | %s |\n", figure, measured, asked) }
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
	row("cold start to ready", ms(cold), "≤ 3 s")
	row("idle memory, all processes, empty", fmt.Sprintf("%.0f MB", empty), "≤ 600 MB")
	row("idle memory, all processes, after the demo", fmt.Sprintf("%.0f MB", loaded), "≤ 600 MB")
	row("demo (84,634 commands, until every number agrees)", fmt.Sprintf("%.1f s", demoTook.Seconds()), "≤ 60 s")
	row("scoreboard, 9 definitions × 8 counties and more, p50 / p95", ms(board.At(50))+" / "+ms(board.At(95)), "p95 ≤ 50 ms")
	row("single command at 200/s, p50 / p99", ms(single.At(50))+" / "+ms(single.At(99)), "p99 ≤ 25 ms")
	row("accepted → visible at 500 events/s, p50 / p99", ms(visible.At(50))+" / "+ms(visible.At(99)), "p99 ≤ 1 s")
	row("batch, one event in each stream, projection beside it", fmt.Sprintf("%.0f events/s", batch), "≥ 5,000 events/s")
	return nil
}
