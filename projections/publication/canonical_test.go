package publication

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The vectors are those of RFC 8785.
func TestCanonicalForm(t *testing.T) {
	for _, c := range []struct{ of, want string }{
		{`{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }`,
			"{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"},
		{`[0, -0, 5e-324, -1.7976931348623157e308, 9007199254740992, 295147905179352830000, 1e21, 1e-6, 1e-7, 999999999999999900000]`,
			`[0,0,5e-324,-1.7976931348623157e+308,9007199254740992,295147905179352830000,1e+21,0.000001,1e-7,999999999999999900000]`},
		{` { } `, `{}`}, {`[]`, `[]`}, {"\"\u2028<>&\"", "\"\u2028<>&\""},
	} {
		got, err := canonicalJSON([]byte(c.of))
		require.NoError(t, err, c.of)
		require.Equal(t, c.want, string(got))
	}
}

func TestWhatHasNoCanonicalForm(t *testing.T) {
	for _, text := range []string{"", "{", `{"a":1}}`, `{"a":1} x`, `[1e999]`, "[01]", "\x00"} {
		_, err := canonicalJSON([]byte(text))
		require.Error(t, err, text)
	}
	_, err := Canonical(math.NaN())
	require.Error(t, err)
}

// Another implementation of RFC 8785 writes the same bytes, and what is canonical stays as it is.
func TestCanonicalAsOthersWriteIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v any = rapid.MapOf(rapid.StringMatching(`[a-z_]{1,6}`), rapid.OneOf(
			rapid.Custom(func(t *rapid.T) any { return rapid.Float64().Draw(t, "number") }),
			rapid.Custom(func(t *rapid.T) any { return rapid.String().Draw(t, "text") }),
			rapid.Custom(func(t *rapid.T) any { return rapid.SliceOf(rapid.Int32()).Draw(t, "list") }),
			rapid.Custom(func(t *rapid.T) any { return rapid.Bool().Draw(t, "bool") }),
		)).Draw(t, "v")
		got, err := Canonical(v)
		require.NoError(t, err)
		raw, err := json.Marshal(v)
		require.NoError(t, err)
		others := jsontext.Value(raw)
		require.NoError(t, others.Canonicalize())
		require.Equal(t, string(others), string(got))
		again, err := canonicalJSON(got)
		require.NoError(t, err)
		require.True(t, bytes.Equal(got, again))
	})
}
