package bus

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// ContentType of every message: a CloudEvent in structured mode.
const ContentType = "application/cloudevents+json"

const dataContentType = "application/json"

// UnknownPrevious is the previous number of a message whose relay could not know it: a reader asks the log.
const UnknownPrevious = math.MaxUint64

// Encode writes an event as a CloudEvents 1.0 JSON object, without its sealed personal values and without the hash of the
// command's body. previous is the number before it in its prefecture, 0 where it is the first, or UnknownPrevious.
// Numbers are decimal strings, since a CloudEvents integer has 32 bits.
func Encode(r event.Recorded, previous uint64) ([]byte, error) {
	data, err := redact(r.Data)
	if err != nil {
		return nil, fmt.Errorf("encode event %d for the bus: %w", r.Number, err)
	}
	w := writer{out: make([]byte, 0, len(data)+1024)}
	w.out = append(w.out, `{"specversion":"1.0"`...)
	attributes(&w, r, previous)
	w.out = append(w.out, `,"data":`...)
	w.out = append(w.out, data...)
	return append(w.out, '}'), nil
}

// writer is the sink that appends the members of a JSON object after its first. Empty values are left out: a CloudEvents
// attribute is never empty.
type writer struct{ out []byte }

func (w *writer) key(name string) {
	w.out = append(w.out, ',', '"')
	w.out = append(w.out, name...)
	w.out = append(w.out, '"', ':')
}

func (w *writer) text(name, value, _ string) {
	if value == "" {
		return
	}
	w.key(name)
	w.out = appendText(w.out, value)
}

func (w *writer) id(name string, value uuid.UUID, says string) {
	if value == uuid.Nil {
		return
	}
	w.text(name, value.String(), says)
}

func (w *writer) day(name string, value calendar.Day, says string) {
	w.text(name, value.String(), says)
}

func (w *writer) number(name string, value uint64, _ string) {
	w.key(name)
	w.out = append(strconv.AppendUint(append(w.out, '"'), value, 10), '"')
}

func (w *writer) time(name string, value time.Time, _ string) {
	if value.IsZero() {
		return
	}
	w.key(name)
	w.out = append(value.UTC().AppendFormat(append(w.out, '"'), time.RFC3339Nano), '"')
}

// appendText appends s as a JSON string.
func appendText(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s) // a string always marshals
			if err != nil {
				return append(out, `""`...)
			}
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), s...), '"')
}
