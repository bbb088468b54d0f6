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
	"time"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/infra/backup"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

func newBackupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Copy the log and the keys to a directory or a tar archive, while the server runs",
		Long: `Copies what cannot be built anew: the log (events/) and the keys (vault/), and beside them
what was published (publications/). The server goes on meanwhile. A backup beside
earlier ones takes hard links to the tables that they hold already. Who has the backup can read what the keys seal.`,
		Example: `  careledger backup --to /backup/2026-11-25
  careledger backup --to 2026-11-25.tar
  careledger backup --to - | zstd > 2026-11-25.tar.zst`,
		RunE: func(cmd *cobra.Command, _ []string) error { return makeBackup(cmd) },
	}
	f := cmd.Flags()
	f.String("data", "data", "data directory, or directory of an event store that runs alone")
	f.String("to", "", "a new directory, a file that ends in .tar, or - for an archive to standard output")
	return cmd
}

func makeBackup(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	data, to := k.String("data"), k.String("to")
	if to == "" {
		return exitError{exitUsage, errors.New("--to: name a new directory, a file that ends in .tar, or - / 请用 --to 指定目标")}
	}
	if err := outside(data, to); err != nil {
		return exitError{exitUsage, err}
	}
	snapshot, release, err := snapshotOf(cmd.Context(), data)
	if err != nil {
		return err
	}
	defer release()
	switch {
	case to == "-":
		_, err = backup.WriteTar(cmd.Context(), snapshot, cmd.OutOrStdout(), time.Now())
		return err
	case strings.HasSuffix(to, ".tar"):
		m, err := tarFile(cmd.Context(), snapshot, to)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %d files, %s\n", to, len(m.Files), megabytes(m.Bytes()))
		return nil
	}
	done, err := backup.Write(cmd.Context(), snapshot, to, time.Now())
	if errors.Is(err, backup.ErrNotEmpty) || errors.Is(err, os.ErrNotExist) {
		return exitError{exitUsage, err}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %d files, %s; %d copied, %d linked\n", to, len(done.Manifest.Files), megabytes(done.Manifest.Bytes()), done.Copied, done.Linked)
	if done.SameDisk {
		fmt.Fprintln(cmd.OutOrStdout(), "It shares tables with the data on the same disk: keep one on another disk too / 与数据在同一磁盘，请另存一份到其他磁盘")
	}
	return nil
}

// outside refuses a backup into what it is a backup of.
func outside(data, to string) error {
	from, err := filepath.Abs(data)
	if err != nil {
		return err
	}
	target, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	if inside, err := filepath.Rel(from, target); to != "-" && err == nil && filepath.IsLocal(inside) {
		return errors.New("--to: the backup must not lie in the data directory / 备份目标不能位于数据目录之内")
	}
	return nil
}

// tarFile writes the archive under another name and gives it its own when it is whole.
func tarFile(ctx context.Context, snapshot, to string) (m backup.Manifest, err error) {
	partial := to + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return m, exitError{exitUsage, fmt.Errorf("--to: %w", err)}
	}
	m, err = backup.WriteTar(ctx, snapshot, f, time.Now())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return m, errors.Join(err, os.Remove(partial))
	}
	return m, os.Rename(partial, to)
}

func newRestoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "Copy a backup into an empty data directory",
		Long: `Copies a backup into an empty directory and notes in the log that it was restored. A bus and a warehouse (bus/, warehouse/, or
servers of their own) that know a later state of the log are thrown away by themselves when a server starts on it. Stop
every server of the log first.`,
		Example: `  careledger restore --from /backup/2026-11-25 --data /var/lib/careledger --verify
  zstd -dc 2026-11-25.tar.zst | careledger restore --from - --data /var/lib/careledger`,
		RunE: func(cmd *cobra.Command, _ []string) error { return restore(cmd) },
	}
	f := cmd.Flags()
	f.String("from", "", "the backup: a directory, a file that ends in .tar, or - for an archive from standard input")
	f.String("data", "data", "a new or empty directory")
	f.Bool("verify", false, "read all of what was restored")
	f.String("against", "", "with --verify: compare with the head in this file")
	f.String("head", "", "with --verify: write the head to this file")
	return cmd
}

func restore(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	from, data := k.String("from"), k.String("data")
	m, err := restoreFrom(cmd, from, data)
	if errors.Is(err, backup.ErrNotEmpty) {
		return exitError{exitUsage, err}
	}
	if err != nil {
		return exitError{exitSetup, err}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %d files, %s, of the backup of %s\n", data, len(m.Files), megabytes(m.Bytes()), m.MadeAt.Format(time.RFC3339))
	if k.Bool("verify") {
		if err := verify(cmd); err != nil {
			return err
		}
	}
	if err := beginEpoch(cmd, filepath.Join(data, "events"), m.MadeAt); err != nil {
		return exitError{exitSetup, fmt.Errorf("all files are restored, but the log cannot be opened to note that it was: mend this, empty the directory and restore again / 文件已恢复，但无法在日志中注明，请处理后清空目录重新恢复 (%w)", err)}
	}
	return nil
}

// beginEpoch notes in a restored log that it was restored, so that what was derived from the log that it replaces (the
// bus, the warehouse, open pages) is known to be of another one.
func beginEpoch(cmd *cobra.Command, dir string, madeAt time.Time) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil // a backup of the keys alone
	}
	codec, err := app.Codec()
	if err != nil {
		return err
	}
	s, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	_, err = eventstore.Restored(cmd.Context(), eventstore.Options{
		URL: s.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	}, madeAt)
	closing, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), 20*time.Second)
	defer cancel()
	return errors.Join(err, s.Close(closing))
}

func restoreFrom(cmd *cobra.Command, from, data string) (backup.Manifest, error) {
	var archive io.Reader
	switch {
	case from == "":
		return backup.Manifest{}, errors.New("--from: name a backup / 请用 --from 指定备份")
	case from == "-":
		archive = cmd.InOrStdin()
	case strings.HasSuffix(from, ".tar"):
		f, err := os.Open(from)
		if err != nil {
			return backup.Manifest{}, fmt.Errorf("--from: %w", err)
		}
		defer f.Close()
		archive = f
	default:
		if _, err := os.Stat(from); err != nil {
			return backup.Manifest{}, fmt.Errorf("--from: %w", err)
		}
		return backup.Restore(cmd.Context(), from, data)
	}
	return backup.RestoreTar(cmd.Context(), archive, data)
}
