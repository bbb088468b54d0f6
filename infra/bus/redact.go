package bus

import (
	"bytes"
	"encoding/json"
)

// redact takes every sealed personal value out of an event's JSON: an object with exactly the members "subject" and
// "ciphertext" goes, with its key. Data without any is answered as it is, byte for byte.
func redact(data []byte) ([]byte, error) {
	if !json.Valid(data) {
		return nil, errJSON
	}
	if !maySeal(data) {
		return data, nil
	}
	r := redactor{scanner: scanner{in: data}, out: make([]byte, 0, len(data))}
	sealed, err := r.copy()
	if err != nil {
		return nil, err
	}
	if sealed {
		return []byte("null"), nil
	}
	return r.out, nil
}

// maySeal reports whether a sealed value may be in data: an escape may spell its key.
func maySeal(data []byte) bool {
	return bytes.Contains(data, []byte("ciphertext")) || bytes.IndexByte(data, '\\') >= 0
}

// redactor copies valid JSON, compacted, leaving out what is sealed.
type redactor struct {
	scanner
	out []byte
}

// copy appends the value here and reports whether it was a sealed one.
func (r *redactor) copy() (sealed bool, err error) {
	switch r.next() {
	case '{':
		return r.object()
	case '[':
		return false, r.array()
	}
	v, err := r.value()
	r.out = append(r.out, v...)
	return false, err
}

func (r *redactor) object() (sealed bool, err error) {
	members, subject, ciphertext := 0, false, false
	r.out = append(r.out, '{')
	begin := len(r.out)
	err = r.members(func(key []byte) error {
		members++
		subject = subject || string(key) == "subject"
		ciphertext = ciphertext || string(key) == "ciphertext"
		return r.element(begin, key)
	})
	r.out = append(r.out, '}')
	return members == 2 && subject && ciphertext, err
}

func (r *redactor) array() error {
	r.at++
	r.out = append(r.out, '[')
	begin := len(r.out)
	for r.next() != ']' {
		if r.next() == ',' {
			r.at++
		}
		if err := r.element(begin, nil); err != nil {
			return err
		}
	}
	r.at++
	r.out = append(r.out, ']')
	return nil
}

// element copies one member (with a key) or array element, with the comma it needs, unless it is sealed.
func (r *redactor) element(begin int, key []byte) error {
	before := len(r.out)
	if before > begin {
		r.out = append(r.out, ',')
	}
	if key != nil {
		r.out = append(appendText(r.out, string(key)), ':')
	}
	sealed, err := r.copy()
	if sealed {
		r.out = r.out[:before]
	}
	return err
}
