package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/infra/control"
	"github.com/careledger/careledger/infra/eventstore/embedded"
	"github.com/careledger/careledger/infra/eventstore/embedded/users"
	warehouse "github.com/careledger/careledger/infra/warehouse/embedded"
)

func newEventStoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "eventstore",
		Short:   "Run the embedded event store alone (EventStoreDB gRPC protocol)",
		Example: "  careledger eventstore --data /var/lib/careledger/events --listen 127.0.0.1:2113",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runEventStore(cmd) },
	}
	f := cmd.Flags()
	f.String("data", "data/events", "directory of the log")
	f.String("listen", "127.0.0.1:2113", "HOST:PORT to serve on")
	f.String("tls-cert", "", "certificate file (PEM)")
	f.String("tls-key", "", "key file (PEM)")
	f.String("admin-password-file", "", "file with the password of user admin; needs TLS")
	f.Duration("scavenge-every", scavengeEvery, "time from one scavenge to the next; 0: only by careledger scavenge")
	f.String("users-file", "", "file of users with the hashes of their passwords (eventstore password makes its lines); needs TLS")
	cmd.AddCommand(newPasswordCommand())
	return cmd
}

func runEventStore(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	password, err := secretFile(k.String("admin-password-file"))
	if err != nil {
		return err
	}
	hashes, err := usersFile(k.String("users-file"))
	if err != nil {
		return err
	}
	o := embedded.Options{
		Dir: k.String("data"), Listen: k.String("listen"), TLSCert: k.String("tls-cert"), TLSKey: k.String("tls-key"),
		AdminPassword: password, Users: hashes, Logger: engineLogger(cmd), Now: time.Now, ScavengeEvery: k.Duration("scavenge-every"),
	}
	if err := o.Validate(); err != nil {
		return exitError{exitUsage, err}
	}
	embedded.BoundMemory()
	s, err := embedded.Open(o)
	if err != nil {
		return exitError{exitSetup, placed(err)}
	}
	door, err := control.Serve(k.String("data"), standAlone(s), engineLogger(cmd))
	if err != nil {
		return exitError{exitSetup, errors.Join(err, s.Close(cmd.Context()))}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "event store on %s\n", s.URL())
	var failed error
	select {
	case <-cmd.Context().Done():
	case failed = <-s.Err():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), 20*time.Second)
	defer cancel()
	return errors.Join(failed, door.Close(drain), s.Close(drain))
}

const scavengeEvery = 24 * time.Hour

// standAlone are what the operator on this machine may ask of an event store that runs alone.
func standAlone(s *embedded.Server) control.Actions {
	return control.Actions{
		Snapshot: func(_ context.Context, dir string) error { return s.Snapshot(filepath.Join(dir, "events")) },
		Scavenge: func(ctx context.Context) (any, error) { return s.Scavenge(ctx) },
	}
}

func newWarehouseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "warehouse",
		Short:   "Run the embedded ClickHouse engine alone (ClickHouse HTTP interface)",
		Example: "  CAREL_WAREHOUSE_PASSWORD_FILE=secret careledger warehouse --data /var/lib/careledger/warehouse --listen 127.0.0.1:8123",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			k, err := settings(cmd)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			err = warehouse.Serve(cmd.Context(), warehouse.Options{
				Dir: k.String("data"), Listen: k.String("listen"), Password: k.String("warehouse-password"), Logger: engineLogger(cmd),
				Ready: func(addr string) { fmt.Fprintf(out, "warehouse on http://%s\n", addr) },
			})
			if err != nil && cmd.Context().Err() == nil {
				return exitError{exitSetup, placed(err)}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.String("data", "data/warehouse", "directory of the engine")
	f.String("listen", "127.0.0.1:8123", "HOST:PORT to serve on")
	f.String("warehouse-password", "", "password of user default (better: CAREL_WAREHOUSE_PASSWORD_FILE)")
	return cmd
}

func engineLogger(cmd *cobra.Command) *slog.Logger {
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
}

func secretFile(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", exitError{exitUsage, fmt.Errorf("%s cannot be read / 无法读取该文件: %w", path, err)}
	}
	return strings.TrimSpace(string(b)), nil
}

func usersFile(path string) (users.Hashes, error) {
	if path == "" {
		return nil, nil
	}
	hashes, err := users.ReadFile(path)
	if err != nil {
		return nil, exitError{exitUsage, fmt.Errorf("%w / 用户文件有误", err)}
	}
	return hashes, nil
}
