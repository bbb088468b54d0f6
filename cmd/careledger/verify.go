package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/infra/control"
	"github.com/careledger/careledger/infra/eventstore/embedded/store"
	"github.com/careledger/careledger/infra/eventstore/tree"
	"github.com/careledger/careledger/infra/vault"
)

func newVerifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Read the whole log and say whether it is sound, and whether it still holds what it held",
		Long: `Reads every event of a data directory, of a backup, or of an event store that runs alone: checksums, that no position
and no revision is missing or doubled, that no append is halved, that log and index agree, and the Merkle tree over the
ledger. It prints the head: the number of the ledger's events and their root. A running server is not stopped.

Keep the file of --head elsewhere: held against it later, the first event that was changed or removed is named.`,
		Example: `  careledger verify
  careledger verify --data /backup/2026-11-25 --head 2026-11-25.head
  careledger verify --data /var/lib/careledger --against 2026-11-25.head`,
		RunE: func(cmd *cobra.Command, _ []string) error { return verify(cmd) },
	}
	f := cmd.Flags()
	f.String("data", "data", "data directory, backup, or directory of an event store")
	f.String("head", "", "write the head to this new file")
	f.String("against", "", "compare with the head in this file")
	cmd.AddCommand(newVerifyPublicationCommand())
	return cmd
}

func verify(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	var earlier tree.Head
	if path := k.String("against"); path != "" {
		if earlier, err = readHead(path); err != nil {
			return exitError{exitUsage, fmt.Errorf("%s: %w", path, err)}
		}
	}
	if err := app.CheckVersion(k.String("data")); err != nil && !errors.Is(err, os.ErrNotExist) { // a store that runs alone has none
		return exitError{exitSetup, err}
	}
	dir, release, err := verifiable(cmd.Context(), k.String("data"))
	if err != nil {
		return err
	}
	defer release()
	v := verification{out: cmd.OutOrStdout(), tree: tree.New(), against: tree.Against(earlier), keep: k.String("head") != ""}
	err = v.run(cmd, dir)
	switch {
	case errors.Is(err, store.ErrDamaged):
		return exitError{exitDiffers, fmt.Errorf("%w / 文件已损坏，请保留现场并恢复备份", err)}
	case err != nil:
		return exitError{exitSetup, err}
	}
	v.keys(filepath.Join(filepath.Dir(dir), "vault"))
	return v.conclude(k.String("head"))
}

func readHead(path string) (tree.Head, error) {
	f, err := os.Open(path)
	if err != nil {
		return tree.Head{}, err
	}
	defer f.Close()
	return tree.ReadHead(f)
}

// verifiable answers a directory that no process has open: a snapshot where one has.
func verifiable(ctx context.Context, data string) (dir string, release func(), err error) {
	snapshot, release, err := control.Snapshot(ctx, data)
	switch {
	case err == nil:
		return filepath.Join(snapshot, "events"), release, nil
	case errors.Is(err, control.ErrNobody):
		return eventsIn(data), func() {}, nil
	case errors.Is(err, os.ErrNotExist):
		return "", nil, exitError{exitSetup, err}
	}
	return "", nil, err
}

type verification struct {
	out      io.Writer
	tree     *tree.Tree
	head     tree.Head
	against  *tree.Comparison
	keep     bool
	damaged  bool // something could not be read: what was read is no head
	problems int
}

const problemsShown = 100

func (v *verification) run(cmd *cobra.Command, dir string) error {
	bar := counter(cmd, "verify")
	summary, err := store.Verify(cmd.Context(), store.Options{Dir: dir, Logger: engineLogger(cmd)},
		func(r *store.Record) error {
			_ = bar.Add(1) // it only shows
			return v.take(r)
		}, func(p store.Problem) {
			v.damaged = true
			v.problem(p.String())
		})
	_ = bar.Finish()
	if err != nil {
		return err
	}
	fmt.Fprintf(v.out, "event store: %d events in %d streams, last position %d, %d removed by scavenges\n",
		summary.Events, summary.Streams, summary.Head, summary.Removed)
	return nil
}

// keys reads the vault beside the log, where there is one.
func (v *verification) keys(dir string) {
	if _, err := os.Stat(dir); err != nil {
		return // an event store that runs alone
	}
	values, err := vault.Check(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n") // Pebble adds lines for itself
		v.problem("vault: " + reason)
		return
	}
	fmt.Fprintf(v.out, "vault: %d values\n", values)
}

func (v *verification) take(r *store.Record) error {
	leaf, taken, err := v.tree.Take(tree.Event{
		Stream: r.Stream, Revision: uint64(r.Revision), ID: r.ID, Type: r.Type, JSON: r.JSON, Metadata: r.Metadata, Data: r.Data,
	})
	if !taken || err != nil {
		return err
	}
	if v.keep {
		v.head.Digest(leaf)
	}
	differs, err := v.against.Take(v.tree, leaf)
	if differs {
		v.problem(fmt.Sprintf("position %d: ledger number %d is the first that is not as it was / 自此处起与此前不一致", r.Position, v.tree.Size()))
	}
	return err
}

func (v *verification) problem(what string) {
	if v.problems++; v.problems <= problemsShown {
		fmt.Fprintln(v.out, "WRONG  "+what)
	}
}

func (v *verification) conclude(headFile string) error {
	var err error
	v.head.Ledger, v.head.Size = v.tree.Ledger(), v.tree.Size()
	if v.head.Root, err = v.tree.Root(); err != nil {
		return err
	}
	if !v.damaged {
		fmt.Fprintf(v.out, "\n%s\n", v.head.Text())
		if why := v.against.Result(v.tree); why != "" {
			v.problem(why)
		}
	}
	if v.problems > 0 {
		return exitError{exitDiffers, fmt.Errorf("%d things are not as they were written: keep this directory as it is, and restore a backup into another one / 发现 %d 处异常，请保留现场并恢复备份", v.problems, v.problems)}
	}
	fmt.Fprintln(v.out, "sound: nothing is missing, doubled or damaged / 完好：无缺失、无重复、无损坏")
	if headFile == "" {
		return nil
	}
	f, err := os.OpenFile(headFile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return exitError{exitUsage, fmt.Errorf("--head: %s is there already and is kept: name a new file / 该文件已存在，不会覆盖，请另取文件名", headFile)}
	}
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("--head: %w", err)}
	}
	return errors.Join(v.head.Write(f), f.Sync(), f.Close())
}
