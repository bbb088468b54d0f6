package area

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
)

//go:embed data/*.csv
var tables embed.FS

// ErrUnknown is answered for a code that is not in the table.
var ErrUnknown = fault.New(fault.NotFound, "unknown-area", "没有这个行政区划代码，请核对。", "There is no area with this code; check it.")

// Level is how high an area stands.
type Level string

// The levels, from the top.
const (
	Prefecture Level = "prefecture"
	County     Level = "county"
	Township   Level = "township"
)

// Area is one division. Code has 6 digits (prefecture, county) or 9 (township). ValidTo is zero while it exists.
type Area struct {
	Code      string
	Name      string
	Level     Level
	Parent    string
	ValidFrom calendar.Day
	ValidTo   calendar.Day
}

// Table is the areas of one prefecture.
type Table struct {
	areas    []Area
	byCode   map[string]Area
	children map[string][]Area
	text     string
}

// Wenshan reads the embedded table of Wenshan prefecture of 2021.
func Wenshan() (*Table, error) {
	f, err := tables.Open("data/2021-wenshan.csv")
	if err != nil {
		return nil, fmt.Errorf("open the embedded area table: %w", err)
	}
	defer f.Close()
	return Load(f)
}

// Load reads a table: CSV with the header code,name,level,parent,valid_from,valid_to; lines beginning with # are notes.
// A parent stands above its children.
func Load(r io.Reader) (*Table, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the area table: %w", err)
	}
	t := &Table{byCode: map[string]Area{}, children: map[string][]Area{}, text: string(text)}
	lines := csv.NewReader(strings.NewReader(t.text))
	lines.Comment, lines.FieldsPerRecord = '#', 6
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("area table: %w", err)
		}
		if record[0] == "code" {
			continue
		}
		line, _ := lines.FieldPos(0)
		if err := t.add(record); err != nil {
			return nil, fmt.Errorf("area table, line %d: %w", line, err)
		}
	}
	if len(t.areas) == 0 || len(t.children[""]) != 1 {
		return nil, fmt.Errorf("area table: exactly one prefecture is needed")
	}
	return t, nil
}

func (t *Table) add(record []string) error {
	a := Area{Code: record[0], Name: record[1], Level: Level(record[2]), Parent: record[3]}
	above := map[Level]Level{County: Prefecture, Township: County}
	digits := map[Level]int{Prefecture: 6, County: 6, Township: 9}
	parent, known := t.byCode[a.Parent]
	_, twice := t.byCode[a.Code]
	switch {
	case len(a.Code) != digits[a.Level] || strings.Trim(a.Code, "0123456789") != "":
		return fmt.Errorf("level must be prefecture or county with a code of 6 digits, or township with 9")
	case a.Name == "":
		return fmt.Errorf("%s has no name", a.Code)
	case twice:
		return fmt.Errorf("%s stands twice", a.Code)
	case a.Level == Prefecture && a.Parent != "", a.Level != Prefecture && (!known || parent.Level != above[a.Level]):
		return fmt.Errorf("%s needs a parent one level up that stands above it in the file", a.Code)
	}
	for i, day := range []*calendar.Day{&a.ValidFrom, &a.ValidTo} {
		if text := record[4+i]; text != "" {
			d, err := calendar.ParseDay(text)
			if err != nil {
				return fmt.Errorf("%s: valid_from and valid_to must be YYYY-MM-DD or empty", a.Code)
			}
			*day = d
		}
	}
	t.areas = append(t.areas, a)
	t.byCode[a.Code] = a
	t.children[a.Parent] = append(t.children[a.Parent], a)
	return nil
}

// Text is the table as it was read.
func (t *Table) Text() string { return t.text }

// All lists every area, parents before their children.
func (t *Table) All() []Area { return slices.Clone(t.areas) }

// Root is the prefecture.
func (t *Table) Root() Area { return t.children[""][0] }

// Find answers the area of a normalised code.
func (t *Table) Find(code string) (Area, bool) {
	a, ok := t.byCode[code]
	return a, ok
}

// Children lists the areas one level below, in the table's order.
func (t *Table) Children(code string) []Area { return slices.Clone(t.children[code]) }

// Ancestors lists the areas above, nearest first.
func (t *Table) Ancestors(code string) []Area {
	var above []Area
	for a, ok := t.byCode[t.base(code)]; ok; {
		if a.Code != code {
			above = append(above, a)
		}
		a, ok = t.byCode[a.Parent]
	}
	return above
}

// Within lists an area and everything below it.
func (t *Table) Within(code string) []Area {
	a, ok := t.byCode[code]
	if !ok {
		return nil
	}
	all := []Area{a}
	for _, below := range t.children[code] {
		all = append(all, t.Within(below.Code)...)
	}
	return all
}

// Normalise brings a code of 6, 9 or 12 digits to the form of the table: trailing zeros of a longer code fall away, a
// community (12 digits) of a known township stays as it is. An unknown code is ErrUnknown.
func (t *Table) Normalise(code string) (string, error) {
	short := strings.TrimSpace(code)
	for _, n := range []int{9, 6} {
		if len(short) == n+3 && strings.HasSuffix(short, "000") {
			short = short[:n]
		}
	}
	if _, ok := t.byCode[short]; ok {
		return short, nil
	}
	if a, ok := t.byCode[t.base(short)]; ok && len(short) == 12 && strings.Trim(short, "0123456789") == "" && a.Level == Township {
		return short, nil
	}
	return "", ErrUnknown
}

// base is the township of a community, or the code itself.
func (t *Table) base(code string) string {
	if len(code) == 12 {
		return code[:9]
	}
	return code
}
