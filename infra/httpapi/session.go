package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
)

// signIn turns a one-time code into a session cookie and goes to the page.
func (s *server) signIn(w http.ResponseWriter, r *http.Request) {
	session, _, err := s.Identity.Redeem(r.URL.Query().Get("code"))
	if err != nil && !errors.Is(err, s.Unknown) {
		s.refuse(w, r, err)
		return
	}
	if err != nil {
		if _, signedIn := s.principalOf(r); signedIn == nil { // the link again, in the browser that used it
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		if strings.Contains(r.Header.Get("Accept"), "text/html") { // a person: the page says what to do
			http.Redirect(w, r, "/?link=used", http.StatusSeeOther)
			return
		}
		s.refuse(w, r, errSignIn)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// SessionBody is who is signed in, and the areas they are bound to; none: everywhere.
type SessionBody struct {
	Principal PrincipalBody `json:"principal"`
	Areas     []string      `json:"areas"`
}

// PrincipalBody is a principal on the wire.
type PrincipalBody struct {
	ID   uuid.UUID   `json:"id" format:"uuid"`
	Role access.Role `json:"role" enum:"administrator,caseworker,analyst,supervisor"`
}

func (s *server) session(_ context.Context, who access.Principal, _ *struct{}) (*answer[SessionBody], error) {
	return &answer[SessionBody]{SessionBody{PrincipalBody{who.ID, who.Role}, append([]string{}, who.Areas...)}}, nil
}

type signOutInput struct {
	Session string `cookie:"careledger_session" hidden:"true"`
}

type signOutOutput struct {
	SetCookie string `header:"Set-Cookie" doc:"Ends the browser's session"`
}

func (s *server) signOut(ctx context.Context, in *signOutInput) (*signOutOutput, error) {
	if in.Session != "" {
		if err := s.Identity.Revoke(in.Session); err != nil {
			return nil, s.fail(ctx, err)
		}
	}
	ended := http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	return &signOutOutput{ended.String()}, nil
}
