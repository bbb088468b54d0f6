package main

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/projections/words"
)

// aligned writes lines in columns that stand below each other on a screen, where a Chinese character takes two places.
func aligned(out io.Writer, lines [][]string) error {
	var widths []int
	for _, line := range lines {
		for i, field := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(field))
		}
	}
	var text strings.Builder
	for _, line := range lines {
		for i, field := range line {
			text.WriteString(field)
			if i < len(line)-1 {
				text.WriteString(strings.Repeat(" ", widths[i]-width(field)+2))
			}
		}
		text.WriteString("\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// width is how many places a text takes on a screen.
func width(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r >= 0x2e80 && r < 0xd7b0 || r >= 0xf900 && r < 0xfb00 || r >= 0xfe30 && r < 0xfe70 || r >= 0xff00 && r < 0xff61 {
			n++
		}
	}
	return n
}

// decimals are those that indicators are written with, by code and variant.
type decimals map[[2]string]int

// decimalsOf asks for them; without an answer numbers are shown as they come.
func decimalsOf(ctx context.Context, c *client.Client) decimals {
	var answer struct {
		Items []struct {
			Code     string `json:"code"`
			Variant  string `json:"variant"`
			Decimals int    `json:"decimals"`
		} `json:"items"`
	}
	_ = c.Get(ctx, "/api/v1/indicator-definitions", &answer) // see above
	d := decimals{}
	for _, i := range answer.Items {
		d[[2]string{i.Code, i.Variant}] = i.Decimals
	}
	return d
}

// rounded is a cell with its value, and what is expected of it, as the page shows them.
func (d decimals) rounded(l cellLine) cellLine {
	if n, known := d[[2]string{l.Code, l.Definition.Variant}]; known {
		ofValue, ofExpected := words.Places(n, l.Value, l.Expected)
		l.Value, l.Expected = round(l.Value, ofValue), round(l.Expected, ofExpected)
	}
	return l
}

func round(v *float64, places int) *float64 {
	if v == nil {
		return nil
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(*v, 'f', places, 64), 64)
	if err != nil { // what was just written is a number
		return v
	}
	return &short
}

// names are those of areas, by code.
type names map[string]string

// namesOf asks for the names of areas; a table can be read without them.
func namesOf(ctx context.Context, c *client.Client) names {
	var answer struct {
		Items []struct {
			Code string `json:"code"`
			Name string `json:"name"`
		} `json:"items"`
	}
	_ = c.Get(ctx, "/api/v1/areas", &answer) // see above
	n := names{}
	for _, a := range answer.Items {
		n[a.Code] = a.Name
	}
	return n
}

// of is the name of an area; "-" where it is not known, as of a community.
func (n names) of(code string) string { return dash(n[code]) }

// with is a code with its name behind it, where that is known.
func (n names) with(code string) string { return strings.TrimSpace(code + " " + n[code]) }
