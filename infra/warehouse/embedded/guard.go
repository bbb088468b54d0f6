package embedded

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard decides who may send statements. With a password, whoever knows it, as user "default". Without one, local
// programs, but no page in a browser: those send an Origin, or reach loopback under a foreign name.
type guard struct{ password string }

func (g guard) admit(r *http.Request) error {
	if g.password != "" {
		return g.check(r)
	}
	if r.Header.Get("Origin") != "" || !isLocal(r.Host) {
		return newException(codeAccessDenied, "Without a password the warehouse only answers local programs", "ACCESS_DENIED")
	}
	return nil
}

func (g guard) check(r *http.Request) error {
	user, password, ok := r.BasicAuth()
	if !ok {
		user, password = r.Header.Get("X-ClickHouse-User"), r.Header.Get("X-ClickHouse-Key")
	}
	if (user == "default" || user == "") && sameSecret(password, g.password) {
		return nil
	}
	return newException(codeAuthentication, "Authentication failed: password is incorrect, or there is no such user", "AUTHENTICATION_FAILED")
}

// sameSecret compares in a time that depends on neither secret.
func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// isLocal reports whether host (with or without a port) is a loopback address or "localhost".
func isLocal(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
