package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

func newRebuildCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "Build facts and numbers anew from the log, beside those that serve",
		Long: `Builds a new set of facts and numbers from the log while the old one serves. When it follows the log it takes the old one's
place in one step; the old one is kept up to date, so that roll-back returns to it at once, until retire or the next
rebuild throws it away. Waits and shows how far it is; Ctrl-C ends the waiting, not the rebuild.`,
		Example: "  careledger rebuild --reason \"new area table\"\n  careledger rebuild status\n  careledger rebuild roll-back",
		RunE:    func(cmd *cobra.Command, _ []string) error { return rebuild(cmd) },
	}
	clientFlags(cmd)
	cmd.Flags().String("reason", "", "why, kept in the log; at most 200 characters")
	cmd.Flags().Bool("detach", false, "do not wait")
	for _, sub := range []struct{ use, short string }{
		{"status", "Say which set serves and how far a rebuild has come"},
		{"pause", "Stop building for a while"},
		{"resume", "Build on"},
		{"abandon", "Give up the set that is being built"},
		{"roll-back", "Read numbers from the set before again"},
		{"retire", "Throw away the set before"},
	} {
		c := &cobra.Command{Use: sub.use, Short: sub.short, Args: noArguments, RunE: func(cmd *cobra.Command, _ []string) error { return directRebuild(cmd, sub.use) }}
		clientFlags(c)
		cmd.AddCommand(c)
	}
	return cmd
}

// rebuildStanding is how the sets stand, as the API answers it.
type rebuildStanding struct {
	Serving          int      `json:"serving"`
	Previous         int      `json:"previous"`
	Building         int      `json:"building"`
	Paused           bool     `json:"paused"`
	Projected        uint64   `json:"projected,string"`
	Head             uint64   `json:"head,string"`
	EstimatedSeconds *float64 `json:"estimated_seconds"`
}

func (s rebuildStanding) print(w io.Writer) {
	fmt.Fprintf(w, "serving 使用中\tset 第 %d 套\n", s.Serving)
	if s.Previous > 0 {
		fmt.Fprintf(w, "before 上一套\tset 第 %d 套 (roll-back 可退回, retire 可清除)\n", s.Previous)
	}
	if s.Building > 0 {
		fmt.Fprintf(w, "building 重建中\tset 第 %d 套, %s\n", s.Building, s.progress())
	}
}

func (s rebuildStanding) progress() string {
	text := fmt.Sprintf("%d of %d events 条", s.Projected, s.Head)
	if s.Head > 0 {
		text += fmt.Sprintf(" (%d%%)", min(100, 100*s.Projected/s.Head))
	}
	switch {
	case s.Paused:
		return text + ", paused 已暂停"
	case s.EstimatedSeconds != nil:
		return text + fmt.Sprintf(", about 约 %.0f s left 剩余", *s.EstimatedSeconds)
	}
	return text
}

// directRebuild says one thing to the rebuild, or only asks.
func directRebuild(cmd *cobra.Command, what string) error {
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	var s rebuildStanding
	if what == "status" {
		err = c.Get(cmd.Context(), "/api/v1/rebuild", &s)
	} else {
		err = c.Tell(cmd.Context(), "/api/v1/rebuild/"+what, uuid.NewString(), struct{}{}, &s)
	}
	if err != nil {
		return err
	}
	s.print(cmd.OutOrStdout())
	return nil
}

func rebuild(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	var s rebuildStanding
	if err := c.Tell(cmd.Context(), "/api/v1/rebuild", uuid.NewString(), map[string]string{"reason": k.String("reason")}, &s); err != nil {
		return err
	}
	if k.Bool("detach") {
		s.print(cmd.OutOrStdout())
		return nil
	}
	return awaitRebuild(cmd.Context(), cmd.OutOrStdout(), s.Building, func(ctx context.Context) (s rebuildStanding, err error) {
		err = c.Get(ctx, "/api/v1/rebuild", &s)
		return s, err
	})
}

// awaitRebuild shows how far a set is until it serves.
func awaitRebuild(ctx context.Context, out io.Writer, set int, ask func(context.Context) (rebuildStanding, error)) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	said := ""
	for {
		s, err := ask(ctx)
		switch {
		case err != nil:
			return err
		case s.Serving == set:
			fmt.Fprintf(out, "set %d serves; `careledger rebuild roll-back` returns to set %d / 第 %d 套已启用，roll-back 可退回第 %d 套\n", set, s.Previous, set, s.Previous)
			return nil
		case s.Building != set:
			return exitError{exitDiffers, errors.New("the rebuild was given up / 重建已被放弃")}
		}
		if text := s.progress(); text != said {
			said = text
			fmt.Fprintln(out, text)
		}
		select {
		case <-ctx.Done():
			fmt.Fprintln(out, "the rebuild goes on; `careledger rebuild status` shows how far it is / 重建仍在进行，可用 rebuild status 查看")
			return nil
		case <-tick.C:
		}
	}
}
