package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
	"github.com/careledger/careledger/infra/eventstore/tree"
	"github.com/careledger/careledger/projections/publication"
)

func newVerifyPublicationCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "publication FILE",
		Short: "Say whether a publication is as it was sealed, without the server",
		Long: `Checks a publication's document on any machine: its canonical form, that content, hash and signature belong together, each
part by itself so that what was altered is named, and the head of the ledger. With --key only that key's signature
counts: give what ` + "`careledger publish key`" + ` printed, or a file that holds it. With --ledger the log of a data directory or
backup is read as well, and must give the same root at the publication's position. Exit code 4 where something differs.`,
		Example: `  careledger verify publication 2022-11.json --key office.pub
  careledger verify publication 2022-11.json --key "$(cat office.pub)" --ledger /backup/2026-11-25`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exitError{exitUsage, errors.New("name one file that `careledger publish get` wrote / 请指定一个由 publish get 写出的文件")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return verifyPublication(cmd, args[0]) },
	}
	cmd.Flags().String("key", "", "the public key that must have signed, or a file that holds it")
	cmd.Flags().String("ledger", "", "also read this data directory, backup or directory of an event store")
	return cmd
}

func verifyPublication(cmd *cobra.Command, path string) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	trusted, err := trustedKey(k.String("key"))
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("--key: %w", err)}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return exitError{exitUsage, err}
	}
	v := publication.Verify(text, trusted)
	if len(v.Findings) > 0 {
		return findings(cmd.OutOrStdout(), v.Findings)
	}
	c, out := v.Content, cmd.OutOrStdout()
	fmt.Fprintf(out, "%s revision %d of %s, %d cells, sealed on %s / %s第 %d 次发布，%d 个单元格\n", c.Period, c.Revision, c.Plan.Name, len(c.Cells), c.SealedOn, c.Period, c.Revision, len(c.Cells))
	fmt.Fprintf(out, "ledger 账本\t%s\nposition 序号\t%d\nroot 账本根\t%s\nhash 哈希\t%s\nkey 公钥\t%s\n", c.Head.Ledger, c.Position, c.Head.Root, v.Hash, publication.KeyID(v.Key))
	if dir := k.String("ledger"); dir != "" {
		if err := againstLedger(cmd, dir, c.Head); err != nil {
			return err
		}
	}
	if trusted == nil {
		fmt.Fprintln(out, "whole, but by whom is not checked: compare the key with the office's, or give --key / 文件完好，但未核对签名者：请与发布单位的公钥比对，或用 --key 指定")
		return nil
	}
	fmt.Fprintln(out, "sound: nothing was changed since it was sealed by this key / 完好：自该密钥签发以来未被改动")
	return nil
}

// trustedKey reads a key, or the file that holds it; nil where none was given.
func trustedKey(text string) (ed25519.PublicKey, error) {
	if text == "" {
		return nil, nil
	}
	if b, err := os.ReadFile(text); err == nil {
		text = string(b)
	}
	return publication.ParseKey(strings.TrimSpace(text))
}

// againstLedger reads a log, whose first events must give the head.
func againstLedger(cmd *cobra.Command, data string, of publication.Head) error {
	root, err := tlog.ParseHash(of.Root)
	if err != nil {
		return exitError{exitDiffers, err}
	}
	dir, release, err := verifiable(cmd.Context(), data)
	if err != nil {
		return err
	}
	defer release()
	v := verification{out: cmd.OutOrStdout(), tree: tree.New(), against: tree.Against(tree.Head{Ledger: of.Ledger, Size: of.Size, Root: root})}
	switch err := v.run(cmd, dir); {
	case errors.Is(err, store.ErrDamaged):
		return exitError{exitDiffers, err}
	case err != nil:
		return exitError{exitSetup, err}
	}
	if why := v.against.Result(v.tree); why != "" {
		return exitError{exitDiffers, errors.New(why)}
	}
	if v.problems > 0 {
		return exitError{exitDiffers, errors.New("the log is damaged: `careledger verify` says where / 账本已损坏，可用 careledger verify 定位")}
	}
	fmt.Fprintln(cmd.OutOrStdout(), "the ledger holds what was published / 账本与发布一致")
	return nil
}
