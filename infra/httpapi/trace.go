package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// follow begins the span of a request to the API, below the caller's where it came with one, and answers the trace's id.
// A caller's tracestate is left behind: it is free text. Open pages are not followed, their requests have no end.
func (s *server) follow(r *http.Request) (*http.Request, trace.Span, uuid.UUID) {
	if s.Tracer == nil || !strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == livePath {
		return r, nil, correlation(r)
	}
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	if caller := trace.SpanContextFromContext(ctx); caller.IsValid() {
		ctx = trace.ContextWithRemoteSpanContext(ctx, caller.WithTraceState(trace.TraceState{}))
	}
	ctx, span := s.Tracer.Start(ctx, methodOf(r), trace.WithSpanKind(trace.SpanKindServer))
	return r.WithContext(ctx), span, uuid.UUID(span.SpanContext().TraceID())
}

// traceresponse tells the caller which span the request was, as the W3C's draft of that header has it.
func traceresponse(h http.Header, span trace.Span) {
	if span == nil {
		return
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(trace.ContextWithSpan(context.Background(), span), carrier)
	h.Set("Traceresponse", carrier["traceparent"])
}

// followed ends a request's span. It is named after the route's pattern: no address, no id of anybody.
func followed(span trace.Span, r *http.Request, seen *statusWriter) {
	if span == nil || !span.IsRecording() {
		return
	}
	method, route := methodOf(r), routeOf(r)
	span.SetName(method + " " + route)
	span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route),
		attribute.Int("http.response.status_code", seen.status))
	if seen.status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
