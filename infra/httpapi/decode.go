package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/careledger/careledger/domain/fault"
)

// shape is what the members of an object may be and which it needs.
type shape struct {
	known    map[string]bool
	required []string
	inner    map[string]shape
}

// shapeOf reads a struct's json tags; members without omitempty are needed.
func shapeOf(t reflect.Type) shape {
	s := shape{known: make(map[string]bool, t.NumField()), inner: map[string]shape{}}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		s.known[name] = true
		if options != "omitempty" {
			s.required = append(s.required, name)
		}
		if f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct {
			s.inner[name] = shapeOf(f.Type.Elem())
		}
	}
	return s
}

// object reads a JSON object, numbers as they stand.
func object(raw []byte) (map[string]any, error) {
	if !utf8.Valid(raw) {
		return nil, errNotJSON
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var members map[string]any
	if err := d.Decode(&members); err != nil {
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) {
			return nil, errNotObject
		}
		return nil, errNotJSON
	}
	if members == nil {
		return nil, errNotObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotJSON
	}
	return members, once(raw)
}

// once refuses valid JSON in which an object has a member twice: which of the two would count is anybody's guess.
func once(raw []byte) error {
	_, err := jsontext.NewDecoder(bytes.NewReader(raw)).ReadValue()
	var twice *jsontext.SyntacticError
	if !errors.As(err, &twice) || !errors.Is(err, jsontext.ErrDuplicateName) {
		return nil
	}
	var pointer strings.Builder
	for name := range twice.JSONPointer.Tokens() {
		pointer.WriteString("/" + pointerEscape(name))
	}
	return errTwice.At(pointer.String())
}

// fill reads raw, whose members object has read, into a struct: every member must be known and of its type, and what
// is needed must be there.
func (s shape) fill(raw []byte, members map[string]any, into any) error {
	wrong := s.check(members, "")
	if len(wrong) > 0 {
		return wrong
	}
	err := json.Unmarshal(raw, into)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped):
		return wrongType(mistyped).At("/" + strings.ReplaceAll(mistyped.Field, ".", "/"))
	case err != nil:
		return errNotJSON
	}
	return nil
}

// check finds members that are not known or not there.
func (s shape) check(members map[string]any, above string) several {
	var wrong several
	for name, value := range members {
		if !s.known[name] {
			wrong = append(wrong, errUnknownField.At(above+"/"+pointerEscape(name)))
		} else if below, ok := value.(map[string]any); ok && s.inner[name].known != nil {
			wrong = append(wrong, s.inner[name].check(below, above+"/"+name)...)
		}
	}
	for _, name := range s.required {
		if members[name] == nil {
			wrong = append(wrong, errMissing.At(above+"/"+name))
		}
	}
	slices.SortFunc(wrong, func(a, b *fault.Error) int { return strings.Compare(a.Pointer, b.Pointer) })
	return wrong
}

// wrongType tells a number that does not fit from another kind of value.
func wrongType(e *json.UnmarshalTypeError) *fault.Error {
	if k := e.Type.Kind(); strings.HasPrefix(e.Value, "number") && (k == reflect.Int || k == reflect.Float64) {
		return errNumberRange
	}
	return errWrongType
}

// pointerEscape repeats a member's name in a pointer where it looks like one of ours; anything else may be a value that
// somebody typed into the wrong place.
func pointerEscape(name string) string {
	if name == "" || len(name) > 40 || !unicode.IsLetter(rune(name[0])) || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "?"
	}
	return name
}
