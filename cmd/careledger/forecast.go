package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

func newForecastCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "forecast CODE",
		Short: "Say where an indicator will stand at its deadline, if it goes on as it has",
		Long: `Forecasts an indicator from its complete months: the value at the deadline, the interval in which it lies in four cases of
five, the probability of reaching the target, the monthly pace so far and the one that is needed, and how far the same
would have been off in the months that are known. Where the months cannot carry a forecast it says why.

The table holds the most needed columns; --wide, json and csv hold all:
  history_until              the last month that entered
  value, low, high           at the deadline; four cases of five lie within low to high
  probability                of reaching the target, 0 to 1; in the short table as chance
  pace, pace_needed          a month: so far, and from now on to reach the target
  reached_in                 the month that reaches the target
  test_mae, test_coverage    how far earlier forecasts were off on average, and the share of them within their interval
  test_ahead, test_months    how many months ahead they looked, and how many were tested
  position                   the ledger number counted up to
  silent                     why there is no forecast; in the short table as why_none`,
		Example: `  careledger indicators forecast monthly-visit-rate
  careledger indicators forecast elder-beds --level county -o json
  careledger indicators forecast nursing-bed-share --variant operating --area 532601 --until 2022-11`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return exitError{exitUsage, errors.New("name one indicator, such as elder-beds; `careledger indicators` lists them / 请给出一个指标代码，careledger indicators 列出全部")}
		},
		RunE: func(cmd *cobra.Command, args []string) error { return showForecast(cmd, args[0]) },
	}
	clientFlags(cmd)
	f := cmd.Flags()
	f.String("area", "", "area code, as careledger areas lists them; empty: the whole prefecture")
	f.String("level", "self", "self, county or township")
	f.String("variant", "", "official when empty")
	f.String("until", "", "the last month that enters, 2022-11; empty: the newest with records")
	f.StringP("output", "o", "table", "table, json or csv")
	f.Bool("wide", false, "a table of all columns")
	return cmd
}

// forecastLine is a forecast as the API answers it.
type forecastLine struct {
	Code        string   `json:"code"`
	Area        string   `json:"area"`
	Variant     string   `json:"variant"`
	Unit        string   `json:"unit"`
	Deadline    string   `json:"deadline"`
	Target      *float64 `json:"target"`
	Value       *float64 `json:"value"`
	Low         *float64 `json:"low"`
	High        *float64 `json:"high"`
	Probability *float64 `json:"probability"`
	Pace        *float64 `json:"pace"`
	PaceNeeded  *float64 `json:"pace_needed"`
	ReachedIn   string   `json:"reached_in"`
	BackTest    *struct {
		Months   int     `json:"months"`
		Ahead    int     `json:"ahead"`
		MAE      float64 `json:"mae"`
		Coverage float64 `json:"coverage"`
	} `json:"back_test"`
	Silent *struct {
		Chinese string `json:"zh"`
		English string `json:"en"`
	} `json:"silent"`
	HistoryUntil string `json:"history_until"`
	Position     string `json:"position"`

	areaName string
}

func showForecast(cmd *cobra.Command, code string) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	q := url.Values{}
	for _, name := range []string{"area", "level", "variant", "until"} {
		if v := k.String(name); v != "" {
			q.Set(name, v)
		}
	}
	var raw []byte
	if err := c.Get(cmd.Context(), "/api/v1/indicators/"+url.PathEscape(code)+"/forecast?"+q.Encode(), &raw); err != nil {
		return asked(err)
	}
	var answer struct {
		Items []forecastLine `json:"items"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	sayNotBegun(cmd, k.String("until"))
	if k.String("output") != "json" {
		named := namesOf(cmd.Context(), c)
		for i := range answer.Items {
			answer.Items[i].areaName = named.of(answer.Items[i].Area)
		}
	}
	if k.String("output") == "table" && !k.Bool("wide") {
		return fewColumns(cmd.OutOrStdout(), answer.Items, decimalsOf(cmd.Context(), c))
	}
	return writeLines(cmd.OutOrStdout(), k.String("output"), raw, forecastHeader, answer.Items)
}

// fewColumns shows what most are after, and says below what it means.
func fewColumns(out io.Writer, items []forecastLine, written decimals) error {
	lines := [][]string{{"area", "area_name", "deadline", "unit", "target", "value", "low", "high", "chance", "reached_in", "why_none"}}
	for _, l := range items {
		number := func(v *float64) string {
			if n, known := written[[2]string{l.Code, l.Variant}]; known {
				v = round(v, n)
			}
			return amountText(v)
		}
		lines = append(lines, []string{
			l.Area, l.areaName, dash(l.Deadline), l.Unit, amountText(l.Target), number(l.Value), number(l.Low), number(l.High), chance(l.Probability), dash(l.ReachedIn), l.why(),
		})
	}
	if err := aligned(out, lines); err != nil {
		return err
	}
	_, err := fmt.Fprint(out, `
value: at the deadline, if it goes on as it has; four cases of five lie within low to high. chance: of reaching the target.
reached_in: the month that reaches it. --wide: the pace, and how earlier forecasts did; --help explains each column.
value 为照此步伐到期限时的预计值，八成把握在 low 与 high 之间；chance 为达到目标的可能性；reached_in 为达到目标的月份；--wide 显示全部列。
`)
	return err
}

// chance writes a probability; none is certain.
func chance(p *float64) string {
	switch {
	case p == nil:
		return "-"
	case *p < 0.01:
		return "<1%"
	case *p > 0.99:
		return ">99%"
	}
	return fmt.Sprintf("%.0f%%", *p*100)
}

// why says why there is no forecast; empty where there is one.
func (l forecastLine) why() string {
	if l.Silent == nil {
		return ""
	}
	return l.Silent.Chinese + " / " + l.Silent.English
}

var forecastHeader = []string{
	"code", "variant", "area", "area_name", "history_until", "deadline", "unit", "value", "low", "high", "target", "probability", "pace", "pace_needed",
	"reached_in", "test_mae", "test_coverage", "test_ahead", "test_months", "position", "silent",
}

func (l forecastLine) fields(number func(*float64) string) []string {
	tested := []string{number(nil), number(nil), number(nil), number(nil)}
	if t := l.BackTest; t != nil {
		tested = []string{number(&t.MAE), number(&t.Coverage), strconv.Itoa(t.Ahead), strconv.Itoa(t.Months)}
	}
	line := []string{
		l.Code, l.Variant, l.Area, l.areaName, l.HistoryUntil, l.Deadline, l.Unit, number(l.Value), number(l.Low), number(l.High), number(l.Target),
		number(l.Probability), number(l.Pace), number(l.PaceNeeded), l.ReachedIn,
	}
	return append(append(line, tested...), l.Position, l.why())
}
