package httpapi

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/careledger/careledger/domain/command"
)

// metrics of the door. Labels are route patterns and the names of commands: no address, no id of anybody.
type metrics struct {
	requests *prometheus.HistogramVec
	commands *prometheus.CounterVec
}

func newMetrics(registry *prometheus.Registry) (metrics, error) {
	m := metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "careledger_http_request_seconds", Help: "Duration of HTTP requests by route and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method", "status"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "careledger_commands_total", Help: "Commands that were run, by type and result.",
		}, []string{"type", "result"}),
	}
	return m, errors.Join(registry.Register(m.requests), registry.Register(m.commands))
}

// count counts a command that was run.
func (s *server) count(name string, o command.Outcome) {
	result := "accepted"
	switch {
	case o.Err != nil:
		result = "refused"
	case o.Duplicate:
		result = "duplicate"
	}
	s.metrics.commands.WithLabelValues(name, result).Inc()
}

// nameOf keeps invented types out of labels.
func (s *server) nameOf(name string) string {
	if _, known := s.byName[name]; known {
		return name
	}
	return "unknown"
}

type correlationKey struct{}

// correlationOf is the id by which a request's log lines and events are found together.
func correlationOf(ctx context.Context) uuid.UUID {
	id, _ := ctx.Value(correlationKey{}).(uuid.UUID)
	return id
}

// correlation is the trace id of a W3C traceparent header, else a new id.
func correlation(r *http.Request) uuid.UUID {
	parts := strings.Split(r.Header.Get("Traceparent"), "-")
	if len(parts) >= 4 && len(parts[0]) == 2 && len(parts[1]) == 32 {
		if b, err := hex.DecodeString(parts[1]); err == nil {
			if id, err := uuid.FromBytes(b); err == nil && id != uuid.Nil {
				return id
			}
		}
	}
	return uuid.New()
}

// observe counts and logs requests by route pattern: no address, no query, no id of anybody.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		r, span, id := s.follow(r)
		r = r.WithContext(context.WithValue(r.Context(), correlationKey{}, id))
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		seen.Header().Set("Careledger-Correlation", id.String())
		traceresponse(seen.Header(), span)
		defer followed(span, r, seen)
		next.ServeHTTP(seen, r)
		took := time.Since(started)
		route, level := routeOf(r), slog.LevelDebug
		if strings.HasPrefix(route, "/api/") {
			level = slog.LevelInfo
		}
		s.metrics.requests.WithLabelValues(route, methodOf(r), strconv.Itoa(seen.status)).Observe(took.Seconds())
		s.Logger.Log(r.Context(), level, "request", "method", methodOf(r), "route", route, "status", seen.status,
			"ms", took.Milliseconds(), "correlation", id)
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
			s.Logger.ErrorContext(r.Context(), "a handler broke", "route", routeOf(r), "correlation", correlationOf(r.Context()),
				"stack", string(debug.Stack()))
			s.refuse(w, r, problem(errInternal))
		}()
		next.ServeHTTP(w, r)
	})
}

// policy lets a page of ours load only what we serve.
const policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", policy)
		next.ServeHTTP(w, r)
	})
}
