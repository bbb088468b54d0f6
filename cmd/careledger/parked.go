package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
)

func newParkedCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "parked",
		Short: "List the events that could not be counted, and have them tried again",
		Long: `Lists the events that the projector could not fold: their ledger number, type, area, month, since which month and in
which areas numbers may be wrong on their account (those say complete: false), and why. Exit code 4 where there is one.`,
		Example: "  careledger parked\n  careledger parked -o json\n  careledger parked replay\n  careledger parked replay 70124 70130",
		RunE:    func(cmd *cobra.Command, _ []string) error { return listParked(cmd) },
	}
	clientFlags(cmd)
	cmd.Flags().StringP("output", "o", "table", "table or json")
	cmd.AddCommand(newReplayCommand())
	return cmd
}

func newReplayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay [NUMBER…]",
		Short: "Try parked events again: all of them, or those with these ledger numbers",
		Long: `Asks the projector to read parked events from the log again and to count those that this build can count; cells that
were incomplete on their account become complete. It may be repeated. Exit code 4 where one stays parked.`,
		Example: "  careledger parked replay\n  careledger parked replay 70124 70130",
		Args:    cobra.ArbitraryArgs,
		RunE:    replayParked,
	}
	clientFlags(cmd)
	return cmd
}

// parkedPage is a page of parked events as the API answers it.
type parkedPage struct {
	Items []json.RawMessage `json:"items"`
	Next  string            `json:"next"`
}

type parkedLine struct {
	Number   string   `json:"number"`
	Type     string   `json:"type"`
	Area     string   `json:"area"`
	Occurred string   `json:"occurred"`
	Areas    []string `json:"areas"`
	Since    string   `json:"since"`
	Reason   string   `json:"reason"`
	Panic    string   `json:"panic"`
	Stack    []string `json:"stack"`
}

func listParked(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	output := k.String("output")
	if output != "table" && output != "json" {
		return exitError{exitUsage, errors.New("--output: write table or json / 请写 table 或 json")}
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	all := []json.RawMessage{}
	for page := (parkedPage{Next: "first"}); page.Next != ""; {
		q := url.Values{"limit": {"200"}}
		if len(all) > 0 {
			q.Set("cursor", page.Next)
		}
		page = parkedPage{}
		if err := c.Get(cmd.Context(), "/api/v1/parked?"+q.Encode(), &page); err != nil {
			return err
		}
		all = append(all, page.Items...)
	}
	if err := writeParked(cmd.Context(), cmd.OutOrStdout(), c, output, all); err != nil || len(all) == 0 {
		return err
	}
	return exitError{exitDiffers, fmt.Errorf("%d events are parked: cells that they may touch are incomplete; `careledger parked replay` tries them again / 有 %d 条事件被搁置，相关数字不完整；可用 careledger parked replay 重放", len(all), len(all))}
}

func writeParked(ctx context.Context, out io.Writer, c *client.Client, output string, all []json.RawMessage) error {
	if output == "json" {
		return json.NewEncoder(out).Encode(map[string]any{"items": all})
	}
	named, lines := namesOf(ctx, c), [][]string{{"number 编号", "type 类型", "area 区划", "occurred 发生月份", "touches 涉及", "since 起", "reason 原因"}}
	for _, raw := range all {
		var l parkedLine
		if err := json.Unmarshal(raw, &l); err != nil {
			return fmt.Errorf("the answer cannot be read: %w", err)
		}
		for i, code := range l.Areas {
			l.Areas[i] = named.with(code)
		}
		touches := strings.Join(l.Areas, ", ")
		if touches == "" {
			touches = "all 全部"
		}
		lines = append(lines, []string{l.Number, l.Type, dash(named.with(l.Area)), dash(l.Occurred), touches, dash(l.Since), l.why()})
	}
	return aligned(out, lines)
}

// why is the reason, and the innermost frame of a fold that broke.
func (l parkedLine) why() string {
	why := l.Reason
	if l.Panic != "" {
		why += " " + l.Panic
	}
	if len(l.Stack) > 0 {
		why += " " + l.Stack[0]
	}
	return why
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func replayParked(cmd *cobra.Command, args []string) error {
	for _, number := range args {
		if _, err := strconv.ParseUint(number, 10, 64); err != nil {
			return exitError{exitUsage, errors.New("write ledger numbers, as `careledger parked` lists them / 请写台账编号，可用 careledger parked 列出")}
		}
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = 0 // the server waits for the projector by itself
	body := map[string][]string{}
	if len(args) > 0 {
		body["numbers"] = args
	}
	var r struct{ Asked, Counted, Parked, Waiting uint64 }
	err = c.Post(cmd.Context(), "/api/v1/parked/replay", body, &r)
	var refused *client.Problem
	switch {
	case errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusUnprocessableEntity):
		return exitError{exitUsage, err} // what was asked for is not parked
	case err != nil:
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d asked for, %d counted now, %d still parked, %d waiting / 请求 %d，已计入 %d，仍搁置 %d，等待 %d\n",
		r.Asked, r.Counted, r.Parked, r.Waiting, r.Asked, r.Counted, r.Parked, r.Waiting)
	if left := r.Parked + r.Waiting; left > 0 {
		return exitError{exitDiffers, fmt.Errorf("%d events are not counted: `careledger parked` says why / 有 %d 条事件仍未计入，可用 careledger parked 查看原因", left, left)}
	}
	return nil
}
