package bus_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/bus"
)

// What is sealed in every event that is filled, and must never be published.
var hidden = event.Sealed{Subject: uuid.MustParse("5ea1ed00-0000-4000-8000-000000000001"), Ciphertext: []byte("张桂芳 13987654321")}

const oddText = `张桂芳 "<&>\` + "\u2028\u00e9😀"

// filled is an event with something in every field, sealed values included.
func filled(t testing.TB, empty event.Event) event.Event {
	t.Helper()
	v := reflect.New(reflect.TypeOf(empty)).Elem()
	fill(t, v)
	e, ok := v.Interface().(event.Event)
	require.True(t, ok)
	return e
}

func fill(t testing.TB, v reflect.Value) {
	t.Helper()
	for from, value := range map[reflect.Type]any{
		reflect.TypeFor[uuid.UUID](): uuid.MustParse("0190b4f0-0000-7000-8000-000000000009"), reflect.TypeFor[event.Sealed](): hidden,
		reflect.TypeFor[calendar.Day](): calendar.Date(2022, 11, 3), reflect.TypeFor[calendar.Month](): calendar.MonthOf(1941, 2),
		reflect.TypeFor[time.Time](): time.Date(2022, 11, 3, 4, 5, 6, 0, time.UTC), reflect.TypeFor[json.RawMessage](): json.RawMessage(`{"indicators":[1,{"target":0.6}]}`),
	} {
		if v.Type() == from {
			v.Set(reflect.ValueOf(value))
			return
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0))
		fill(t, v.Index(1))
	case reflect.String:
		v.SetString(oddText)
	case reflect.Int:
		v.SetInt(12)
	case reflect.Uint64:
		v.SetUint(math.MaxUint64 - 1)
	case reflect.Float64:
		v.SetFloat(45.47)
	default:
		t.Fatalf("a field of kind %s cannot be filled", v.Kind())
	}
}

// recorded is a filled event of a type as the log holds it.
func recorded(t testing.TB, typ event.Type) event.Recorded {
	t.Helper()
	r := logged()
	r.ID, r.Type, r.Event = uuid.New(), typ.Name, filled(t, typ.Zero)
	data, err := json.Marshal(r.Event)
	require.NoError(t, err)
	r.Data = data
	return r
}

// followed is a traceparent, as the extension of CloudEvents for distributed tracing has it.
const followed = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestEveryMessageIsACloudEvent(t *testing.T) {
	for _, odd := range []struct {
		name     string
		previous uint64
		change   func(*event.Recorded)
	}{
		{"a usual one", 41, func(*event.Recorded) {}},
		{"the first of its prefecture", 0, func(*event.Recorded) {}},
		{"a previous one that is not known", bus.UnknownPrevious, func(*event.Recorded) {}},
		{"no area", 41, func(r *event.Recorded) { r.Metadata.Area = "" }},
		{"a county", 41, func(r *event.Recorded) { r.Metadata.Area = "532601" }},
		{"no device", 41, func(r *event.Recorded) { r.Metadata.Device = "" }},
		{"texts of any script", 41, func(r *event.Recorded) {
			r.Stream, r.Metadata.Actor, r.Metadata.Device, r.Metadata.Area = "elder-"+oddText, oddText, oddText, oddText
		}},
		{"instants of another zone", 41, func(r *event.Recorded) {
			r.Metadata.RecordedAt, r.Metadata.ReceivedAt = r.Metadata.RecordedAt.In(calendar.Zone()), r.Metadata.ReceivedAt.In(calendar.Zone())
		}},
		{"an event that somebody follows", 41, func(r *event.Recorded) { r.Metadata.Traceparent = followed }},
		{"the largest numbers", math.MaxUint64 - 1, func(r *event.Recorded) {
			r.Number, r.Revision, r.Position = math.MaxUint64, math.MaxUint64, event.Position{Commit: math.MaxUint64, Prepare: math.MaxUint64}
		}},
		{"nothing that may be missing", 41, func(r *event.Recorded) {
			r.Metadata = event.Metadata{Ledger: r.Metadata.Ledger, RecordedAt: r.Metadata.RecordedAt}
		}},
	} {
		t.Run(odd.name, func(t *testing.T) {
			for _, typ := range codec(t).Types() {
				r := recorded(t, typ)
				odd.change(&r)
				body, err := bus.Encode(r, odd.previous)
				require.NoError(t, err)
				says(t, r, odd.previous, read(t, http.Header{"Content-Type": {bus.ContentType}}, body))
				hides(t, body)
			}
		})
	}
}

// What really lies in the stream, headers included.
func TestWhatTheRelayPublishesIsACloudEvent(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	types := codec(t).Types()
	for _, typ := range types {
		p.put(recorded(t, typ))
	}
	relay(t, connect(t, url, 0), p, &note{})
	for i, m := range stored(t, manage(t, url), len(types)) {
		says(t, p.events[i], uint64(i), read(t, http.Header(m.Header), m.Data))
		hides(t, m.Data)
		require.Equal(t, bus.Subject(p.events[i]), m.Subject)
	}
}

// read is a message as the CloudEvents library understands it.
func read(t testing.TB, header http.Header, body []byte) *cloudevents.Event {
	t.Helper()
	m := cehttp.NewMessage(header, io.NopCloser(bytes.NewReader(body)))
	require.Equal(t, binding.EncodingStructured, m.ReadEncoding())
	e, err := binding.ToEvent(t.Context(), m)
	require.NoError(t, err, string(body))
	require.NoError(t, e.Validate(), string(body))
	return e
}

// says fails where a CloudEvent says other than what was recorded, or more.
func says(t testing.TB, r event.Recorded, previous uint64, e *cloudevents.Event) {
	t.Helper()
	m := r.Metadata
	require.Equal(t, cloudevents.VersionV1, e.SpecVersion())
	require.Equal(t, r.ID.String(), e.ID())
	require.Equal(t, "/ledgers/"+m.Ledger.String(), e.Source())
	require.Equal(t, r.Type, e.Type())
	require.Equal(t, r.Stream, e.Subject())
	require.Equal(t, m.RecordedAt.UTC(), e.Time())
	require.Equal(t, cloudevents.ApplicationJSON, e.DataContentType())
	require.Empty(t, e.DataSchema())
	require.Equal(t, extensions(r, previous), e.Extensions())
	for name := range e.Extensions() {
		require.Regexp(t, `^[a-z0-9]{1,20}$`, name)
	}
	require.JSONEq(t, published(t, r.Data), string(e.Data()))
}

// extensions are the extension attributes that must stand in a message, and no other.
func extensions(r event.Recorded, previous uint64) map[string]any {
	m := r.Metadata
	number := func(n uint64) string { return strconv.FormatUint(n, 10) }
	want := map[string]any{
		"ledgernumber": number(r.Number), "previousnumber": number(previous), "prefecture": "0000", "area": m.Area, "revision": number(r.Revision),
		"commandid": text(m.CommandID), "correlationid": text(m.CorrelationID), "causationid": text(m.CausationID),
		"actor": m.Actor, "device": m.Device, "occurredon": m.OccurredOn.String(), "receivedat": instant(m.ReceivedAt),
		"traceparent": m.Traceparent,
		"storecommit": number(r.Position.Commit), "storeprepare": number(r.Position.Prepare), "schemaversion": strconv.Itoa(m.Schema),
	}
	if strings.HasPrefix(m.Area, "5326") {
		want["prefecture"] = "5326"
	}
	if previous == bus.UnknownPrevious {
		delete(want, "previousnumber")
	}
	for name, value := range want {
		if value == "" {
			delete(want, name)
		}
	}
	return want
}

func text(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// published is data without what is sealed, found another way than the bus does.
func published(t testing.TB, data []byte) string {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	require.NoError(t, d.Decode(&v))
	open, err := json.Marshal(unsealed(v))
	require.NoError(t, err)
	return string(open)
}

func unsealed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if o, ok := member.(map[string]any); ok && o["subject"] != nil && o["ciphertext"] != nil {
				delete(v, name)
				continue
			}
			v[name] = unsealed(member)
		}
	case []any:
		for i := range v {
			v[i] = unsealed(v[i])
		}
	}
	return v
}

// hides fails where a sealed value, or whose it is, is shown.
func hides(t testing.TB, body []byte) {
	t.Helper()
	for _, secret := range []string{base64.StdEncoding.EncodeToString(hidden.Ciphertext), hidden.Subject.String(), "ciphertext"} {
		require.NotContains(t, string(body), secret)
	}
}
