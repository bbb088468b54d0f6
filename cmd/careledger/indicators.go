package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/domain/calendar"
)

// questionPatience is how long a question waits for a server that is just starting.
const questionPatience = 3 * time.Second

func newIndicatorsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "indicators",
		Short: "Show the indicators of an area and period",
		Example: `  careledger indicators
  careledger indicators --area 532601 --period 2022-11 -o json
  careledger indicators --level county --code monthly-visit-rate
  careledger indicators --period 2022-11 --known-at 2022-12-05 -o csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return showIndicators(cmd) },
	}
	clientFlags(cmd)
	f := cmd.Flags()
	f.String("area", "", "area code, as careledger areas lists them; empty: the whole prefecture")
	f.String("period", "", "2022-11, 2022-Q4, 2022, SY2022 or MCH2022; empty: the newest month with records")
	f.String("level", "self", "self, county or township")
	f.String("code", "", "only these indicators, by commas")
	f.String("known-at", "", "only what was recorded until then counts: a day to its end in Beijing time (2022-12-05), or an instant with its own zone (2022-12-05T18:00:00+08:00)")
	f.StringP("output", "o", "table", "table, json or csv")
	cmd.AddCommand(newForecastCommand(), newRecordsCommand(), newDiffCommand())
	return cmd
}

// cellLine is a cell as the API answers it, as far as a table shows it.
type cellLine struct {
	Code        string   `json:"code"`
	Area        string   `json:"area"`
	Period      string   `json:"period"`
	Value       *float64 `json:"value"`
	Unit        string   `json:"unit"`
	Numerator   *float64 `json:"numerator"`
	Denominator *float64 `json:"denominator"`
	Definition  struct {
		Variant string `json:"variant"`
		Version int    `json:"version"`
	} `json:"definition"`
	Target *struct {
		Value float64 `json:"value"`
	} `json:"target"`
	Expected *float64 `json:"expected"`
	Status   string   `json:"status"`
	Position string   `json:"position"`
	Complete bool     `json:"complete"`

	areaName string
}

func showIndicators(cmd *cobra.Command) error {
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
	for _, name := range []string{"area", "period", "level", "code"} {
		if v := k.String(name); v != "" {
			q.Set(name, v)
		}
	}
	if v := k.String("known-at"); v != "" {
		q.Set("known_at", v)
	}
	var raw []byte
	if err := c.Get(cmd.Context(), "/api/v1/indicators?"+q.Encode(), &raw); err != nil {
		return asked(err)
	}
	var answer struct {
		Items    []cellLine `json:"items"`
		Frontier uint64     `json:"frontier,string"`
		Head     uint64     `json:"head,string"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	if answer.Frontier < answer.Head && !q.Has("known_at") {
		fmt.Fprintf(cmd.ErrOrStderr(), "counted up to %d of %d; the numbers follow / 已统计至第 %d 条，共 %d 条；数字随后更新\n",
			answer.Frontier, answer.Head, answer.Frontier, answer.Head)
	}
	sayNotBegun(cmd, k.String("period"))
	if k.String("output") != "json" {
		named := namesOf(cmd.Context(), c)
		for i := range answer.Items {
			answer.Items[i].areaName = named.of(answer.Items[i].Area)
		}
	}
	if k.String("output") == "table" {
		written := decimalsOf(cmd.Context(), c)
		for i := range answer.Items {
			answer.Items[i] = written.rounded(answer.Items[i])
		}
	}
	return writeLines(cmd.OutOrStdout(), k.String("output"), raw, header, answer.Items)
}

// sayNotBegun says of a period that is still to come why it has no numbers.
func sayNotBegun(cmd *cobra.Command, period string) {
	p, err := calendar.ParsePeriod(period)
	if err == nil && p.First > calendar.DayOf(time.Now()) {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s has not begun: there are no numbers yet, only what is expected / %s 尚未开始：还没有数字，只有应达值\n", p, p)
	}
}

// asked is the error of a question: one that cannot be asked is a wrong use.
func asked(err error) error {
	var refused *client.Problem
	if errors.As(err, &refused) && slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity}, refused.Status) {
		return exitError{exitUsage, err}
	}
	return err
}

// tableLine is a line of a table; number writes its numbers.
type tableLine interface {
	fields(number func(*float64) string) []string
}

// writeLines shows an answer in the form that was asked for.
func writeLines[L tableLine](out io.Writer, form string, raw []byte, header []string, items []L) error {
	switch form {
	case "json":
		_, err := out.Write(append(raw, '\n'))
		return err
	case "csv":
		return asCSV(out, header, items)
	case "table":
		return asTable(out, header, items)
	}
	return exitError{exitUsage, errors.New("--output: write table, json or csv / 请写 table、json 或 csv")}
}

var header = []string{"code", "variant", "area", "area_name", "period", "value", "unit", "numerator", "denominator", "target", "expected", "status", "complete", "position"}

func (l cellLine) fields(number func(*float64) string) []string {
	var target *float64
	if l.Target != nil {
		target = &l.Target.Value
	}
	return []string{
		l.Code, l.Definition.Variant, l.Area, l.areaName, l.Period, number(l.Value), l.Unit, number(l.Numerator), number(l.Denominator),
		number(target), number(l.Expected), l.Status, strconv.FormatBool(l.Complete), l.Position,
	}
}

func asCSV[L tableLine](out io.Writer, header []string, items []L) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	lines := [][]string{header}
	for _, l := range items {
		lines = append(lines, l.fields(func(v *float64) string {
			if v == nil {
				return ""
			}
			return strconv.FormatFloat(*v, 'f', -1, 64)
		}))
	}
	return w.WriteAll(lines)
}

func asTable[L tableLine](out io.Writer, header []string, items []L) error {
	lines := [][]string{header}
	for _, l := range items {
		lines = append(lines, l.fields(func(v *float64) string {
			if v == nil {
				return "-"
			}
			return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(*v, 'f', 4, 64), "0"), ".")
		}))
	}
	return aligned(out, lines)
}
