package main

import (
	"encoding/json"
	"errors"
	"fmt"
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
would have been off in the months that are known. Where the months cannot carry a forecast it says why.`,
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
	f.String("area", "532600", "area code")
	f.String("level", "self", "self, county or township")
	f.String("variant", "", "official when empty")
	f.String("until", "", "the last month that enters, 2022-11; empty: the newest with records")
	f.StringP("output", "o", "table", "table, json or csv")
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
	if k.String("output") != "json" {
		named := namesOf(cmd.Context(), c)
		for i := range answer.Items {
			answer.Items[i].areaName = named.of(answer.Items[i].Area)
		}
	}
	return writeLines(cmd.OutOrStdout(), k.String("output"), raw, forecastHeader, answer.Items)
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
	silent := ""
	if l.Silent != nil {
		silent = l.Silent.Chinese + " / " + l.Silent.English
	}
	line := []string{
		l.Code, l.Variant, l.Area, l.areaName, l.HistoryUntil, l.Deadline, l.Unit, number(l.Value), number(l.Low), number(l.High), number(l.Target),
		number(l.Probability), number(l.Pace), number(l.PaceNeeded), l.ReachedIn,
	}
	return append(append(line, tested...), l.Position, silent)
}
