package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/infra/blobs"
	"github.com/careledger/careledger/infra/control"
	"github.com/careledger/careledger/infra/eventstore/embedded/store"
	"github.com/careledger/careledger/infra/vault"
)

// eventsIn answers where the event store of a data directory, a backup or a store that runs alone lies.
func eventsIn(dir string) string {
	below := filepath.Join(dir, "events")
	if info, err := os.Stat(below); err == nil && info.IsDir() {
		return below
	}
	return dir
}

// snapshotOf answers a directory with the truth of the data directory as it is now, and what gives it up again. A running
// process makes it, without stopping; where none runs, this one does.
func snapshotOf(ctx context.Context, data string) (path string, release func(), err error) {
	path, release, err = control.Snapshot(ctx, data)
	if !errors.Is(err, control.ErrNobody) {
		return path, release, err
	}
	all := filepath.Join(data, control.SnapshotsDir)
	if err := os.Mkdir(all, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", nil, exitError{exitSetup, placed(err)}
	}
	path, err = os.MkdirTemp(all, "*")
	if err != nil {
		return "", nil, exitError{exitSetup, placed(err)}
	}
	release = func() {
		_ = os.RemoveAll(path)
		_ = os.Remove(all) // another's snapshot may lie there
	}
	if err := resting(ctx, data, path); err != nil {
		release()
		return "", nil, err
	}
	return path, release, nil
}

// resting takes the snapshot of a data directory that no process has open.
func resting(ctx context.Context, data, to string) error {
	s, err := store.Open(store.Options{Dir: eventsIn(data), ExistingOnly: true})
	if err != nil {
		return exitError{exitSetup, err}
	}
	if err := errors.Join(s.Snapshot(filepath.Join(to, "events")), s.Close(context.WithoutCancel(ctx))); err != nil {
		return err
	}
	if err := blobs.In(filepath.Join(data, app.PublicationsDir)).Snapshot(filepath.Join(to, app.PublicationsDir)); err != nil {
		return err
	}
	version, err := os.ReadFile(filepath.Join(data, "VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return nil // an event store that runs alone
	}
	if err := errors.Join(err, os.WriteFile(filepath.Join(to, "VERSION"), version, 0o600)); err != nil {
		return err
	}
	dir := filepath.Join(data, "vault")
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	v, err := vault.Open(ctx, vault.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return exitError{exitSetup, err}
	}
	return errors.Join(v.Snapshot(filepath.Join(to, "vault")), v.Close())
}

// counter shows how far a long work is, where somebody looks on.
func counter(cmd *cobra.Command, what string) *progressbar.ProgressBar {
	out := io.Discard
	if f, ok := cmd.ErrOrStderr().(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		out = f
	}
	return progressbar.NewOptions64(-1, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(out), progressbar.OptionShowCount(),
		progressbar.OptionShowIts(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
