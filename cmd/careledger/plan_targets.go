package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/words"
)

func newTargetsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "targets",
		Short:   "List the targets that were adopted, revised and withdrawn for areas",
		Example: "  careledger plan targets --area 532601",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return listTargets(cmd) },
	}
	clientFlags(cmd)
	cmd.Flags().String("area", "", "an area and those below it; empty: all")
	return cmd
}

func listTargets(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	var found struct {
		Items []plan.AreaTarget `json:"items"`
	}
	if err := c.Get(cmd.Context(), "/api/v1/plan/targets?"+url.Values{"area": {k.String("area")}}.Encode(), &found); err != nil {
		return err
	}
	named, lines := namesOf(cmd.Context(), c), [][]string{{"code", "target", "area", "area_name", "value", "effective_on", "recorded_at", "reason"}}
	for _, t := range found.Items {
		value := words.Exactly(t.Value)
		if t.Withdrawn {
			value = "withdrawn 撤销"
		}
		lines = append(lines, []string{t.Code, t.Target, t.Of, named.of(t.Of), value, t.EffectiveOn.String(), t.RecordedAt.Format(time.RFC3339), t.Reason})
	}
	return aligned(cmd.OutOrStdout(), lines)
}

func newTargetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "target",
		Short: "Adopt, revise or withdraw a target of an area",
		Example: `  careledger plan target --code elder-beds --area 532601 --value 3650 --from 2022-01-01 --reason "allotted by population"
  careledger plan target --code elder-beds --area 532601 --withdraw --from 2024-01-01`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return sayTarget(cmd) },
	}
	clientFlags(cmd)
	f := cmd.Flags()
	f.String("code", "", "the indicator's code")
	f.String("target", "", "the id among the indicator's targets; empty: the official one")
	f.String("area", "", "the area that the target is for")
	f.Float64("value", 0, "in the indicator's unit")
	f.Bool("withdraw", false, "the area has the target no more")
	f.String("from", "", "in force for periods that end on this day or later (YYYY-MM-DD)")
	f.String("reason", "", "why, kept in the log; at most 500 characters")
	return cmd
}

func sayTarget(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	if !k.Bool("withdraw") && !cmd.Flags().Changed("value") {
		return exitError{exitUsage, errors.New("give --value, or --withdraw / 请给出 --value 或 --withdraw")}
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	body := map[string]any{"code": k.String("code"), "area": k.String("area"), "effective_on": k.String("from"), "reason": k.String("reason")}
	if t := k.String("target"); t != "" {
		body["target"] = t
	}
	kind := "withdraw-target"
	if !k.Bool("withdraw") {
		kind, body["value"] = "set-target", k.Float64("value")
	}
	return sayTargets(cmd, c, []map[string]any{{"key": uuid.NewString(), "type": kind, "body": body}})
}

// sayTargets sends commands in one batch; each is taken or refused for itself.
func sayTargets(cmd *cobra.Command, c *client.Client, commands []map[string]any) error {
	var answer struct {
		Results []struct {
			Status  string          `json:"status"`
			Problem *client.Problem `json:"problem"`
		} `json:"results"`
	}
	if err := c.Post(cmd.Context(), "/api/v1/commands", map[string]any{"commands": commands}, &answer); err != nil {
		return err
	}
	taken := 0
	var refused []error
	for i, r := range answer.Results {
		switch {
		case r.Problem == nil:
			taken++
		case r.Problem.Code == plan.ErrSameTarget.Code && len(commands) > 1: // an allotment that changes some areas only
		default:
			refused = append(refused, fmt.Errorf("%v: %w", commands[i]["body"].(map[string]any)["area"], r.Problem))
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d targets are in the log / 已记入 %d 项目标\n", taken, taken)
	if len(refused) > 0 {
		return exitError{exitUsage, errors.Join(refused...)}
	}
	return nil
}

func newAllotCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "allot",
		Short: "Share a count's target out over the areas, by the plan's rule, and adopt the parts",
		Long: `Shows each area's part of a target: by what is reported of its people, with the areas that the plan names above the average.
The parts are whole numbers and add up to the target. --factor adjusts an area; --adopt records the parts as its targets.`,
		Example: `  careledger plan allot --code elder-beds
  careledger plan allot --code elder-beds --factor 532623:1.05 --adopt --from 2022-01-01`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return allot(cmd) },
	}
	clientFlags(cmd)
	f := cmd.Flags()
	f.String("code", "", "the indicator's code")
	f.String("factor", "", "how far areas stand above (1.2) or below (0.9) the average: 532601:1.2,532622:1.1")
	f.Bool("adopt", false, "record the parts as targets of the areas")
	f.String("from", "", "with --adopt: in force for periods that end on this day or later (YYYY-MM-DD)")
	f.StringP("output", "o", "table", "table or json")
	return cmd
}

func allot(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	output := k.String("output")
	if output != "table" && output != "json" {
		return exitError{exitUsage, errors.New("--output: write table or json / 请写 table 或 json")}
	}
	if _, err := calendar.ParseDay(k.String("from")); k.Bool("adopt") && err != nil {
		return exitError{exitUsage, errors.New("--from: give the day from which the parts are in force, YYYY-MM-DD / 请写明生效日期")}
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	var a indicators.Allotted
	if err := c.Get(cmd.Context(), "/api/v1/plan/allotment?"+url.Values{"code": {k.String("code")}, "factors": {k.String("factor")}}.Encode(), &a); err != nil {
		return err
	}
	if output == "json" {
		err = writeJSON(cmd.OutOrStdout(), a)
	} else {
		err = allotmentTable(cmd.OutOrStdout(), a, namesOf(cmd.Context(), c))
	}
	if err != nil || !k.Bool("adopt") {
		return err
	}
	var commands []map[string]any
	for _, p := range a.Parts {
		commands = append(commands, map[string]any{"key": uuid.NewString(), "type": "set-target", "body": map[string]any{
			"code": a.Code, "target": a.Target, "area": p.Area, "value": p.Value, "effective_on": k.String("from"), "reason": "allotted by " + a.By + strings.TrimRight(" "+k.String("factor"), " "),
		}})
	}
	return sayTargets(cmd, c, commands)
}

func allotmentTable(out io.Writer, a indicators.Allotted, named names) error {
	perThousand := func(share float64) string { return strconv.FormatFloat(share*1000, 'f', 2, 64) }
	lines := [][]string{{"area", "area_name", a.By, "target", "per 1,000", "average"}}
	for _, p := range a.Parts {
		lines = append(lines, []string{p.Area, named.of(p.Area), words.Number(p.People, 0), words.Number(p.Value, 0), perThousand(p.PerHead), perThousand(p.Average)})
	}
	return aligned(out, append(lines, []string{"sum 合计", "", "", words.Number(a.Whole, 0)}))
}
