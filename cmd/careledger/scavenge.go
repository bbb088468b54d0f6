package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/infra/control"
	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

func newScavengeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scavenge",
		Short: "Remove from the log what stream metadata and deletions have hidden, and give its space back",
		Long: `Removes events that $maxCount, $maxAge, $tb, a deletion or a tombstone hides. Ledger streams hide none, so that none of
theirs goes. Positions and revisions never change. A running server does it once a day by itself (--scavenge-every).`,
		Example: "  careledger scavenge --data /var/lib/careledger",
		RunE:    func(cmd *cobra.Command, _ []string) error { return scavenge(cmd) },
	}
	cmd.Flags().String("data", "data", "data directory, or directory of an event store that runs alone")
	return cmd
}

func scavenge(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	var removed store.Scavenged
	err = control.Scavenge(cmd.Context(), k.String("data"), &removed)
	if errors.Is(err, control.ErrNobody) {
		removed, err = scavengeResting(cmd.Context(), eventsIn(k.String("data")))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d events of %d streams removed, %s before compression\n", removed.Events, removed.Streams, megabytes(int64(removed.Bytes)))
	return nil
}

func scavengeResting(ctx context.Context, dir string) (store.Scavenged, error) {
	s, err := store.Open(store.Options{Dir: dir, ExistingOnly: true})
	if err != nil {
		return store.Scavenged{}, exitError{exitSetup, err}
	}
	removed, err := s.Scavenge(ctx)
	return removed, errors.Join(err, s.Close(context.WithoutCancel(ctx)))
}
