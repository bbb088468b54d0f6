package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/fault"
)

const sessionCookie = "careledger_session"

type server struct {
	Options
	catalogue []spec
	byName    map[string]spec
	envelope  shape
	claims    claims
	large     gate       // of what reads all of a month's facts: one at a time, and others wait
	merges    sync.Mutex // one at a time
	metrics   metrics
}

// New makes the door. Everything but /livez, /readyz, /sign-in and the page's files needs a principal.
func New(o Options) (http.Handler, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	s := &server{Options: o, catalogue: catalogue(), byName: map[string]spec{}, envelope: shapeOf(batchItemType), large: newGate(largeAtWork, largeWaiting)}
	s.claims.inFlight = map[string]int{}
	for _, c := range s.catalogue {
		s.byName[c.name] = c
	}
	var err error
	if s.metrics, err = newMetrics(o.Registry); err != nil {
		return nil, fmt.Errorf("register the metrics of HTTP: %w", err)
	}
	return s.routes()
}

func (s *server) routes() (http.Handler, error) {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, errCrossOrigin) }))
	router := chi.NewRouter()
	router.Use(s.observe, s.recover, secure, sameOrigin.Handler)
	router.NotFound(s.notFound)
	router.MethodNotAllowed(s.methodNotAllowed(router))
	router.Get("/livez", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "ok\n") })
	router.Get("/readyz", s.readyz)
	router.Get("/sign-in", s.signIn)
	router.Method(http.MethodGet, "/docs", docs(s.Page))
	compressed, failed := compressing()
	if failed != nil {
		return nil, failed
	}
	router.Group(func(r chi.Router) {
		r.Use(s.authenticate, compressed)
		api := s.newAPI(r)
		s.registerCommands(api)
		s.registerReads(api)
		s.registerPublications(api, r)
		s.registerLive(api, r)
		var described http.Handler
		if described, failed = describe(api); failed != nil {
			return
		}
		r.Method(http.MethodGet, "/openapi.json", s.only(access.Operate, described))
		r.Method(http.MethodGet, "/asyncapi.json", s.only(access.Operate, description(s.AsyncAPI)))
		r.Method(http.MethodGet, "/metrics", s.only(access.Operate, promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{})))
	})
	return router, failed
}

// docs serves the page that shows the API's description, which the page asks for as everybody does.
func docs(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path = "/docs.html"
		page.ServeHTTP(w, r)
	})
}

// notFound is the page's files, or a problem below the API.
func (s *server) notFound(w http.ResponseWriter, r *http.Request) {
	below := r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/")
	if !below && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		s.Page.ServeHTTP(w, r)
		return
	}
	s.authenticate(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.refuse(w, r, errNoRoute) })).ServeHTTP(w, r)
}

// methodNotAllowed says which methods the address takes.
func (s *server) methodNotAllowed(routes chi.Routes) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if routes.Match(chi.NewRouteContext(), method, r.URL.Path) {
				allowed = append(allowed, method)
			}
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.refuse(w, r, errMethod)
	}
}

func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		reason := ""
		if f, ok := fault.Of(err); ok {
			reason = ": " + f.Code
		}
		writeText(w, http.StatusServiceUnavailable, "not ready"+reason+"\n")
		return
	}
	writeText(w, http.StatusOK, "ready\n")
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the client is gone if this fails
}

type principalKey struct{}

// authenticate takes the bearer token, else the session cookie.
func (s *server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		who, err := s.principalOf(r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, who)))
	})
}

func (s *server) principalOf(r *http.Request) (access.Principal, error) {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return s.known(strings.TrimSpace(token), errToken)
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return access.Principal{}, errUnauthenticated
	}
	return s.known(cookie.Value, errUnauthenticated)
}

// known is who bears a token or session; unknown where nobody does.
func (s *server) known(token string, unknown error) (access.Principal, error) {
	who, err := s.Identity.Authenticate(token)
	if errors.Is(err, s.Unknown) {
		err = unknown
	}
	return who, err
}

// caller is who calls, if they may do a at all; where is checked with what they touch.
func (s *server) caller(ctx context.Context, a access.Action) (access.Principal, error) {
	who, ok := ctx.Value(principalKey{}).(access.Principal)
	if !ok {
		return who, errUnauthenticated
	}
	if !access.Allows(who, a, who.Areas) {
		return who, errForbidden
	}
	return who, nil
}

func (s *server) only(a access.Action, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.caller(r.Context(), a); err != nil {
			s.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}
