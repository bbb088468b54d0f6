package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// row is one figure. Value is a number in Unit; Details say how it came about.
type row struct {
	Figure  string  `json:"figure"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Details string  `json:"details,omitempty"`
	Asked   string  `json:"asked,omitempty"`
	Met     *bool   `json:"met,omitempty"` // nil: nothing is asked
}

type report struct {
	Machine string    `json:"machine"`
	Started time.Time `json:"started"`
	Took    float64   `json:"took_seconds"`
	Rows    []row     `json:"rows"`

	progress io.Writer
}

func (r *report) say(format string, values ...any) {
	fmt.Fprintf(r.progress, "%6.0f s  "+format+"\n", append([]any{time.Since(r.Started).Seconds()}, values...)...)
}

func (r *report) add(one row) {
	r.Rows = append(r.Rows, one)
	r.say("%s: %s %s", one.Figure, one.measured(), one.Details)
}

// note adds a figure of which nothing is asked.
func (r *report) note(figure string, value float64, unit, details string) {
	r.add(row{Figure: figure, Value: value, Unit: unit, Details: details})
}

// atLeast adds a figure that must reach limit; aim is what it is hoped to reach. 0 stands for none.
func (r *report) atLeast(limit, aim float64, figure string, value float64, unit, details string) {
	one := row{Figure: figure, Value: value, Unit: unit, Details: details}
	var asked []string
	if limit != 0 {
		met := value >= limit
		one.Met, asked = &met, append(asked, "≥ "+quantity(limit, unit))
	}
	if aim != 0 {
		asked = append(asked, "aim "+quantity(aim, unit))
	}
	one.Asked = strings.Join(asked, ", ")
	r.add(one)
}

func (r *report) atMost(limit float64, figure string, value float64, unit, details string) {
	met := value <= limit
	r.add(row{Figure: figure, Value: value, Unit: unit, Details: details, Met: &met, Asked: "≤ " + quantity(limit, unit)})
}

func (o row) measured() string { return quantity(o.Value, o.Unit) }

// quantity writes three digits that count, with thousands apart.
func quantity(value float64, unit string) string {
	text := fmt.Sprintf("%.0f", value)
	switch {
	case value < 10:
		text = fmt.Sprintf("%.2f", value)
	case value < 100:
		text = fmt.Sprintf("%.1f", value)
	case value >= 1000:
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
	}
	if unit == "×" {
		return text + unit
	}
	return text + " " + unit
}

// markdown writes the table of docs/speed.md.
func (r *report) markdown(w io.Writer) {
	fmt.Fprintf(w, "%s; %s, %.0f minutes\n\n", r.Machine, r.Started.Format(time.DateOnly), r.Took/60)
	fmt.Fprintln(w, "| figure | measured | asked | | how |\n|---|---|---|---|---|")
	for _, o := range r.Rows {
		mark := ""
		if o.Met != nil {
			mark = map[bool]string{true: "✓", false: "✗"}[*o.Met]
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", o.Figure, o.measured(), o.Asked, mark, o.Details)
	}
}

func (r *report) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// missed are the figures that were not reached.
func (r *report) missed() string {
	var names []string
	for _, o := range r.Rows {
		if o.Met != nil && !*o.Met {
			names = append(names, o.Figure)
		}
	}
	return strings.Join(names, "; ")
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// percentiles writes p50, p99 and the maximum of a histogram of µs.
func percentiles(h *hdrhistogram.Histogram) string {
	ms := func(µs int64) string { return fmt.Sprintf("%.2f", float64(µs)/1000) }
	return fmt.Sprintf("p50 %s, p99 %s, max %s ms", ms(h.ValueAtQuantile(50)), ms(h.ValueAtQuantile(99)), ms(h.Max()))
}
