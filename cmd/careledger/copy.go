package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/infra/eventstore"
)

func newCopyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "copy",
		Short: "Move a ledger to another event store; every number stays",
		Long: `Appends the ledger of one event store to another: every event with its stream, id, type, content and recorded time byte
for byte, in order, so that every ledger number, every proof and every --known-at stays. Checkpoints and other programs'
streams stay behind: whatever counts from the log counts anew. Run again after it was stopped, it goes on where it was.

The order is certain because each append waits for the one before: expect one to four thousand events a second.

Nobody may write to the target meanwhile. The source may be in use: copy, stop what writes to it, copy again for the rest,
and start with --eventstore and the new URL. The keys (vault/) are not in an event store: keep the data directory.`,
		Example: `  careledger eventstore --data data/events --listen 127.0.0.1:2113     # the log of a server that was stopped
  careledger copy --from 'esdb://127.0.0.1:2113?tls=false' --to 'esdb://admin:PASSWORD@log:2113'
  careledger serve --eventstore 'esdb://admin:PASSWORD@log:2113'`,
		RunE: func(cmd *cobra.Command, _ []string) error { return copyLedger(cmd) },
	}
	f := cmd.Flags()
	f.String("from", "", "esdb:// URL of the event store that holds the ledger (better: CAREL_FROM_FILE)")
	f.String("to", "", "esdb:// URL of an event store without one, or with a part of this one (better: CAREL_TO_FILE)")
	return cmd
}

func copyLedger(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	from, to := k.String("from"), k.String("to")
	for _, end := range []struct{ flag, url string }{{"--from", from}, {"--to", to}} {
		if !strings.HasPrefix(end.url, "esdb://") && !strings.HasPrefix(end.url, "esdb+discover://") {
			return exitError{exitUsage, fmt.Errorf("%s: name an event store, esdb://HOST:PORT?tls=false or esdb://USER:PASSWORD@HOST:PORT / 请指定事件库地址", end.flag)}
		}
	}
	if from == to {
		return exitError{exitUsage, eventstore.ErrSameStore}
	}
	told := &lines{out: cmd.ErrOrStderr(), every: linesEvery, begun: time.Now()}
	done, err := eventstore.Copy(cmd.Context(), eventstore.CopyOptions{
		From: from, To: to, Logger: slog.New(slog.DiscardHandler), Progress: told.tell,
	})
	if err != nil {
		return stopped(cmd.Context(), done, err)
	}
	took := time.Since(told.begun)
	fmt.Fprintf(cmd.OutOrStdout(), "ledger %s\n%d events: %d appended, %d were there\nroot %s, the same in both / 两处根一致\n%.1f s, %s\n",
		done.Ledger, done.Events(), done.Appended, done.Compared, done.Root, took.Seconds(), told.rate(done))
	return nil
}

// linesEvery is the time from one line of progress to the next.
const linesEvery = 5 * time.Second

// lines tell how far a copy is.
type lines struct {
	out       io.Writer
	every     time.Duration
	begun     time.Time
	last      time.Time
	appending time.Time // since when events are appended
}

func (l *lines) tell(done eventstore.Copied) {
	now := time.Now()
	if done.Appended > 0 && l.appending.IsZero() {
		l.appending = now
	}
	if l.last.IsZero() {
		l.last = now
	}
	if now.Sub(l.last) < l.every {
		return
	}
	l.last = now
	fmt.Fprintf(l.out, "%d events compared, %d appended, %s\n", done.Compared, done.Appended, l.rate(done))
}

// rate is that of the events which took the time: of those appended where any were.
func (l *lines) rate(done eventstore.Copied) string {
	events, since := done.Compared, l.begun
	if done.Appended > 0 {
		events, since = done.Appended, l.appending
	}
	return fmt.Sprintf("%.0f events/s", float64(events)/max(time.Since(since).Seconds(), 0.001))
}

// stopped says how far the copy came and what to do.
func stopped(ctx context.Context, done eventstore.Copied, err error) error {
	var differs *eventstore.DiffersError
	var end *eventstore.EndError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("stopped at ledger number %d: run it again and it goes on from there / 已停在账本序号 %d，再次运行将从该处继续", done.Events(), done.Events())
	case errors.Is(err, eventstore.ErrSameStore):
		return exitError{exitUsage, err}
	case errors.Is(err, eventstore.ErrNoLedger):
		return exitError{exitSetup, fmt.Errorf("--from: %w", err)}
	case errors.Is(err, eventstore.ErrOtherLedger):
		return exitError{exitSetup, fmt.Errorf("--to: %w", err)}
	case errors.As(err, &differs), errors.Is(err, eventstore.ErrDamaged):
		return exitError{exitDiffers, err}
	case errors.Is(err, eventstore.ErrURL):
		return exitError{exitUsage, err}
	case !errors.As(err, &end):
		return err
	}
	return unreachable(end, done)
}

// unreachable says which store broke off.
func unreachable(end *eventstore.EndError, done eventstore.Copied) error {
	flag := "--from"
	if end.Target {
		flag = "--to"
	}
	switch {
	case errors.Is(end, eventstore.ErrFull):
		return fmt.Errorf("%s: the disk of the event store is almost full: free some space there and run it again, it goes on after number %d / 目标磁盘将满，请清理后再次运行，将从序号 %d 之后继续", flag, done.Events(), done.Events())
	case errors.Is(end, eventstore.ErrUnavailable) && done.Events() == 0:
		return exitError{exitSetup, fmt.Errorf("%s: the event store does not answer, or refuses the user: start it first, or correct the URL / 事件库没有响应或拒绝登录，请先启动它或改正地址", flag)}
	}
	return fmt.Errorf("%s: the event store broke off after ledger number %d: run it again and it goes on from there / 事件库在账本序号 %d 之后中断，再次运行将从该处继续 (%w)", flag, done.Events(), done.Events(), end.Err)
}
