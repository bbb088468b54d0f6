package httpapi

import (
	"crypto/hmac"
	"encoding/base64"
	"strings"
)

// cursor is where a page ended, signed for the question it belongs to.
func (s *server) cursor(after, scope string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(after + "." + s.signature(after, scope)))
}

func (s *server) signature(after, scope string) string {
	return s.Sealer.Hash([]byte("cursor\x00" + scope + "\x00" + after))
}

// readCursor answers where the page before ended; "" for the first page.
func (s *server) readCursor(cursor, scope string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	after, signature, _ := strings.Cut(string(b), ".")
	if err != nil || !hmac.Equal([]byte(signature), []byte(s.signature(after, scope))) {
		return "", errCursor.At("/cursor")
	}
	return after, nil
}
