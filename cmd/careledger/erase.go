package main

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

func newEraseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Destroy the personal data of an elder or a child, for ever",
		Long: `Records that a person's data is erased and destroys the keys that it is sealed with: name, ID number, day of birth, phone,
address, notes and reasons; of a child the guardian's too. Nothing brings them back, a backup of the keys from before aside: delete those.
What was done stays in the ledger under the person's id, and no number changes. For administrators of the person's area.
--reason: purpose_met, period_over, consent_withdrawn or unlawful. --basis: request, authority_order, court_order or own_review.`,
		Example: "  careledger erase --elder 2f988785-8e6c-51e9-8005-0d3793c240de --reason consent_withdrawn --basis request --yes",
		RunE:    func(cmd *cobra.Command, _ []string) error { return erase(cmd) },
	}
	clientFlags(cmd)
	f := cmd.Flags()
	f.String("elder", "", "the elder's id")
	f.String("child", "", "the child's id")
	f.String("reason", "", "why, one of the words above")
	f.String("basis", "", "on whose say, one of the words above")
	f.Bool("yes", false, "do it: there is no way back")
	return cmd
}

func erase(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	elder, child := k.String("elder"), k.String("child")
	id, err := uuid.Parse(elder + child)
	switch {
	case (elder == "") == (child == "") || err != nil:
		return exitError{exitUsage, errors.New("name one person by id: --elder ID or --child ID / 请用 --elder 或 --child 指定一个人的编号")}
	case !k.Bool("yes"):
		return exitError{exitUsage, errors.New("nothing brings personal data back once it is erased: add --yes if this is meant / 个人信息删除后无法恢复，确认无误请加 --yes")}
	}
	path := "/api/v1/elders/" + id.String() + "/erasure"
	if child != "" {
		path = "/api/v1/children/" + id.String() + "/erasure"
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	body := map[string]string{"reason": k.String("reason"), "basis": k.String("basis")}
	if err := c.Tell(cmd.Context(), path, uuid.NewString(), body, nil); err != nil {
		return asked(err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: the personal data is erased / 个人信息已删除\n", id)
	return nil
}
