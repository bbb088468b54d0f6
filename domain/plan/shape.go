package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/careledger/careledger/domain/fault"
)

// shape is a plan file as text: where each member stands, and which are not of a plan's form.
type shape struct {
	content  []byte
	decoder  *json.Decoder
	at       map[string]int64 // by JSON pointer: where the member's name, or the list's item, begins
	bad      [][2]int64       // values of another form than their member's
	broken   bool             // it is not JSON
	problems []Problem
}

func readShape(content []byte) *shape {
	s := &shape{content: content, at: map[string]int64{}, decoder: json.NewDecoder(bytes.NewReader(content))}
	if err := s.whole(); err != nil {
		s.broken = true
		s.noteAt(s.placeOf(err), problem("not-json", "这里不是合法的 JSON，请检查括号、逗号和引号（"+err.Error()+"）。", "This is not JSON; look at brackets, commas and quotation marks ("+err.Error()+")."), false)
	}
	return s
}

func (s *shape) whole() error {
	if err := s.value("", reflect.TypeFor[Plan]()); err != nil {
		return err
	}
	switch _, err := s.decoder.Token(); {
	case err == nil:
		return errors.New("there is more behind the plan's end")
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

func (s *shape) placeOf(err error) int64 {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return max(syntax.Offset-1, 0)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return int64(len(s.content))
	}
	return s.decoder.InputOffset()
}

// readable is the file with null in the place of each value that is of another form.
func (s *shape) readable() []byte {
	slices.SortFunc(s.bad, func(a, b [2]int64) int { return int(a[0] - b[0]) })
	var out []byte
	from := int64(0)
	for _, span := range s.bad {
		out = append(append(out, s.content[from:span[0]]...), "null"...)
		from = span[1]
	}
	return append(out, s.content[from:]...)
}

// has reports whether a member stands in the file.
func (s *shape) has(pointer string) bool {
	_, there := s.at[pointer]
	return there
}

// next is where the next token begins.
func (s *shape) next() int64 {
	at := s.decoder.InputOffset()
	for at < int64(len(s.content)) && strings.IndexByte(" \t\r\n,:", s.content[at]) >= 0 {
		at++
	}
	return at
}

// value reads a value that should be of type t; nil: whatever it is.
func (s *shape) value(pointer string, t reflect.Type) error {
	start := s.next()
	if _, named := s.at[pointer]; !named {
		s.at[pointer] = start
	}
	token, err := s.decoder.Token()
	if err != nil {
		return err
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	object, list := token == json.Delim('{'), token == json.Delim('[')
	wrong := false
	switch {
	case t == nil:
	case object:
		wrong = t.Kind() != reflect.Struct && t.Kind() != reflect.Map
	case list:
		wrong = t.Kind() != reflect.Slice
	default:
		wrong = json.Unmarshal(s.content[start:s.decoder.InputOffset()], reflect.New(t).Interface()) != nil
	}
	if wrong {
		s.fail(pointer, badForm(t))
		t = nil
	}
	switch {
	case object:
		err = s.object(pointer, t)
	case list:
		err = s.list(pointer, t)
	}
	if wrong {
		s.bad = append(s.bad, [2]int64{start, s.decoder.InputOffset()})
	}
	return err
}

func (s *shape) object(pointer string, t reflect.Type) error {
	for s.decoder.More() {
		start := s.next()
		token, err := s.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // a member's name is a string
		below := pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		_, twice := s.at[below]
		s.at[below] = start
		member, known := memberOf(t, name)
		switch {
		case twice:
			s.fail(below, problem("member-twice", "成员“"+name+"”重复出现，请删去一个。", "The member \""+name+"\" stands twice; remove one."))
		case !known:
			s.fail(below, problem("unknown-member", "没有名为“"+name+"”的成员，请核对拼写。", "There is no member \""+name+"\"; check how it is spelt."))
		}
		if err := s.value(below, member); err != nil {
			return err
		}
	}
	_, err := s.decoder.Token()
	return err
}

func (s *shape) list(pointer string, t reflect.Type) error {
	var item reflect.Type
	if t != nil {
		item = t.Elem()
	}
	for i := 0; s.decoder.More(); i++ {
		if err := s.value(pointer+"/"+strconv.Itoa(i), item); err != nil {
			return err
		}
	}
	_, err := s.decoder.Token()
	return err
}

// memberOf is the type of an object's member; nil and true where anything may stand.
func memberOf(t reflect.Type, name string) (member reflect.Type, known bool) {
	switch {
	case t == nil:
		return nil, true
	case t.Kind() == reflect.Map:
		return t.Elem(), true
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return f.Type, true
		}
	}
	return nil, false
}

func badForm(t reflect.Type) *fault.Error {
	switch {
	case t.Kind() == reflect.String:
		return problem("value-form", "这里应为文字（加引号）。", "A text in quotation marks belongs here.")
	case t.Kind() == reflect.Bool:
		return problem("value-form", "这里应为 true 或 false。", "Write true or false here.")
	case t.Kind() == reflect.Float64:
		return problem("value-form", "这里应为数字（不加引号）。", "A number without quotation marks belongs here.")
	case t.Kind() == reflect.Int:
		return problem("value-form", "这里应为整数（不加引号）。", "A whole number without quotation marks belongs here.")
	case t.Kind() == reflect.Slice:
		return problem("value-form", "这里应为列表 […]。", "A list […] belongs here.")
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return problem("value-form", "这里应为对象 {…}。", "An object {…} belongs here.")
	}
	return problem("day-form", "日期请写成 2025-12-31 的样子。", "Write a day like 2025-12-31.")
}
