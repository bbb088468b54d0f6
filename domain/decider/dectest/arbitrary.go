package dectest

import (
	"math"
	"reflect"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// blank answers one empty event of each type.
func blank(t *testing.T, types []event.Type) []event.Event {
	t.Helper()
	codec, err := event.NewCodec(types)
	if err != nil {
		t.Fatal(err)
	}
	var blanks []event.Event
	for _, typ := range types {
		e, _, err := codec.Decode(typ.Name, []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		blanks = append(blanks, e)
	}
	return blanks
}

// storable are numbers that the log can hold; a command may bring others too.
func storable() []float64  { return []float64{0, 1, -1, 2.5, 1e300} }
func anyNumber() []float64 { return append(storable(), math.Inf(1), math.NaN()) }

// arbitrary fills every field of a struct with anything: ids of a few so that events meet, days and numbers around
// their borders, words that mean nothing.
func arbitrary[T any](t *rapid.T, numbers []float64, empty T) T {
	value := reflect.New(reflect.TypeOf(empty)).Elem()
	value.Set(reflect.ValueOf(empty)) // what its interfaces hold says with what they are filled
	filler{t, numbers}.fill(value)
	filled, ok := value.Interface().(T)
	if !ok {
		t.Fatalf("%T is no %s", value.Interface(), reflect.TypeFor[T]())
	}
	return filled
}

type filler struct {
	*rapid.T
	numbers []float64
}

func (f filler) fill(v reflect.Value) {
	switch v.Interface().(type) {
	case uuid.UUID:
		v.Set(reflect.ValueOf(ID(rapid.IntRange(0, 3).Draw(f.T, "id"))))
		return
	case calendar.Day:
		v.SetInt(int64(rapid.IntRange(-40_000, 40_000).Draw(f.T, "day")))
		return
	case calendar.Month:
		v.SetInt(int64(rapid.IntRange(1850*12, 2199*12).Draw(f.T, "month")))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(f.T, "set") {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			held := reflect.New(v.Elem().Type()).Elem()
			f.fill(held)
			v.Set(held)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(1, 3).Draw(f.T, "length"), 3))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.String:
		v.SetString(rapid.StringN(0, 5, 20).Draw(f.T, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(f.T, "bool"))
	case reflect.Float64:
		v.SetFloat(rapid.SampledFrom(f.numbers).Draw(f.T, "number"))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(rapid.IntRange(0, 200).Draw(f.T, "count")))
	case reflect.Int:
		v.SetInt(int64(rapid.IntRange(-5, 20).Draw(f.T, "count")))
	default:
		f.Fatalf("a field of kind %s cannot be filled", v.Kind())
	}
}

// ID is the n-th of a row of fixed ids; the 0th is the nil id.
func ID(n int) (id uuid.UUID) {
	id[15] = byte(n)
	return id
}
