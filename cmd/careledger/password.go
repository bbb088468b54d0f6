package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/careledger/careledger/infra/eventstore/embedded/users"
)

func newPasswordCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "password",
		Short:   "Print the line of a users file for a password, read from the terminal or the input",
		Example: "  careledger eventstore password --user ward3 >> users",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := readPassword(cmd)
			if err != nil {
				return exitError{exitUsage, err}
			}
			user, err := cmd.Flags().GetString("user")
			if err != nil {
				return err
			}
			line, err := users.Line(user, password)
			if err != nil {
				return exitError{exitUsage, err}
			}
			fmt.Fprintln(cmd.OutOrStdout(), line)
			return nil
		},
	}
	cmd.Flags().String("user", "admin", "name of the user")
	return cmd
}

// readPassword asks twice on a terminal, which does not show what is typed; else it takes the input, which must be one
// line.
func readPassword(cmd *cobra.Command) (string, error) {
	if f, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return askTwice(cmd, int(f.Fd()))
	}
	const most = 64 << 10
	b, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), most))
	if err != nil {
		return "", fmt.Errorf("read the password / 读取密码: %w", err)
	}
	password := strings.TrimRight(string(b), "\r\n")
	if strings.ContainsAny(password, "\r\n") {
		return "", errors.New("give the password on one line and nothing else / 请只输入一行密码")
	}
	return password, nil
}

func askTwice(cmd *cobra.Command, terminal int) (string, error) {
	first, err := ask(cmd, terminal, "Password / 密码: ")
	if err != nil {
		return "", err
	}
	second, err := ask(cmd, terminal, "Again / 再次输入: ")
	if err == nil && first != second {
		err = errors.New("the two passwords differ: try again / 两次输入不一致，请重试")
	}
	return first, err
}

// ask reads a line that is not shown. Whoever interrupts it gets the terminal back as it was.
func ask(cmd *cobra.Command, terminal int, question string) (string, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("read the password / 读取密码: %w", err)
	}
	type line struct {
		typed []byte
		err   error
	}
	fmt.Fprint(cmd.ErrOrStderr(), question)
	defer fmt.Fprintln(cmd.ErrOrStderr())
	read := make(chan line, 1)
	go func() { // an interrupted program ends before it
		typed, err := term.ReadPassword(terminal)
		read <- line{typed, err}
	}()
	select {
	case l := <-read:
		if l.err != nil {
			return "", fmt.Errorf("read the password / 读取密码: %w", l.err)
		}
		return string(l.typed), nil
	case <-cmd.Context().Done():
		return "", errors.Join(errors.New("no password was given / 未输入密码"), term.Restore(terminal, before))
	}
}
