package httpapi

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/figure"
)

// fields reads values out of a body and gathers what is wrong with them.
type fields struct {
	areas *area.Table
	wrong several
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

func (f *fields) id(pointer, text string) uuid.UUID {
	if text == "" {
		f.fail(errMissing, pointer)
		return uuid.Nil
	}
	return f.optionalID(pointer, text)
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
	normal, err := f.areas.Normalise(code)
	if err != nil {
		f.fail(area.ErrUnknown, pointer)
	}
	return normal
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
