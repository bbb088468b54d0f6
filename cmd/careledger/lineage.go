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
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
)

func newRecordsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "records CODE",
		Short: "List who or what is behind an indicator's number",
		Long: `Lists everybody and everything that an indicator's number counts: in its numerator, in its denominator only, and left out
with the reason; what the lines add up to is the number. Names are shown to those who may see the area's people. -o json
has the events behind each line; csv and table name their ledger numbers.`,
		Example: `  careledger indicators records monthly-visit-rate --area 532601001 --period 2022-11
  careledger indicators records monthly-visit-rate --area 532601 --role excluded -o csv
  careledger indicators records elder-beds --known-at 2022-12-05 -o json`,
		Args: oneCode,
		RunE: func(cmd *cobra.Command, args []string) error {
			return showLineage(cmd, args[0], "records", recordLines)
		},
	}
	cellFlags(cmd)
	cmd.Flags().String("role", "", "only numerator, denominator (those in the denominator only) or excluded")
	return cmd
}

func newDiffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff CODE",
		Short: "List what makes an indicator's number differ from what was known earlier, or from another period",
		Example: `  careledger indicators diff monthly-visit-rate --period 2022-11 --against-known-at 2022-12-05
  careledger indicators diff elder-beds --area 532601 --period 2022-11 --against-period 2022-10 -o csv`,
		Args: oneCode,
		RunE: func(cmd *cobra.Command, args []string) error { return showLineage(cmd, args[0], "diff", diffLines) },
	}
	cellFlags(cmd)
	cmd.Flags().String("against-known-at", "", "compare with what had been recorded until then: a day to its end in Beijing time (2022-12-05), or an instant with its own zone (2022-12-05T18:00:00+08:00)")
	cmd.Flags().String("against-period", "", "compare with this period")
	return cmd
}

func cellFlags(cmd *cobra.Command) {
	clientFlags(cmd)
	f := cmd.Flags()
	f.String("area", "", "area code, as careledger areas lists them; empty: the whole prefecture")
	f.String("period", "", "2022-11, 2022-Q4, 2022, SY2022 or MCH2022; empty: the newest month with records")
	f.String("known-at", "", "only what was recorded until then counts: a day to its end in Beijing time (2022-12-05), or an instant with its own zone (2022-12-05T18:00:00+08:00)")
	f.String("variant", "", "the definition's variant; empty: official")
	f.StringP("output", "o", "table", "table, json or csv")
}

func oneCode(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return exitError{exitUsage, fmt.Errorf("name one indicator by its code: `%s monthly-visit-rate`; `careledger indicators` lists them / 请给出一个指标代码，careledger indicators 列出全部", cmd.CommandPath())}
}

// lineagePage is a page of rows as the API answers it. Cell and Against are the numbers they are behind.
type lineagePage struct {
	Items   []json.RawMessage `json:"items"`
	Next    string            `json:"next"`
	Totals  json.RawMessage   `json:"totals"`
	Cell    json.RawMessage   `json:"cell"`
	Against json.RawMessage   `json:"against"`
}

// columns turns a page's items into lines of a table, below a header.
type columns struct {
	header []string
	of     func(item json.RawMessage) ([]string, error)
}

// showLineage writes every page as it comes.
func showLineage(cmd *cobra.Command, code, what string, l columns) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	c, err := newClient(cmd)
	if err != nil {
		return err
	}
	c.Patience = questionPatience
	write, err := lineageWriter(cmd.OutOrStdout(), k.String("output"), l, func() decimals { return decimalsOf(cmd.Context(), c) })
	if err != nil {
		return err
	}
	sayNotBegun(cmd, k.String("period"))
	q := url.Values{"limit": {"200"}}
	for _, name := range []string{"area", "period", "known-at", "variant", "role", "against-known-at", "against-period"} {
		if v := k.String(name); v != "" && cmd.Flags().Lookup(name) != nil {
			q.Set(strings.ReplaceAll(name, "-", "_"), v)
		}
	}
	for first := true; first || q.Get("cursor") != ""; first = false {
		var page lineagePage
		err = c.Get(cmd.Context(), "/api/v1/indicators/"+url.PathEscape(code)+"/"+what+"?"+q.Encode(), &page)
		var refused *client.Problem
		switch {
		case errors.As(err, &refused) && slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity}, refused.Status):
			return exitError{exitUsage, err} // what was asked for cannot be
		case err != nil:
			return err
		}
		if err := write(page, first); err != nil {
			return err
		}
		if first && q.Get("period") == "" { // the newest month stays the one it was
			q.Set("period", periodOf(page.Cell))
		}
		q.Set("cursor", page.Next)
	}
	return nil
}

func periodOf(cell json.RawMessage) string {
	var c struct{ Period string }
	_ = json.Unmarshal(cell, &c) // a cell that cannot be read has no period
	return c.Period
}

// lineageWriter writes pages in a form; the last one has no next.
func lineageWriter(out io.Writer, form string, l columns, written func() decimals) (func(p lineagePage, first bool) error, error) {
	switch form {
	case "json":
		return func(p lineagePage, first bool) error { return writeJSONPage(out, p, first) }, nil
	case "csv":
		w := csv.NewWriter(out)
		return func(p lineagePage, first bool) error {
			if first {
				if _, err := io.WriteString(out, "\ufeff"); err != nil {
					return err
				}
				if err := w.Write(l.header); err != nil {
					return err
				}
			}
			return l.each(p, w.Write, w.Flush)
		}, nil
	case "table":
		w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		line := func(fields []string) error {
			_, err := fmt.Fprintln(w, strings.Join(fields, "\t"))
			return err
		}
		return func(p lineagePage, first bool) error {
			if first {
				if err := summary(out, p, written()); err != nil {
					return err
				}
				if err := line(l.header); err != nil {
					return err
				}
			}
			return l.each(p, line, func() { _ = w.Flush() }) // writing to it fails again
		}, nil
	}
	return nil, exitError{exitUsage, errors.New("--output: write table, json or csv / 请写 table、json 或 csv")}
}

func (l columns) each(p lineagePage, write func([]string) error, flush func()) error {
	for _, item := range p.Items {
		fields, err := l.of(item)
		if err != nil {
			return fmt.Errorf("the answer cannot be read: %w", err)
		}
		if err := write(fields); err != nil {
			return err
		}
	}
	flush()
	return nil
}

// writeJSONPage writes one document over all pages.
func writeJSONPage(out io.Writer, p lineagePage, first bool) error {
	text := strings.Builder{}
	if first {
		fmt.Fprintf(&text, `{"cell":%s,`, p.Cell)
		if p.Against != nil {
			fmt.Fprintf(&text, `"against":%s,`, p.Against)
		}
		fmt.Fprintf(&text, `"totals":%s,"items":[`, p.Totals)
	}
	for i, item := range p.Items {
		if i > 0 || !first {
			text.WriteString(",")
		}
		text.Write(item)
	}
	if p.Next == "" {
		text.WriteString("]}\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// summary says what number the lines below it are behind, or why there is none.
func summary(out io.Writer, p lineagePage, written decimals) error {
	for _, raw := range []json.RawMessage{p.Against, p.Cell} {
		if raw == nil {
			continue
		}
		var c cellLine
		if err := json.Unmarshal(raw, &c); err != nil {
			return fmt.Errorf("the answer cannot be read: %w", err)
		}
		c = written.rounded(c)
		shown := c.fields(amountText)
		fmt.Fprintf(out, "%s %s %s: %s %s = %s / %s (position %s)\n", c.Code, c.Area, c.Period, shown[5], c.Unit, shown[7], shown[8], c.Position)
		if c.Value == nil {
			fmt.Fprintf(out, "  no number: no record of %s feeds it yet (a visit, a reported figure); the lines are who or what it would count\n", c.Period)
			fmt.Fprintf(out, "  尚无数字：%s 还没有可供统计的记录（如探访、上报数）；以下为将会计入的对象\n", c.Period)
		}
	}
	return nil
}

func amountText(v *float64) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
