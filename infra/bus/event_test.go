package bus_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/bus"
)

func logged() event.Recorded {
	id := func(n byte) uuid.UUID { return uuid.UUID{0x01, 0x90, 0xb4, 0xf0, 0, 0, 0x70, 0, 0x80, 15: n} }
	return event.Recorded{
		ID: id(1), Stream: "elder-5326-" + id(2).String(), Revision: 7, Number: 18446744073709551614, Type: "HomeVisitLogged.v1",
		Position: event.Position{Commit: 9007199254740993, Prepare: 9007199254740992},
		Data:     []byte(`{"elder": "0190b4f0-0000-7000-8000-000000000002", "mode":"home", "note":{"subject":"x","ciphertext":"eA=="}, "outcome":"seen"}`),
		Metadata: event.Metadata{
			Ledger: id(3), CommandID: id(4), BodyHash: "not for others", CorrelationID: id(5), CausationID: id(6), Actor: "staff-\"张\"",
			Device: "phone-1", Area: "532601001", OccurredOn: calendar.Date(2022, 11, 3), Schema: 1,
			ReceivedAt: time.Date(2022, 11, 3, 1, 2, 3, 4000, time.UTC), RecordedAt: time.Date(2022, 11, 3, 1, 2, 3, 5000, time.UTC),
		},
	}
}

func TestEncodeKeepsItsBytes(t *testing.T) {
	got, err := bus.Encode(logged(), 41)
	require.NoError(t, err)
	want, err := os.ReadFile("testdata/home-visit-logged.json")
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(string(want)), string(got))
}

func TestDecodeBringsBackWhatEncodeWrote(t *testing.T) {
	want := logged()
	want.Metadata.Traceparent = followed
	body, err := bus.Encode(want, 41)
	require.NoError(t, err)
	got, previous, err := bus.Decode(body)
	require.NoError(t, err)
	require.EqualValues(t, 41, previous)
	want.Metadata.BodyHash = ""
	want.Data = []byte(`{"elder":"0190b4f0-0000-7000-8000-000000000002","mode":"home","outcome":"seen"}`)
	require.Equal(t, want, got)
}

func TestAnyEventComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(1, 20, -1)
		data, err := json.Marshal(map[string]any{text.Draw(t, "key"): text.Draw(t, "value"), "n": rapid.Float64Range(-1e9, 1e9).Draw(t, "n")})
		require.NoError(t, err)
		want := event.Recorded{
			ID: uuid.New(), Stream: text.Draw(t, "stream"), Type: text.Draw(t, "type"), Data: data,
			Number: rapid.Uint64Min(1).Draw(t, "number"), Revision: rapid.Uint64().Draw(t, "revision"),
			Metadata: event.Metadata{Ledger: uuid.New(), Actor: text.Draw(t, "actor"), Area: "532601", Schema: rapid.IntRange(0, 9).Draw(t, "schema")},
		}
		previous := rapid.Uint64().Draw(t, "previous")
		body, err := bus.Encode(want, previous)
		require.NoError(t, err)
		require.True(t, json.Valid(body))
		got, p, err := bus.Decode(body)
		require.NoError(t, err)
		require.Equal(t, previous, p)
		require.JSONEq(t, string(want.Data), string(got.Data))
		want.Data, got.Data = nil, nil
		require.Equal(t, want, got)
	})
}

func TestSealedValuesAreLeftOut(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"nothing sealed stays byte for byte": {`{ "a" : [1, 2] }`, `{ "a" : [1, 2] }`},
		"a member goes with its key":         {`{"a":1,"p":{"subject":"s","ciphertext":"c"},"b":2}`, `{"a":1,"b":2}`},
		"the first goes with its comma":      {`{"p":{"ciphertext":"c","subject":"s"},"b":2}`, `{"b":2}`},
		"the only one":                       {`{"p":{"subject":"s","ciphertext":"c"}}`, `{}`},
		"nested":                             {`{"a":{"p":{"subject":"s","ciphertext":"c"},"q":[]}}`, `{"a":{"q":[]}}`},
		"in a list":                          {`{"a":[{"subject":"s","ciphertext":"c"},1,{"subject":"s","ciphertext":"c"}]}`, `{"a":[1]}`},
		"a third member makes it another":    {`{"p":{"subject":"s","ciphertext":"c","x":1}}`, `{"p":{"subject":"s","ciphertext":"c","x":1}}`},
		"one member alone is another":        {`{"p":{"ciphertext":"c"}}`, `{"p":{"ciphertext":"c"}}`},
		"spelt with escapes":                 {`{"p":{"subject":"s","\u0063iphertext":"c"}}`, `{}`},
		"the word in a text":                 {`{"p":"a \"ciphertext\" of {subject}"}`, `{"p":"a \"ciphertext\" of {subject}"}`},
		"the whole":                          {`{"subject":"s","ciphertext":"c"}`, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			r := logged()
			r.Data = []byte(c.data)
			body, err := bus.Encode(r, 0)
			require.NoError(t, err)
			got, _, err := bus.Decode(body)
			require.NoError(t, err)
			require.Equal(t, c.want, string(got.Data))
		})
	}
}

func TestDataThatIsNotJSONIsNotEncoded(t *testing.T) {
	r := logged()
	r.Data = []byte(`{"a":`)
	_, err := bus.Encode(r, 0)
	require.Error(t, err)
}

func TestSubjects(t *testing.T) {
	for want, r := range map[string]event.Recorded{
		"records.5326.532601.elder.home-visit-logged":        {Stream: "elder-5326-x", Type: "HomeVisitLogged.v1", Metadata: event.Metadata{Area: "532601001"}},
		"records.5326.532600.plan.plan-adopted":              {Stream: "plan-5326-x", Type: "PlanAdopted.v1", Metadata: event.Metadata{Area: "5326"}},
		"records.0000.000000.ledger.day-closed":              {Stream: "ledger", Type: "DayClosed.v2"},
		"records.0000.000000._.id-card-seen":                 {Stream: "", Type: "IDCardSeen.v1", Metadata: event.Metadata{Area: "x.>*"}},
		"records.5326.532601.odd_name.what_is_this__v1_here": {Stream: "odd name-1", Type: "what is this (v1)here.v1", Metadata: event.Metadata{Area: "532601"}},
	} {
		require.Equal(t, want, bus.Subject(r))
	}
}

func FuzzDecode(f *testing.F) {
	body, err := bus.Encode(logged(), 41)
	require.NoError(f, err)
	f.Add(body)
	f.Add([]byte(`{"specversion":"1.0","data":{"a":[1,{"b":"\"}"}]},"id":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, _, err := bus.Decode(b)
		if err == nil && r.Number == 0 {
			t.Fatal("a message without number was taken")
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	r := visit(uuid.New(), 7, "532601")
	for b.Loop() {
		if _, err := bus.Encode(r, 6); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	body, err := bus.Encode(visit(uuid.New(), 7, "532601"), 6)
	require.NoError(b, err)
	for b.Loop() {
		if _, _, err := bus.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeWithItsEvent(b *testing.B) {
	body, err := bus.Encode(visit(uuid.New(), 7, "532601"), 6)
	require.NoError(b, err)
	c := codec(b)
	for b.Loop() {
		r, _, err := bus.Decode(body)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := c.Decode(r.Type, r.Data); err != nil {
			b.Fatal(err)
		}
	}
}
