package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/careledger/careledger/domain/event"
)

// WriteVariable is the environment variable that lets a missing file be written. A file that exists is never touched.
const WriteVariable = "CAREL_WRITE_GOLDEN"

// Check compares each example, which must have every field filled, with testdata/<event type>.json in both directions.
// Every type needs an example, and every file a type.
func Check(t *testing.T, types []event.Type, examples ...event.Event) {
	t.Helper()
	codec, err := event.NewCodec(types)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range examples {
		names = append(names, e.EventType()+".json")
		t.Run(e.EventType(), func(t *testing.T) {
			if err := check(codec, "testdata", e); err != nil {
				t.Error(err)
			}
		})
	}
	for _, typ := range types {
		if !slices.Contains(names, typ.Name+".json") {
			t.Errorf("%s has no example", typ.Name)
		}
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.Contains(names, filepath.Base(file)) {
			t.Errorf("%s belongs to no type: released events are never forgotten", file)
		}
	}
}

func check(codec *event.Codec, dir string, e event.Event) error {
	if path := empty(reflect.ValueOf(e), e.EventType()); path != "" {
		return fmt.Errorf("%s is not filled", path)
	}
	got, err := json.Marshal(e)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, e.EventType()+".json")
	if os.Getenv(WriteVariable) != "" {
		if err := write(file, got); err != nil {
			return err
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("a new event needs its file, which %s=1 writes: %w", WriteVariable, err)
	}
	want = bytes.TrimSuffix(want, []byte("\n"))
	if !bytes.Equal(got, want) {
		return fmt.Errorf("released bytes are for ever; make a new version\ngot  %s\nwant %s", got, want)
	}
	back, known, err := codec.Decode(e.EventType(), want)
	if err != nil || !known || !reflect.DeepEqual(back, e) {
		return fmt.Errorf("read back as %+v instead of %+v: known %t, %v", back, e, known, err)
	}
	return nil
}

func write(file string, text []byte) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// empty names the first field that is zero, "" where there is none.
func empty(v reflect.Value, path string) string {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return empty(v.Elem(), path)
	case v.Kind() != reflect.Struct && (v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0):
		return path
	case v.Kind() != reflect.Struct:
		return ""
	}
	for i := range v.NumField() {
		if at := empty(v.Field(i), path+"."+v.Type().Field(i).Name); at != "" {
			return at
		}
	}
	return ""
}
