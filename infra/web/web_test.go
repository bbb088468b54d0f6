package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestThePageIsServed(t *testing.T) {
	built := handler{fstest.MapFS{
		"index.html":          {Data: []byte("<page>")},
		"docs.html":           {Data: []byte("<docs>")},
		"assets/app-1.js":     {Data: []byte("script")},
		"assets/app-1.js.gz":  {Data: []byte("zipped")},
		"assets/plain-1.css":  {Data: []byte("style")},
		".gitkeep":            {Data: []byte("hidden")},
		"assets/.hidden":      {Data: []byte("hidden")},
		"assets/folder/a.txt": {Data: []byte("a")},
	}}
	for _, c := range []struct {
		behaviour, path, encoding string
		status                    int
		body, header, value       string
	}{
		{"the page, asked for afresh each time", "/", "", 200, "<page>", "Cache-Control", "no-cache"},
		{"an address of the page is the page", "/counties/532601", "", 200, "<page>", "Content-Type", "text/html; charset=utf-8"},
		{"a script is kept for ever", "/assets/app-1.js", "", 200, "script", "Cache-Control", "public, max-age=31536000, immutable"},
		{"a script comes compressed to who takes it", "/assets/app-1.js", "gzip, br", 200, "zipped", "Content-Type", "text/javascript; charset=utf-8"},
		{"what was not compressed comes as it is", "/assets/plain-1.css", "gzip", 200, "style", "Content-Encoding", ""},
		{"a script that is not there is no page", "/assets/app-2.js", "", 404, "", "", ""},
		{"a folder is not listed", "/assets/", "", 200, "<page>", "", ""},
		{"what hides stays hidden", "/.gitkeep", "", 404, "", "", ""},
		{"nobody climbs out", "/../web.go", "", 404, "", "", ""},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodGet, "http://localhost"+c.path, nil)
			request.Header.Set("Accept-Encoding", c.encoding)
			answer := httptest.NewRecorder()
			built.ServeHTTP(answer, request)
			require.Equal(t, c.status, answer.Code)
			if c.status == http.StatusOK {
				require.Equal(t, c.body, answer.Body.String())
				require.Contains(t, answer.Header().Get("Content-Security-Policy"), "default-src 'self'")
			}
			if c.header != "" {
				require.Equal(t, c.value, answer.Header().Get(c.header))
			}
		})
	}
	t.Run("a page that was not built says what to run", func(t *testing.T) {
		answer := httptest.NewRecorder()
		handler{fstest.MapFS{}}.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
		require.Equal(t, http.StatusServiceUnavailable, answer.Code)
		require.Contains(t, answer.Body.String(), "make build")
	})
}
