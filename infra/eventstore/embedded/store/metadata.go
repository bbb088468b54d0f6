package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/google/uuid"
)

const (
	// MetadataType is the type of the events of metadata streams ($$name).
	MetadataType = "$metadata"
	// TombstoneType is the type of the event that ends a stream for ever.
	TombstoneType = "$streamDeleted"
	// LinkType is the type of an event whose data names another: "revision@stream".
	LinkType = "$>"

	deletedBefore = math.MaxInt64 // $tb of a soft-deleted stream
)

// metadata is what a stream's metadata hides of it. Zero hides nothing.
type metadata struct {
	maxCount int64
	maxAge   time.Duration
	before   int64 // $tb: revisions below it are hidden
}

func (m metadata) softDeleted() bool { return m.before == deletedBefore }

// parseMetadata reads metadata as EventStoreDB does (24.10, StreamMetadata.FromJsonReader): each property by its exact
// name, the last where a name comes twice. A number out of range counts as not given. Where a system property has
// another type, or the JSON breaks off, nothing counts as given; nobody looks behind the end of the object.
func parseMetadata(asJSON bool, raw []byte) metadata {
	if !asJSON {
		return metadata{}
	}
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	d.UseNumber()
	var m metadata
	err := eachProperty(d, func(name string) (err error) {
		switch name {
		case "$maxCount":
			m.maxCount, err = integer(d)
		case "$maxAge":
			m.maxAge, err = seconds(d)
		case "$tb":
			m.before, err = integer(d)
		case "$cacheControl":
			_, err = seconds(d)
		case "$tempStream":
			_, err = token[bool](d)
		case "$acl":
			err = checkACL(d)
		default:
			var other json.RawMessage
			err = d.Decode(&other)
		}
		return err
	})
	if err != nil {
		return metadata{}
	}
	return metadata{maxCount: max(m.maxCount, 0), maxAge: max(m.maxAge, 0), before: max(m.before, 0)}
}

// eachProperty calls f with the name of each property of the object that comes next; f reads its value.
func eachProperty(d *json.Decoder, f func(name string) error) error {
	if open, err := token[json.Delim](d); err != nil || open != '{' {
		return errors.Join(err, errOther)
	}
	for d.More() {
		name, err := token[string](d)
		if err != nil {
			return err
		}
		if err := f(name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// checkACL reads roles as EventStoreDB does, which knows no other properties there. They hold nobody back here.
func checkACL(d *json.Decoder) error {
	return eachProperty(d, func(name string) error {
		switch name {
		case "$r", "$w", "$d", "$mr", "$mw":
		default:
			return errOther
		}
		first, err := d.Token()
		if err != nil {
			return err
		}
		if _, one := first.(string); one {
			return nil
		}
		if first != json.Delim('[') {
			return errOther
		}
		for d.More() {
			if _, err := token[string](d); err != nil {
				return err
			}
		}
		_, err = d.Token()
		return err
	})
}

var errOther = errors.New("the metadata has a value of another type")

func token[T any](d *json.Decoder) (T, error) {
	var zero T
	t, err := d.Token()
	if err != nil {
		return zero, err
	}
	value, ok := t.(T)
	if !ok {
		return zero, errOther
	}
	return value, nil
}

func integer(d *json.Decoder) (int64, error) {
	n, err := token[json.Number](d)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(n.String(), 10, 64)
}

// seconds reads a time: one that EventStoreDB cannot hold is an error there too, one longer than ours counts as ours.
func seconds(d *json.Decoder) (time.Duration, error) {
	const theirs, ours = 922_337_203_685, int64(math.MaxInt64 / time.Second)
	n, err := integer(d)
	if err == nil && (n > theirs || n < -theirs) {
		err = errOther
	}
	return time.Duration(max(min(n, ours), -ours)) * time.Second, err
}

// withBefore answers raw with its $tb set, all else kept; ok is false where raw is no JSON object.
func withBefore(raw []byte, before int64) (set []byte, ok bool) {
	var props map[string]json.RawMessage
	if json.Unmarshal(raw, &props) != nil || props == nil {
		return nil, false
	}
	props["$tb"] = strconv.AppendInt(nil, before, 10)
	set, err := json.Marshal(props)
	return set, err == nil
}

func metadataEvent(raw []byte) Proposed {
	return Proposed{ID: uuid.New(), Type: MetadataType, JSON: true, Data: raw}
}

func softDelete() Proposed {
	return metadataEvent(fmt.Appendf(nil, `{"$tb":%d}`, int64(deletedBefore)))
}
