package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/feasibility"
)

func newPlanCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Check a plan file, ask whether a plan can be met, and adopt targets of areas",
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPlanCheckCommand(), newFeasibilityCommand(), newTargetsCommand(), newTargetCommand(), newAllotCommand())
	return cmd
}

func newPlanCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Say all that is wrong with a plan file, by line",
		Long: `Reads a plan file (JSON) and says what keeps it from being used, each with its line and column, and what looks odd but is
stated by the plan itself (warnings). Exit code 4 where something must be mended, 0 with warnings or without.`,
		Example: "  careledger plan check plan.json --areas areas.csv\n  careledger plan check plan.json -o json",
		Args:    oneFile,
		RunE:    func(cmd *cobra.Command, args []string) error { return checkPlan(cmd, args[0]) },
	}
	cmd.Flags().String("areas", "", "the area table (CSV) that the plan is for; empty: Wenshan's of 2021")
	cmd.Flags().StringP("output", "o", "text", "text or json")
	return cmd
}

// oneFile takes the name of one file.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return exitError{exitUsage, fmt.Errorf("give one FILE: `%s --help` shows how / 请给出一个文件", cmd.CommandPath())}
}

// problemLine is a problem of a plan file on the wire.
type problemLine struct {
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Warning  bool   `json:"warning"`
	Code     string `json:"code"`
	Pointer  string `json:"pointer"`
	Detail   string `json:"detail"`
	DetailZh string `json:"detail_zh"`
}

func checkPlan(cmd *cobra.Command, path string) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	problems, err := app.CheckPlan(path, k.String("areas"))
	if err != nil {
		return exitError{exitUsage, err}
	}
	lines, wrong := []problemLine{}, 0
	for _, p := range problems {
		lines = append(lines, problemLine{p.Line, p.Column, p.Warning, p.Code, p.Pointer, p.English, p.Chinese})
		if !p.Warning {
			wrong++
		}
	}
	out := cmd.OutOrStdout()
	switch k.String("output") {
	case "json":
		err = writeJSON(out, map[string]any{"problems": lines})
	case "text":
		for _, l := range lines {
			fmt.Fprintf(out, "%s:%d:%d: %s%s / %s (%s)\n", path, l.Line, l.Column, map[bool]string{true: "warning 提示: ", false: ""}[l.Warning], l.Detail, l.DetailZh, l.Code)
		}
	default:
		return exitError{exitUsage, errors.New("--output: write text or json / 请写 text 或 json")}
	}
	switch {
	case err != nil:
		return err
	case wrong > 0:
		return exitError{exitDiffers, fmt.Errorf("%d %s in the plan must be mended / 规划文件有 %d 处须改正", wrong, map[bool]string{true: "thing", false: "things"}[wrong == 1], wrong)}
	case k.String("output") == "text":
		fmt.Fprintln(out, "the plan can be used / 规划可以使用")
	}
	return nil
}

func newFeasibilityCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "feasibility [FILE]",
		Short: "Say what in a plan cannot be true together, with the numbers",
		Long: `Holds a plan's figures, forecasts, yearly steps, targets and sentences against each other, and says what cannot be true
together. Without FILE it asks a server for the plan in force. Exit code 4 where there is a contradiction.`,
		Example: "  careledger plan feasibility\n  careledger plan feasibility plan.json -o json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return oneFile(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return showFeasibility(cmd, args) },
	}
	clientFlags(cmd)
	cmd.Flags().StringP("output", "o", "text", "text or json")
	return cmd
}

func showFeasibility(cmd *cobra.Command, args []string) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	output := k.String("output")
	if output != "text" && output != "json" {
		return exitError{exitUsage, errors.New("--output: write text or json / 请写 text 或 json")}
	}
	var found struct {
		Items []feasibility.Finding `json:"items"`
	}
	if len(args) > 0 {
		p, err := readPlanFile(args[0])
		if err != nil {
			return exitError{exitUsage, err}
		}
		found.Items = feasibility.Check(p)
	} else {
		c, err := newClient(cmd)
		if err != nil {
			return err
		}
		c.Patience = questionPatience
		if err := c.Get(cmd.Context(), "/api/v1/plan/feasibility", &found); err != nil {
			return err
		}
	}
	out := cmd.OutOrStdout()
	if output == "json" {
		if err := writeJSON(out, found); err != nil {
			return err
		}
	} else {
		for _, f := range found.Items {
			fmt.Fprintf(out, "%s\t%s\n  %s\n  %s\n", f.Rule, strings.Join(f.Codes, " "), f.Text.Zh, f.Text.En)
		}
	}
	if n := len(found.Items); n > 0 {
		return exitError{exitDiffers, fmt.Errorf("the plan contradicts itself in %d places / 规划有 %d 处自相矛盾", n, n)}
	}
	return nil
}

func readPlanFile(path string) (*plan.Plan, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := plan.Read(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w; `careledger plan check` says where / 请先用 careledger plan check 检查", path, err)
	}
	return p, nil
}

func writeJSON(out io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	_, err = out.Write(append(text, '\n'))
	return err
}
