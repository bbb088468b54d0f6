package httpapi

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSigningInAndOut(t *testing.T) {
	d := open(t)
	none := []string{"Authorization", ""}
	in := d.ask("GET", "/sign-in?code=the-code", "", none...)
	require.Equal(t, http.StatusSeeOther, in.status)
	require.Equal(t, "/", in.header.Get("Location"))
	cookie, err := http.ParseSetCookie(in.header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.Equal(t, sessionCookie, cookie.Name)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.False(t, cookie.Secure, "over plain HTTP on loopback")

	session := append([]string{"Cookie", sessionCookie + "=" + cookie.Value}, none...)
	require.Equal(t, 200, d.ask("GET", "/api/v1/session", "", session...).status)
	require.Equal(t, http.StatusSeeOther, d.ask("GET", "/sign-in?code=the-code", "", session...).status, "the link again in the same browser")
	require.Equal(t, "sign-in-link-used", d.ask("GET", "/sign-in?code=the-code", "", none...).problem().Code)
	require.Equal(t, "sign-in-link-used", d.ask("GET", "/sign-in", "", none...).problem().Code)
	asPerson := d.ask("GET", "/sign-in?code=the-code", "", append([]string{"Accept", "text/html,*/*;q=0.8"}, none...)...)
	require.Equal(t, "/?link=used", asPerson.header.Get("Location"), "the page says what to do")
	require.NotContains(t, d.logs.String(), "the-code")

	require.Equal(t, "cross-origin", d.ask("POST", "/api/v1/sign-out", "", append(session, "Sec-Fetch-Site", "cross-site")...).problem().Code)
	out := d.ask("POST", "/api/v1/sign-out", "", session...)
	require.Equal(t, http.StatusNoContent, out.status)
	require.Contains(t, out.header.Get("Set-Cookie"), "Max-Age=0")
	require.Equal(t, http.StatusUnauthorized, d.ask("GET", "/api/v1/session", "", session...).status)
	require.Equal(t, 204, d.ask("POST", "/api/v1/sign-out", "").status, "a token is nobody's session")
	require.Equal(t, 200, d.ask("GET", "/api/v1/session", "").status)
}
