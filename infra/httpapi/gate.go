package httpapi

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/careledger/careledger/domain/access"
)

// gate bounds how many requests are worked on beside each other, and how many more wait for their turn.
type gate struct {
	working chan struct{}
	inside  chan struct{}
}

func newGate(working, waiting int) gate {
	return gate{working: make(chan struct{}, working), inside: make(chan struct{}, working+waiting)}
}

// enter waits for a turn; leave must be called after it. It fails with full where too many wait already, or who asks goes.
func (g gate) enter(ctx context.Context, full error) (leave func(), err error) {
	select {
	case g.inside <- struct{}{}:
	default:
		return nil, full
	}
	select {
	case g.working <- struct{}{}:
		return func() { <-g.working; <-g.inside }, nil
	case <-ctx.Done():
		<-g.inside
		return nil, full
	}
}

// writing lets a command in from somebody who may record.
func (s *server) writing(g gate) func(ctx huma.Context, next func(huma.Context)) {
	return s.admitting(access.Record, g)
}

// admitting lets a command in: from somebody who may do a, in JSON, if there is room. It comes before the body is read, so
// that what is refused costs no memory.
func (s *server) admitting(a access.Action, g gate) func(ctx huma.Context, next func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humachi.Unwrap(ctx)
		if _, err := s.caller(r.Context(), a); err != nil {
			s.refuse(w, r, err)
			return
		}
		if !plainJSON(r.Header) {
			s.refuse(w, r, errMediaType)
			return
		}
		leave, err := g.enter(r.Context(), errBusy)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		defer leave()
		next(ctx)
	}
}

// plainJSON reports whether a body says that it is JSON in UTF-8; one that says nothing is believed.
func plainJSON(h http.Header) bool {
	if h.Get("Content-Encoding") != "" && h.Get("Content-Encoding") != "identity" {
		return false
	}
	if h.Get("Content-Type") == "" {
		return true
	}
	kind, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset := parameters["charset"]
	return err == nil && kind == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8"))
}
