package httpapi

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLongAnswersAreCompressedForWhoeverTakesThem(t *testing.T) {
	d := open(t)
	plain := d.ask(http.MethodGet, "/openapi.json", "")
	require.Empty(t, plain.header.Get("Content-Encoding"))
	small := d.ask(http.MethodGet, "/openapi.json", "", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", small.header.Get("Content-Encoding"))
	require.Contains(t, small.header.Values("Vary"), "Accept-Encoding")
	require.Less(t, len(small.body), len(plain.body)/4)
	r, err := gzip.NewReader(strings.NewReader(small.body))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, plain.body, string(text))

	short := d.ask(http.MethodGet, "/api/v1/nothing", "", "Accept-Encoding", "gzip")
	require.Equal(t, http.StatusNotFound, short.status)
	require.Empty(t, short.header.Get("Content-Encoding"))
}
