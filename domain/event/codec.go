package event

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Unmarshal reads what was once written to a log: leniently, since it stays as it is, and at a third of what the standard
// library takes, since every rebuild reads all of it.
func Unmarshal(data []byte, into any) error {
	return json.Unmarshal(data, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Type names one event type and how to read it. Zero is such an event without content: it shows the shape.
type Type struct {
	Name   string
	Zero   Event
	decode func([]byte) (Event, error)
}

// TypeOf describes E by its own EventType.
func TypeOf[E Event]() Type {
	var zero E
	return Type{Name: zero.EventType(), Zero: zero, decode: func(b []byte) (Event, error) {
		var e E
		if err := Unmarshal(b, &e); err != nil {
			return nil, err
		}
		return e, nil
	}}
}

// Codec turns bytes into events by wire type. It is immutable after NewCodec.
type Codec struct{ types map[string]Type }

// NewCodec joins the types of several rooms; a name given twice is an error of the build.
func NewCodec(rooms ...[]Type) (*Codec, error) {
	c := &Codec{types: map[string]Type{}}
	for _, room := range rooms {
		for _, t := range room {
			if _, twice := c.types[t.Name]; twice {
				return nil, fmt.Errorf("event type %s is described twice", t.Name)
			}
			c.types[t.Name] = t
		}
	}
	return c, nil
}

// Types answers every type by name, A to Z.
func (c *Codec) Types() []Type {
	types := make([]Type, 0, len(c.types))
	for _, name := range slices.Sorted(maps.Keys(c.types)) {
		types = append(types, c.types[name])
	}
	return types
}

// Decode reads an event. known is false where this build has no such type: the caller keeps the bytes and goes on.
func (c *Codec) Decode(name string, data []byte) (e Event, known bool, err error) {
	t, known := c.types[name]
	if !known {
		return nil, false, nil
	}
	e, err = t.decode(data)
	if err != nil {
		return nil, true, fmt.Errorf("decode %s: %w", name, err)
	}
	return e, true, nil
}
