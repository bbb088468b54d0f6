package main

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

func newMergeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge",
		Short: "Merge a second registration of one elder or child into the one that stays",
		Long: `Records that two registrations are of one person. From then on all that was recorded under the duplicate counts for the
one that stays, in every month; as known before, nothing changes. It is not undone. For administrators of the duplicate's area.`,
		Example: "  careledger merge --elder DUPLICATE --into SURVIVOR --yes",
		RunE:    func(cmd *cobra.Command, _ []string) error { return merge(cmd) },
	}
	clientFlags(cmd)
	f := cmd.Flags()
	f.String("elder", "", "the id of the elder's registration that is a duplicate")
	f.String("child", "", "the id of the child's registration that is a duplicate")
	f.String("into", "", "the id of the registration that stays")
	f.Bool("yes", false, "do it: there is no way back")
	return cmd
}

func merge(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	elder, child := k.String("elder"), k.String("child")
	duplicate, err1 := uuid.Parse(elder + child)
	survivor, err2 := uuid.Parse(k.String("into"))
	switch {
	case (elder == "") == (child == "") || err1 != nil || err2 != nil:
		return exitError{exitUsage, errors.New("name both registrations of one person by id: --elder ID --into ID or --child ID --into ID / 请用 --elder 或 --child 指定重复的登记，用 --into 指定保留的登记")}
	case !k.Bool("yes"):
		return exitError{exitUsage, errors.New("a merge is not undone: add --yes if both are the same person / 合并不可撤销，确认为同一人请加 --yes")}
	}
	path := "/api/v1/elders/" + duplicate.String() + "/merge"
	if child != "" {
		path = "/api/v1/children/" + duplicate.String() + "/merge"
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	if err := c.Tell(cmd.Context(), path, uuid.NewString(), map[string]string{"survivor": survivor.String()}, nil); err != nil {
		return asked(err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: merged into %s / 已并入\n", duplicate, survivor)
	return nil
}
