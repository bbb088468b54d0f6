package area

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
)

//go:embed data/*.csv
var tables embed.FS

// ErrUnknown is what a code that is not in the table is refused with; the refusal names the code where it has the form
// of one, so that nothing else that was typed into the field is echoed.
var ErrUnknown = fault.New(fault.NotFound, "unknown-area", "没有这个行政区划代码。", "There is no area with this code.")

// Level is how high an area stands.
type Level string

// The levels, from the top.
const (
	Prefecture Level = "prefecture"
	County     Level = "county"
	Township   Level = "township"
	Community  Level = "community" // below a township, not in the table
)

// Area is one division. Code has 6 digits (prefecture, county) or 9 (township). NameEn is empty where the table gives no
// English name. ValidTo is zero while it exists.
type Area struct {
	Code      string
	Name      string
	NameEn    string
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

// The first line of a table, and what may stand behind it.
const (
	header  = "code,name,level,parent,valid_from,valid_to"
	english = ",name_en"
)

// Load reads a table: CSV with the header code,name,level,parent,valid_from,valid_to, and name_en behind it where there
// are English names; lines beginning with # are notes.
// A parent stands above its children, so that no cycle can be written.
func Load(r io.Reader) (*Table, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the area table: %w", err)
	}
	t := &Table{byCode: map[string]Area{}, children: map[string][]Area{}, text: string(text)}
	lines := csv.NewReader(strings.NewReader(strings.TrimPrefix(t.text, "\ufeff")))
	lines.Comment = '#'
	for first := true; ; first = false {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("area table: %w", err)
		}
		line, _ := lines.FieldPos(0)
		switch {
		case first && strings.TrimSuffix(strings.Join(record, ","), english) != header:
			return nil, fmt.Errorf("area table, line %d: the first line must be %s", line, header)
		case first:
			continue
		}
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
	if len(record) > 6 {
		a.NameEn = record[6]
	}
	above := map[Level]Level{County: Prefecture, Township: County}
	length := map[Level]int{Prefecture: 6, County: 6, Township: 9}
	parent, known := t.byCode[a.Parent]
	_, twice := t.byCode[a.Code]
	switch {
	case len(a.Code) != length[a.Level] || !digits(a.Code):
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
	if a.ValidTo != 0 && a.ValidTo < a.ValidFrom {
		return fmt.Errorf("%s ends before it begins", a.Code)
	}
	t.areas = append(t.areas, a)
	t.byCode[a.Code] = a
	t.children[a.Parent] = append(t.children[a.Parent], a)
	return nil
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
	if a, ok := t.byCode[t.base(short)]; ok && len(short) == 12 && digits(short) && a.Level == Township {
		return short, nil
	}
	return "", unknown(short)
}

func unknown(code string) *fault.Error {
	if !digits(code) || len(code) != 6 && len(code) != 9 && len(code) != 12 {
		return ErrUnknown
	}
	return fault.New(ErrUnknown.Kind, ErrUnknown.Code, "没有行政区划代码"+code+"。", "There is no area with the code "+code+".")
}

func digits(code string) bool { return strings.Trim(code, "0123456789") == "" }
