package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/cmd/careledger/internal/bench"
	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/lineage"
)

func newBenchProjectionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "projections",
		Short: "Measure rebuilding from the log, questions over many records, and how soon records are seen",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sizes, err := cmd.Flags().GetString("events")
			if err != nil {
				return err
			}
			only, err := cmd.Flags().GetBool("only-rebuild")
			if err != nil {
				return err
			}
			return benchProjections(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), strings.Split(sizes, ","), only)
		},
	}
	cmd.Flags().Bool("only-rebuild", false, "leave out how soon records are seen")
	cmd.Flags().String("events", "1000000,10000000", "sizes of the ledgers that are rebuilt; 100000000 takes an hour and 60 GB")
	return cmd
}

// table prints rows as they come.
type table struct{ out io.Writer }

func (t table) row(figure, measured, asked string) {
	fmt.Fprintf(t.out, "| %s | %s | %s |\n", figure, measured, asked)
}

func benchProjections(ctx context.Context, out, progress io.Writer, sizes []string, onlyRebuild bool) error {
	fmt.Fprintf(out, "%d cores, %s, %s; client, server and engines on the one machine\n\n", runtime.NumCPU(), runtime.GOARCH, runtime.Version())
	fmt.Fprintln(out, "| figure | measured | asked |\n|---|---|---|")
	t := table{out}
	if !onlyRebuild {
		if err := benchVisible(ctx, t, progress); err != nil {
			return err
		}
	}
	for _, text := range sizes {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1000 {
			return exitError{exitUsage, errors.New("--events: numbers of at least 1000, with commas between / 请写不小于 1000 的数，以逗号分隔")}
		}
		if err := benchRebuild(ctx, t, progress, n); err != nil {
			return err
		}
	}
	return nil
}

// benchVisible measures how long after it was accepted a record is seen, at two rates.
func benchVisible(ctx context.Context, t table, progress io.Writer) (err error) {
	fmt.Fprintln(progress, "a server with the demonstration")
	s, _, err := startSubject(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	if text, err := exec.CommandContext(ctx, executable, "demo", "--server", s.url, "--data", s.dir).CombinedOutput(); err != nil {
		return fmt.Errorf("the demonstration: %w: %s", err, text)
	}
	c, err := client.New(s.url, "", s.dir)
	if err != nil {
		return err
	}
	for _, rate := range []struct {
		perSecond    int
		month, asked string
	}{{1000, "2023-03", "p99 ≤ 500 ms"}, {5000, "2023-04", "p99 ≤ 2 s"}} {
		const people = 10_000 // of the demonstration: each is seen once in the month
		during := time.Duration(people/rate.perSecond) * time.Second
		fmt.Fprintln(progress, rate.perSecond, "events/s for", during)
		times, err := bench.Bench{Client: c}.Visible(ctx, rate.perSecond, during, rate.month)
		if err != nil {
			return err
		}
		t.row(fmt.Sprintf("accepted → visible at %d events/s, p50 / p99", rate.perSecond), inMs(times.At(50))+" / "+inMs(times.At(99)), rate.asked)
	}
	return nil
}

func inMs(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000) }

// benchRebuild fills a log, starts a server on it that has neither bus nor warehouse, rebuilds once more beside what serves
// then, when the server is at rest, and asks what was counted.
func benchRebuild(ctx context.Context, t table, progress io.Writer, n int) (err error) {
	dir, err := os.MkdirTemp("", "careledger-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	codec, err := app.Codec()
	if err != nil {
		return err
	}
	fmt.Fprintln(progress, "a ledger of", n, "events")
	if err := fillLog(ctx, filepath.Join(dir, "events"), codec, n); err != nil {
		return err
	}
	fmt.Fprintln(progress, "counting, and then once more")
	s, _, err := serveOn(ctx, dir)
	if err != nil {
		return err
	}
	first, most, events, err := s.filled(ctx, uint64(n/eventsOfElder*eventsOfElder))
	var second time.Duration
	if err == nil {
		err = s.rest(ctx)
	}
	if err == nil {
		second, most, err = s.rebuildOnce(ctx, most)
	}
	if err = errors.Join(err, s.end()); err != nil {
		return err
	}
	size := fmt.Sprintf("%.1f million events", float64(events)/1e6)
	speed := func(d time.Duration) string {
		return fmt.Sprintf("%.0f events/s (%.0f s)", float64(events)/d.Seconds(), d.Seconds())
	}
	t.row("rebuild of "+size, speed(second), "≥ 60,000 events/s")
	t.row("… first time, while the relay fills an empty bus", speed(first), "")
	t.row("… memory of all processes, at most", fmt.Sprintf("%.0f MB", most), "≤ 2,000 MB")
	fmt.Fprintln(progress, "questions")
	return askWarehouse(ctx, t, filepath.Join(dir, "warehouse"), uint64(events), size)
}

// look is the time between two looks at the memory, each of which takes the processor some 20 ms.
const look = 3 * time.Second

// rebuildOnce rebuilds beside what serves, and answers how long it took and the most memory until then.
func (s *subject) rebuildOnce(ctx context.Context, most float64) (time.Duration, float64, error) {
	executable, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	started := time.Now()
	rebuild := exec.CommandContext(ctx, executable, "rebuild", "--server", s.url, "--data", s.dir)
	done := make(chan error, 1)
	go func() {
		text, err := rebuild.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("rebuild: %w: %s", err, text)
		}
		done <- err
	}()
	for {
		select {
		case err := <-done:
			return time.Since(started), most, err
		case <-time.After(look):
			most = max(most, s.memory())
		}
	}
}

// filled waits until so many events are counted, and answers how long it took, the most memory, and how many events there are.
func (s *subject) filled(ctx context.Context, all uint64) (took time.Duration, most float64, events int, err error) {
	c, err := client.New(s.url, "", s.dir)
	if err != nil {
		return 0, 0, 0, err
	}
	started := time.Now()
	looked := started
	for ctx.Err() == nil {
		var raw []byte
		if err := c.Get(ctx, "/api/v1/status", &raw); err != nil {
			return 0, 0, 0, err
		}
		var status standingOf
		if err := json.Unmarshal(raw, &status); err != nil {
			return 0, 0, 0, err
		}
		if time.Since(looked) >= look {
			most, looked = max(most, s.memory()), time.Now()
		}
		if len(status.Prefectures) > 0 {
			if p := status.Prefectures[0]; p.Frontier >= all {
				return time.Since(started), most, int(p.Frontier), nil
			}
		}
		time.Sleep(time.Second)
	}
	return 0, 0, 0, ctx.Err()
}

// askWarehouse asks a warehouse that was left behind, without a server in between.
func askWarehouse(ctx context.Context, t table, dir string, events uint64, size string) error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	engine := exec.CommandContext(ctx, executable, "warehouse", "--data", dir, "--listen", addr)
	engine.Cancel = func() error { return engine.Process.Signal(syscall.SIGTERM) }
	if err := engine.Start(); err != nil {
		return err
	}
	defer func() {
		_ = engine.Process.Signal(syscall.SIGTERM)
		_ = engine.Wait() // it was told to end
	}()
	w, err := warehouse.Open(warehouse.Options{URL: "http://default@" + addr, Database: "careledger", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // it was only asked
	for started := time.Now(); w.Healthy(ctx) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Since(started) > time.Minute {
			return errors.New("the warehouse does not answer")
		}
	}
	return questions(ctx, t, w.Of(1), events, size)
}

func questions(ctx context.Context, t table, w *warehouse.Warehouse, events uint64, size string) error {
	p, err := plan.Wenshan()
	if err != nil {
		return err
	}
	areas, err := area.Wenshan()
	if err != nil {
		return err
	}
	shelf := &indicators.Shelf{Store: w}
	s := &indicators.Service{Engine: indicators.Engine{Plan: p, Areas: areas, Store: w}, Store: shelf, Now: time.Now}
	rate, _ := p.Find("monthly-visit-rate", plan.Official)
	var months []calendar.Month
	for m := calendar.MonthOf(2022, time.December); m < calendar.MonthOf(2023, time.December); m++ {
		months = append(months, m)
	}
	known := func() error {
		_, err := s.Engine.Compute(ctx, []plan.Definition{rate}, months, events*9/10)
		return err
	}
	then := *s // a year of which there are records, as on its last day
	then.Now = func() time.Time { return time.Date(2023, time.December, 31, 4, 0, 0, 0, time.UTC) }
	board := func() error {
		_, err := then.History(ctx, calendar.MonthOf(2023, time.January), indicators.Self, indicators.Counties)
		return err
	}
	for _, q := range []struct {
		figure, asked string
		n             int
		ask           func() error
	}{
		{"one indicator, 113 areas × 12 months, as known before the last tenth of " + size, "≤ 400 ms over 10 million visits, ≤ 5 s over 100", 7, known},
		{"every official cell of 9 areas × 12 months, " + size, "p95 ≤ 50 ms", 100, board},
		{"a page of 50 records behind the visit rate of the prefecture, a county, a township, " + size, "p95 ≤ 150 ms", 100,
			lineagePages(ctx, &lineage.Service{Plan: p, Areas: areas, Cells: s, Store: w}, areas, calendar.MonthOf(2022, time.June))},
	} {
		var times bench.Times
		for range q.n {
			started := time.Now()
			if err := q.ask(); err != nil {
				return err
			}
			times = append(times, time.Since(started))
		}
		slices.Sort(times)
		t.row(q.figure+", p50 / p95", inMs(times.At(50))+" / "+inMs(times.At(95)), q.asked)
	}
	return nil
}
