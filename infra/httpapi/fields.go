package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
)

// decode reads a JSON object strictly: every member must be known and of its type.
func decode(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return errNotJSON
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return errNotJSON
	}
	known := membersOf(reflect.TypeOf(into).Elem())
	var wrong several
	for name := range members {
		if !known[name] {
			wrong = append(wrong, errUnknownField.At("/"+pointerEscape(name)))
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	err := json.NewDecoder(bytes.NewReader(raw)).Decode(into)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped):
		return errWrongType.At("/" + strings.ReplaceAll(mistyped.Field, ".", "/"))
	case err != nil:
		return errNotJSON
	}
	return nil
}

func membersOf(t reflect.Type) map[string]bool {
	known := make(map[string]bool, t.NumField())
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		known[name] = true
	}
	return known
}

// pointerEscape writes a member's name as RFC 6901 wants it; a name that is not printable is not repeated.
func pointerEscape(name string) string {
	if len(name) > 60 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' }) {
		return "?"
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

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
	if err != nil || len(text) != 36 {
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

// text reads a text of at most limit characters; needed says that it may not be empty.
func (f *fields) text(pointer, text string, limit int, needed bool) string {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && needed:
		f.fail(errMissing, pointer)
	case utf8.RuneCountInString(text) > limit || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		f.fail(errText, pointer)
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
