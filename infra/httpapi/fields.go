package httpapi

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/plan"
)

// fields reads values out of a body and gathers what is wrong with them.
type fields struct {
	areas *area.Table
	wrong several
	ids   []reference
}

// reference is the id of something else that a command names, and where it stands.
type reference struct {
	pointer string
	id      uuid.UUID
}

func (f *fields) err() error {
	if len(f.wrong) == 0 {
		return nil
	}
	return f.wrong
}

func (f *fields) fail(e *fault.Error, pointer string) { f.wrong = append(f.wrong, e.At(pointer)) }

func (f *fields) day(pointer, text string) calendar.Day {
	if text == "" {
		f.fail(errMissing, pointer)
		return 0
	}
	d, err := calendar.ParseDay(text)
	if err != nil {
		f.fail(errDay, pointer)
	}
	return d
}

// optionalDay reads a day that may be left out.
func (f *fields) optionalDay(pointer, text string) calendar.Day {
	if text == "" {
		return 0
	}
	return f.day(pointer, text)
}

func (f *fields) id(pointer, text string) uuid.UUID {
	if text == "" {
		f.fail(errMissing, pointer)
		return uuid.Nil
	}
	id := f.optionalID(pointer, text)
	f.ids = append(f.ids, reference{pointer, id})
	return id
}

func (f *fields) optionalID(pointer, text string) uuid.UUID {
	if text == "" {
		return uuid.Nil
	}
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 || id == uuid.Nil {
		f.fail(errID, pointer)
	}
	return id
}

func (f *fields) area(pointer, code string) string {
	if code == "" {
		f.fail(errMissing, pointer)
		return ""
	}
	normal, unknown := areaIn(f.areas, code)
	if unknown != nil {
		f.fail(unknown, pointer) // it names the code where it has a code's form
	}
	return normal
}

// home reads the area where a person lives: a county, or below.
func (f *fields) home(pointer, code string) string {
	normal := f.area(pointer, code)
	if level, known := f.areas.Level(normal); known && level == area.Prefecture {
		f.fail(errHome, pointer)
	}
	return normal
}

// notBlank refuses a text that may be left out but was given without a character.
func (f *fields) notBlank(pointer string, member any) {
	if text, given := member.(string); given && strings.TrimSpace(text) == "" {
		f.fail(errBlank, pointer)
	}
}

// text reads a text of at most limit characters on any number of lines; needed says that it may not be empty.
func (f *fields) text(pointer, text string, limit int, needed bool) string {
	return f.textWith(pointer, text, limit, needed, "\n\r\t")
}

// name reads a text of one line.
func (f *fields) name(pointer, text string, limit int, needed bool) string {
	return f.textWith(pointer, text, limit, needed, "")
}

func (f *fields) textWith(pointer, text string, limit int, needed bool, allowed string) string {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && needed:
		f.fail(errMissing, pointer)
	case utf8.RuneCountInString(text) > limit:
		f.fail(errText, pointer)
	case strings.ContainsFunc(text, func(r rune) bool { return unreadable(r) && !strings.ContainsRune(allowed, r) }):
		f.fail(errCharacters, pointer)
	}
	return text
}

// unreadable is a control character, or what a broken encoding leaves behind.
func unreadable(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }

var seriesForm = regexp.MustCompile(`^[a-z0-9_]{1,60}$`)

// series reads the name of a series before it becomes a stream's name.
func (f *fields) series(pointer, text string) string {
	if !seriesForm.MatchString(text) {
		f.fail(figure.ErrSeries, pointer)
	}
	return text
}

// figure checks that the plan counts with a series, in this unit. A plan that names no series takes all.
func (f *fields) figure(p *plan.Plan, series, unit string) {
	wanted, known := p.Series[series]
	switch {
	case len(p.Series) == 0 || !seriesForm.MatchString(series):
	case !known:
		names := strings.Join(slices.Sorted(maps.Keys(p.Series)), ", ")
		f.fail(fault.New(errSeries.Kind, errSeries.Code, errSeries.Chinese+names+"。", errSeries.English+names+"."), "/series")
	case unit != wanted && unit != "":
		f.fail(fault.New(errUnit.Kind, errUnit.Code, errUnit.Chinese+wanted+"。", errUnit.English+wanted+"."), "/unit")
	}
}

// failWith adds err, which may already name several fields below pointer.
func (f *fields) failWith(err error, pointer string) {
	var all several
	if errors.As(err, &all) {
		for _, e := range all {
			f.fail(e, pointer+e.Pointer)
		}
		return
	}
	if e, ok := fault.Of(err); ok {
		f.fail(e, pointer+e.Pointer)
	}
}
