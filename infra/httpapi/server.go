package httpapi

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/careledger/careledger/domain/access"
)

const sessionCookie = "careledger_session"

type server struct {
	Options
	catalogue []spec
	byName    map[string]spec
	places    chan struct{}
	requests  *prometheus.HistogramVec
}

// New makes the door. Everything but /livez, /readyz, /sign-in and the page's files needs a principal.
func New(o Options) (http.Handler, error) {
	huma.NewError = ownErrors // huma knows no other way to shape its own refusals
	s := &server{Options: o, catalogue: catalogue(), byName: map[string]spec{}, places: make(chan struct{}, waitLimit)}
	for _, c := range s.catalogue {
		s.byName[c.name] = c
	}
	s.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "careledger_http_request_seconds", Help: "Duration of HTTP requests by route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"route", "method", "status"})
	if err := o.Registry.Register(s.requests); err != nil {
		return nil, err
	}
	router := chi.NewRouter()
	router.Use(s.observe, s.recover, http.NewCrossOriginProtection().Handler, secure)
	router.NotFound(s.notFound)
	router.MethodNotAllowed(func(w http.ResponseWriter, _ *http.Request) { writeProblem(w, problem(errMethod)) })
	router.Get("/livez", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "ok\n") })
	router.Get("/readyz", s.readyz)
	router.Get("/sign-in", s.signIn)
	router.Group(func(r chi.Router) {
		r.Use(s.authenticate)
		s.registerAPI(r)
		r.Get("/api/v1/live", s.live)
		r.Handle("/metrics", s.only(access.Operate, promhttp.HandlerFor(o.Registry, promhttp.HandlerOpts{})))
		r.Handle("/docs", s.only(access.Operate, docs(o.Page)))
	})
	return router, nil
}

func (s *server) registerAPI(r chi.Router) {
	config := huma.DefaultConfig("Careledger · 照护台账", "1")
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.OpenAPIPath = "/openapi"
	config.Info.Description = "Commands record what was done; questions answer indicators, registers and alerts. " +
		"Every write carries an Idempotency-Key; every error is an RFC 9457 problem in English and Chinese."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"token": {}}}
	api := humachi.New(r, config)
	s.registerCommands(api)
	s.registerReads(api)
}

// docs serves the page's description of the API.
func docs(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path = "/docs.html"
		page.ServeHTTP(w, r)
	})
}

// notFound is the page's files, or a problem below the API.
func (s *server) notFound(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/") || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		if _, err := s.principalOf(r); err != nil {
			writeProblem(w, problem(errUnauthenticated))
			return
		}
		writeProblem(w, problem(errNoRoute))
		return
	}
	s.Page.ServeHTTP(w, r)
}

func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		writeText(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	writeText(w, http.StatusOK, "ready\n")
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
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
			writeProblem(w, problem(errUnauthenticated))
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, who)))
	})
}

func (s *server) principalOf(r *http.Request) (access.Principal, error) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return s.Identity.Authenticate(strings.TrimSpace(token))
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return access.Principal{}, errUnauthenticated
	}
	return s.Identity.Authenticate(cookie.Value)
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
			writeProblem(w, problemOf(r.Context(), s.Logger, err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fail turns an error into a problem for huma, with Retry-After where waiting helps.
func (s *server) fail(ctx context.Context, err error) error {
	p := problemOf(ctx, s.Logger, err)
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"1"}})
	}
	return p
}

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// recover answers a broken handler with a problem, and logs where it broke, not what was sent.
func (s *server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			broken := recover()
			if broken == nil {
				return
			}
			if err, ok := broken.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(broken) // net/http's own way to end a connection
			}
			s.Logger.ErrorContext(r.Context(), "a handler broke", "route", routeOf(r), "stack", string(debug.Stack()))
			writeProblem(w, problem(errInternal))
		}()
		next.ServeHTTP(w, r)
	})
}

// observe counts requests by route pattern: no address, no query, no id of anybody.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		took := time.Since(started)
		route := routeOf(r)
		s.requests.WithLabelValues(route, methodOf(r), strconv.Itoa(seen.status)).Observe(took.Seconds())
		s.Logger.DebugContext(r.Context(), "request", "route", route, "method", methodOf(r), "status", seen.status, "took", took)
	})
}

// methodOf keeps invented methods out of labels.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "other"
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
