package httpapi

import (
	"compress/gzip"
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compressing compresses answers that are worth it: on a slow network the scoreboard comes in a tenth of the bytes. A few
// random bytes more hide the exact size, which could else tell what of a secret an asker has guessed. What lives is left as it
// is.
func compressing() (func(http.Handler) http.Handler, error) {
	const (
		worth  = 1400 // bytes: one packet
		jitter = 64
	)
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(worth), gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.RandomJitter(jitter, 0, false),
		gzhttp.ContentTypes([]string{"application/json", "application/problem+json"}))
	if err != nil {
		return nil, fmt.Errorf("compress answers: %w", err)
	}
	return func(next http.Handler) http.Handler {
		compressed := wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == livePath {
				next.ServeHTTP(w, r)
			} else {
				compressed.ServeHTTP(w, r)
			}
		})
	}, nil
}
