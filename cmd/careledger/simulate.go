package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/cmd/careledger/internal/simulate"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

func newSimulateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Make the records of a prefecture that lives from 2020-11 to 2026-12, for a server or a file",
		Long: `Make the records of a prefecture that lives: the same seed makes the same records.

Scale 1 is the real prefecture: 487,600 people of 60 and more at the census of 2020, about 6 % of them in special difficulty, 17
million events to the end of 2026. Smaller scales have fewer of the same people; their houses and units share smaller sums.

Sent to a server, what is received up to today is taken. Sent again, also with a later --to, only what is missing is taken.`,
		Example: `  careledger simulate --scale 0.01
  careledger simulate --scale 0.1 --to 2022-12 --out records.ndjson.gz
  careledger simulate --scale 1 --out events.ndjson --events
  careledger simulate --scale 1 --log data/events
  careledger simulate --table`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSimulate(cmd) },
	}
	clientFlags(cmd)
	f := cmd.Flags()
	f.Int64("seed", 1, "which of the possible prefectures")
	f.Float64("scale", 1, "how large, 0.01 to 100")
	f.String("from", "2020-11", "the first month of receipt; what is older comes at its beginning")
	f.String("to", "2026-12", "the last month of receipt")
	f.StringSlice("only", nil, "only these parts: "+strings.Join(simulate.Parts(), ", "))
	f.String("out", "", "write to a file instead, a line each; compressed where its name ends in .gz; - is the standard output")
	f.String("log", "", "make a log in this directory instead, as careledger eventstore --data holds it; below a server's data it is events/")
	f.Bool("events", false, "write events as a log holds them, not commands")
	f.Bool("table", false, "print what the plan says beside what is counted, with the reasons")
	return cmd
}

func runSimulate(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	w, err := worldOf(k)
	if err != nil {
		return exitError{exitUsage, err}
	}
	out, events := k.String("out"), k.Bool("events")
	switch {
	case k.Bool("table"):
		return printTable(cmd.OutOrStdout(), w.Table())
	case out != "":
		return writeRecords(cmd, w, out, events)
	case k.String("log") != "":
		return logRecords(cmd, w, k.String("log"))
	case events:
		return exitError{exitUsage, errors.New("--events: a server takes commands only; name a file by --out / 服务只接收指令，请用 --out 指定文件")}
	}
	return sendRecords(cmd, w)
}

func worldOf(k *koanf.Koanf) (*simulate.World, error) {
	areas, err := area.Wenshan()
	if err != nil {
		return nil, err
	}
	of, err := plan.Wenshan()
	if err != nil {
		return nil, err
	}
	figures, err := simulate.Wenshan()
	if err != nil {
		return nil, err
	}
	from, err1 := calendar.ParseMonth(k.String("from"))
	to, err2 := calendar.ParseMonth(k.String("to"))
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("--from and --to: write YYYY-MM / 请写成 YYYY-MM: %w", err)
	}
	return simulate.New(simulate.Options{
		Seed: uint64(k.Int64("seed")), Scale: k.Float64("scale"), From: from, To: to, Figures: figures, Areas: areas, Parts: k.Strings("only"),
		Series: of.Series,
	})
}

// writeRecords writes to a file, which is there under its name once it is complete.
func writeRecords(cmd *cobra.Command, w *simulate.World, name string, events bool) (err error) {
	form := simulate.Record.WriteCommand
	if events {
		form = simulate.Record.WriteEvent
	}
	if name == "-" {
		_, err := simulate.Write(cmd.OutOrStdout(), w.Records(), form, false)
		return err
	}
	started := time.Now()
	f, err := os.Create(name + ".part")
	if err != nil {
		return fmt.Errorf("--out: the file cannot be written / 无法写入文件: %w", err)
	}
	buffered := bufio.NewWriterSize(f, 1<<20)
	n, err := simulate.Write(buffered, w.Records(), form, strings.HasSuffix(name, ".gz"))
	if err = errors.Join(err, buffered.Flush(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("--out: %w", err), os.Remove(f.Name()))
	}
	tellPace(cmd, n, time.Since(started))
	return nil
}

func tellPace(cmd *cobra.Command, n int, took time.Duration) {
	fmt.Fprintf(cmd.OutOrStdout(), "%d records in %.1f s, %.0f a second / 共 %d 条\n", n, took.Seconds(), float64(n)/took.Seconds(), n)
}

func logRecords(cmd *cobra.Command, w *simulate.World, dir string) error {
	started := time.Now()
	n, err := fillLogWith(cmd.Context(), dir, w.Records())
	if err == nil {
		tellPace(cmd, n, time.Since(started))
	}
	return err
}

// sendRecords sends the commands of all that is received until now.
func sendRecords(cmd *cobra.Command, w *simulate.World) error {
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	s := sender{client: c, bar: progressOf(cmd.ErrOrStderr(), -1)}
	refused, first := 0, ""
	s.refused = func(key string, p *client.Problem) bool { // by a rule: sending it again would change nothing
		if refused++; first == "" {
			first = key + ": " + p.Error()
		}
		return p.Status < http.StatusInternalServerError && p.Status != http.StatusTooManyRequests
	}
	started := time.Now()
	for houses, people := range simulate.Batches(w.Records(), started, batchSize) {
		for _, batch := range [][]demo.Command{houses, people} {
			if err := s.batchOf(cmd.Context(), batch); err != nil {
				return fmt.Errorf("the simulation stopped; run it again, it goes on where it was / 模拟中断，可重新运行继续: %w", err)
			}
		}
	}
	if err := s.bar.Finish(); err != nil {
		return fmt.Errorf("show progress: %w", err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "\n%d commands accepted, %d known already, in %.1f s / 已受理 %d 条，已有 %d 条\n",
		s.accepted.Load(), s.known.Load(), time.Since(started).Seconds(), s.accepted.Load(), s.known.Load())
	if refused > 0 {
		return exitError{exitDiffers, fmt.Errorf("%d commands were refused: the ledger holds other records than the simulation's, or it broke off; the first / %d 条被拒：台账中有模拟以外的记录，或模拟曾中断；首条: %s",
			refused, refused, first)}
	}
	return nil
}

// batchOf sends a batch, if there is anything in it.
func (s *sender) batchOf(ctx context.Context, batch []demo.Command) error {
	if len(batch) == 0 {
		return nil
	}
	return s.batch(ctx, batch)
}

func printTable(out io.Writer, lines []simulate.Line) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "month\tno.\tindicator\tplan\tsimulated\tunit\t\treason")
	for _, l := range lines {
		simulated, mark := "-", ""
		if l.Known {
			simulated = fmt.Sprintf("%.*f", l.Decimals+1, l.Simulated)
		}
		if l.Denominator == "" && l.Known {
			simulated = fmt.Sprintf("%.*f", l.Decimals, l.Simulated)
		}
		if !l.Agrees {
			mark = "≠"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.*f\t%s\t%s\t%s\t%s\n", l.At, l.Number, l.Name+" "+l.NameZh, l.Decimals, l.Said, simulated, l.Unit, mark, reasonOf(l))
	}
	return w.Flush()
}

// reasonOf says why the two differ, where they do.
func reasonOf(l simulate.Line) string {
	if l.Agrees || l.Reason == "" {
		return ""
	}
	return l.Reason + " / " + l.ReasonZh
}
