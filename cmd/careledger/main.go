// Command careledger is the whole product in one binary: the server, its engines alone, and the tools around them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes, documented in the README.
const (
	exitFailed  = 1 // something went wrong while working
	exitUsage   = 2 // flags or settings are wrong
	exitSetup   = 3 // the set-up does not allow to start: directory, port, engine, disk, version
	exitDiffers = 4 // a check found a difference
)

// exitError carries the exit code of an error.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRootCommand().ExecuteContext(ctx)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "careledger: "+strings.ReplaceAll(err.Error(), "\n", "; "))
	code := exitFailed
	var e exitError
	if errors.As(err, &e) {
		code = e.code
	}
	os.Exit(code)
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "careledger",
		Short:         "Careledger · 照护台账: a ledger of care and the indicators that follow from it",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return exitError{exitUsage, err} })
	root.AddCommand(
		newServeCommand(), newEventStoreCommand(), newWarehouseCommand(), newDemoCommand(), newSimulateCommand(), newIndicatorsCommand(), newStatusCommand(), newParkedCommand(),
		newDoctorCommand(), newVerifyCommand(), newBackupCommand(), newRestoreCommand(), newCopyCommand(), newScavengeCommand(), newRebuildCommand(), newBenchCommand(),
		newPlanCommand(), newPublishCommand(), newEraseCommand(), newMergeCommand(), newLinkCommand(), newAreasCommand(),
	)
	for _, c := range root.Commands() {
		c.Args = noArguments
	}
	return root
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return exitError{exitUsage, fmt.Errorf("%q is not understood: `%s --help` lists what is / 无法识别，请查看 --help", args[0], cmd.CommandPath())}
}
