package app

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/infra/telemetry"
)

// mostFollowed bounds how many events of one request are followed, and how many of one prefecture at once.
const mostFollowed = 32

// stillOnItsWay is how old an event may be to be followed: an older one is read again, by a set or a bus that is filled anew.
const stillOnItsWay = 5 * time.Minute

// spans makes the spans of a command's way behind the door: append, publish, project, count, announce. What they say is
// numbers, types, categories and prefectures, never an id. Nil: nothing is followed.
type spans struct {
	tracer trace.Tracer
	now    func() time.Time
}

// openTraces begins to send traces, where a collector is given.
func (a *App) openTraces(ctx context.Context) error {
	o := a.options
	if o.OTLP == "" {
		return nil
	}
	var err error
	a.traces, err = telemetry.Open(ctx, telemetry.Options{
		URL: o.OTLP, Share: o.OTLPSample, Instance: a.instance, Logger: o.Logger.With("part", "telemetry"),
	})
	if err != nil {
		return err
	}
	a.spans = &spans{tracer: a.traces.Tracer(), now: o.Now}
	a.engines.publishing = a.spans.publish
	return nil
}

// allowance is how many more events of a request may be followed.
type allowance struct{ left atomic.Int32 }

type allowanceKey struct{}

// bounded gives each request its allowance.
func (s *spans) bounded(next http.Handler) http.Handler {
	if s == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &allowance{}
		a.left.Store(mostFollowed)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), allowanceKey{}, a)))
	})
}

// take takes up to n of the request's allowance; 0 where there is no request.
func take(ctx context.Context, n int) int {
	a, ok := ctx.Value(allowanceKey{}).(*allowance)
	if !ok {
		return 0
	}
	for {
		left := a.left.Load()
		taken := min(left, int32(n))
		if taken <= 0 || a.left.CompareAndSwap(left, left-taken) {
			return int(taken)
		}
	}
}

// followedLedger makes a span of each append for a request that is followed.
type followedLedger struct {
	command.Ledger
	spans *spans
}

func (s *spans) ledger(l command.Ledger) command.Ledger {
	if s == nil {
		return l
	}
	return followedLedger{l, s}
}

// Append implements command.Ledger. The first events bear the span, so that whoever meets them goes on below it.
func (l followedLedger) Append(ctx context.Context, stream string, expected int64, events []event.Pending) error {
	if len(events) == 0 || !trace.SpanFromContext(ctx).IsRecording() {
		return l.Ledger.Append(ctx, stream, expected, events)
	}
	n := take(ctx, len(events))
	if n == 0 {
		return l.Ledger.Append(ctx, stream, expected, events)
	}
	ctx, span := l.spans.tracer.Start(ctx, "append", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		about(stream, events[0].Event.EventType(), events[0].Metadata)...), trace.WithAttributes(attribute.Int("careledger.events", len(events))))
	header := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, header)
	events = slices.Clone(events)
	for i := range n {
		events[i].Metadata.Traceparent = header["traceparent"]
	}
	err := l.Ledger.Append(ctx, stream, expected, events)
	finish(span, err)
	return err
}

// publish is a relay's span for an event that is followed, until the bus has taken it.
func (s *spans) publish(r event.Recorded) func(error) {
	origin, ok := s.origin(r)
	if !ok {
		return nil
	}
	span := s.below(origin, "publish", trace.WithSpanKind(trace.SpanKindProducer), of(r))
	return func(err error) { finish(span, err) }
}

// origin is the span that appended an event, where that is followed.
func (s *spans) origin(r event.Recorded) (trace.SpanContext, bool) {
	if r.Metadata.Traceparent == "" || s.now().Sub(r.Metadata.RecordedAt) > stillOnItsWay {
		return trace.SpanContext{}, false
	}
	carrier := propagation.MapCarrier{"traceparent": r.Metadata.Traceparent}
	origin := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
	return origin, origin.IsSampled()
}

func (s *spans) below(parent trace.SpanContext, name string, o ...trace.SpanStartOption) trace.Span {
	_, span := s.tracer.Start(trace.ContextWithSpanContext(context.Background(), parent), name, o...)
	return span
}

// about says what a span tells of an event.
func about(stream, name string, m event.Metadata) []attribute.KeyValue {
	category, _, _ := strings.Cut(stream, "-")
	return []attribute.KeyValue{
		attribute.String("careledger.category", category), attribute.String("careledger.type", name),
		attribute.String("careledger.prefecture", m.Prefecture()),
	}
}

func of(r event.Recorded) trace.SpanStartEventOption {
	return trace.WithAttributes(append(about(r.Stream, r.Type, r.Metadata), attribute.Int64("careledger.number", int64(r.Number)))...)
}

// finish ends a span. An error's text may name a stream: its code is said only.
func finish(span trace.Span, err error) {
	if err != nil {
		code := "failed"
		if f, refused := fault.Of(err); refused {
			code = f.Code
		} else if errors.Is(err, command.ErrWrongRevision) {
			code = "wrong-revision"
		}
		span.SetStatus(codes.Error, code)
	}
	span.End()
}
