package bus

import (
	"encoding/json"
	"errors"
)

// errJSON is answered for bytes that are not the JSON that was expected.
var errJSON = errors.New("not the expected JSON")

// A scanner walks JSON without building values: the relay and the feeds pass hundreds of thousands of messages a
// second, and need of them only where a value begins and ends.
type scanner struct {
	in []byte
	at int
}

func (s *scanner) space() {
	for s.at < len(s.in) {
		switch s.in[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// next skips space and answers the byte there, 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.at >= len(s.in) {
		return 0
	}
	return s.in[s.at]
}

// expect steps over c.
func (s *scanner) expect(c byte) error {
	if s.next() != c {
		return errJSON
	}
	s.at++
	return nil
}

// str answers the bytes between the quotes of the string here, still escaped, and whether an escape is in them.
func (s *scanner) str() (raw []byte, escaped bool, err error) {
	if err := s.expect('"'); err != nil {
		return nil, false, err
	}
	from := s.at
	for ; s.at < len(s.in); s.at++ {
		switch s.in[s.at] {
		case '"':
			s.at++
			return s.in[from : s.at-1], escaped, nil
		case '\\':
			escaped = true
			s.at++
		}
	}
	return nil, false, errJSON
}

// text is the string here, unescaped. Without escapes it shares the input's bytes.
func (s *scanner) text() ([]byte, error) {
	raw, escaped, err := s.str()
	if err != nil || !escaped {
		return raw, err
	}
	var v string
	if err := json.Unmarshal(s.in[s.at-len(raw)-2:s.at], &v); err != nil {
		return nil, err
	}
	return []byte(v), nil
}

// value steps over one value of any kind and answers its bytes.
func (s *scanner) value() ([]byte, error) {
	c := s.next()
	from := s.at
	switch c {
	case '"':
		_, _, err := s.str()
		return s.in[from:s.at], err
	case '{', '[':
		err := s.nested()
		return s.in[from:s.at], err
	}
	for s.at < len(s.in) && !ends(s.in[s.at]) {
		s.at++
	}
	if s.at == from {
		return nil, errJSON
	}
	return s.in[from:s.at], nil
}

// nested steps over an object or an array by counting brackets outside strings.
func (s *scanner) nested() error {
	depth := 0
	for s.at < len(s.in) {
		switch s.in[s.at] {
		case '"':
			if _, _, err := s.str(); err != nil {
				return err
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			return nil
		}
	}
	return errJSON
}

// members calls each with every member of the object here; each must step over the value.
func (s *scanner) members(each func(key []byte) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	for first := true; s.next() != '}'; first = false {
		if !first {
			if err := s.expect(','); err != nil {
				return err
			}
		}
		key, err := s.text()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := each(key); err != nil {
			return err
		}
	}
	s.at++
	return nil
}

func ends(c byte) bool {
	switch c {
	case ',', '}', ']', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}
