package app

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/projector"
)

// trail follows events through one projection: project while their rows are written, count while the cells they touch
// are counted and kept, announce while pages are told. A batch or a count of many events is a span in each one's trace,
// for up to mostFollowed of them. Nil: nothing is followed.
type trail struct {
	*spans
	serves func() bool // a set that does not serve is nobody's way

	mu      sync.Mutex
	written []footprint // to be counted
	counted []footprint // to be announced
	begun   time.Time   // when the count that goes on began
}

// footprint is the last span of an event's way.
type footprint struct {
	number uint64
	span   trace.SpanContext
}

// taking takes a batch, as projector.Feed hands it over.
type taking = func(context.Context, []event.Recorded, bool) error

func (s *spans) trail(serves func() bool) *trail {
	if s == nil {
		return nil
	}
	return &trail{spans: s, serves: serves}
}

// take follows the events of each batch that is taken.
func (t *trail) take(take taking) taking {
	if t == nil {
		return take
	}
	return func(ctx context.Context, events []event.Recorded, live bool) error {
		open := t.project(events)
		err := take(ctx, events, live)
		for _, span := range open {
			finish(span, err)
		}
		return err
	}
}

// project begins the spans of a batch. The keeper may count its events before take has returned, so they stand in
// written from here on; it counts none whose rows are not there.
func (t *trail) project(events []event.Recorded) (open []trace.Span) {
	if !t.serves() {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range events {
		if len(t.written) >= mostFollowed {
			break
		}
		origin, ok := t.origin(r)
		if !ok {
			continue
		}
		span := t.below(origin, "project", trace.WithSpanKind(trace.SpanKindConsumer), of(r), trace.WithAttributes(attribute.Int("careledger.events", len(events))))
		t.written = append(t.written, footprint{r.Number, span.SpanContext()})
		open = append(open, span)
	}
	return open
}

// count begins the spans of those events that are counted at the frontier, when the first number was asked for.
func (t *trail) count(frontier uint64, slabs, changed int) (open []trace.Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	begun := t.begun
	if begun.IsZero() {
		begun = time.Now()
	}
	t.begun, t.counted = time.Time{}, nil
	var rest []footprint
	for _, f := range t.written {
		if f.number > frontier {
			rest = append(rest, f)
			continue
		}
		span := t.below(f.span, "count", trace.WithTimestamp(begun), trace.WithAttributes(attribute.Int64("careledger.number", int64(frontier)),
			attribute.Int("careledger.slabs", slabs), attribute.Int("careledger.cells_changed", changed)))
		t.counted = append(t.counted, footprint{f.number, span.SpanContext()})
		open = append(open, span)
	}
	t.written = rest
	return open
}

// counting notes when a count begins.
func (t *trail) counting() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun.IsZero() {
		t.begun = time.Now()
	}
}

// announce ends the way of the events that were counted last.
func (t *trail) announce(n projector.Notice) (done func(error)) {
	if t == nil {
		return func(error) {}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var open []trace.Span
	for _, f := range t.counted {
		open = append(open, t.below(f.span, "announce", trace.WithSpanKind(trace.SpanKindProducer),
			trace.WithAttributes(attribute.String("careledger.prefecture", n.Prefecture), attribute.Int("careledger.slabs", len(n.Slabs)))))
	}
	t.counted = nil
	return func(err error) {
		for _, span := range open {
			finish(span, err)
		}
	}
}

// store follows what is counted.
func (t *trail) store(s projector.Store) projector.Store {
	if t == nil {
		return s
	}
	return followedStore{s, t}
}

type followedStore struct {
	projector.Store
	trail *trail
}

// Measure implements indicators.Measurer.
func (s followedStore) Measure(ctx context.Context, g indicators.Group, b indicators.Bounds) ([]indicators.Measured, error) {
	s.trail.counting()
	return s.Store.Measure(ctx, g, b)
}

// Keep implements projector.Store.
func (s followedStore) Keep(ctx context.Context, prefecture string, changed []indicators.Number, slabs []projector.Slab, counted uint64) error {
	open := s.trail.count(counted, len(slabs), len(changed))
	err := s.Store.Keep(ctx, prefecture, changed, slabs, counted)
	for _, span := range open {
		finish(span, err)
	}
	return err
}
