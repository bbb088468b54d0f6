package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/infra/control"
)

func newLinkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "link",
		Short: "Print a new link that signs a browser in as administrator, once",
		Long: `Asks the server that runs on a data directory for a link that signs one browser in as administrator, once, within 24 hours.
It needs no restart, and only who may use the data directory gets one.`,
		Example: "  careledger link\n  careledger link --data /var/lib/careledger",
		RunE:    func(cmd *cobra.Command, _ []string) error { return printLink(cmd) },
	}
	cmd.Flags().String("data", "data", "the server's data directory")
	return cmd
}

func printLink(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	link, err := control.SignInLink(cmd.Context(), k.String("data"))
	if errors.Is(err, control.ErrNobody) || errors.Is(err, os.ErrNotExist) {
		return exitError{exitSetup, fmt.Errorf("no server runs on %s: start it (`careledger serve`), or give its --data / 没有服务在使用该数据目录，请先启动服务，或用 --data 指定", k.String("data"))}
	}
	if err != nil {
		return exitError{exitSetup, err}
	}
	fmt.Fprintln(cmd.OutOrStdout(), link)
	return nil
}
