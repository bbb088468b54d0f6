package app

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/projections/projector"
)

var errBroken = fmt.Errorf("write the rows of %s: %w", "elder-5326-0190b4f0", bus.ErrUnavailable)

// gathering are spans that can be looked at when they have ended.
func gathering() (*spans, *tracetest.InMemoryExporter, time.Time) {
	now := time.Date(2022, 12, 5, 4, 0, 0, 0, time.UTC)
	ended := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(ended), sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.NeverSample())))
	return &spans{tracer: provider.Tracer("test"), now: func() time.Time { return now }}, ended, now
}

func appended(number uint64, at time.Time, traceparent string) event.Recorded {
	return event.Recorded{
		Number: number, Stream: "elder-5326-0190b4f0", Type: "HomeVisitLogged.v1",
		Metadata: event.Metadata{Area: "532601001", RecordedAt: at, Traceparent: traceparent},
	}
}

func traceparent(n int, flags string) string {
	return fmt.Sprintf("00-%032x-%016x-%s", n, n, flags)
}

func names(ended *tracetest.InMemoryExporter) map[string]int {
	all := map[string]int{}
	for _, s := range ended.GetSpans() {
		all[s.Name]++
	}
	return all
}

func TestOnlyWhatIsOnItsWayIsFollowed(t *testing.T) {
	s, _, now := gathering()
	for name, c := range map[string]struct {
		event event.Recorded
		want  bool
	}{
		"appended just now":           {appended(1, now.Add(-time.Second), traceparent(1, "01")), true},
		"of a clock that is ahead":    {appended(1, now.Add(time.Minute), traceparent(1, "01")), true},
		"read again much later":       {appended(1, now.Add(-time.Hour), traceparent(1, "01")), false},
		"nobody asked for":            {appended(1, now, ""), false},
		"not sampled":                 {appended(1, now, traceparent(1, "00")), false},
		"another's idea of the field": {appended(1, now, "who=somebody"), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := s.origin(c.event)
			require.Equal(t, c.want, ok)
		})
	}
}

func TestAnEventIsCountedOnlyAtAFrontierThatHasIt(t *testing.T) {
	s, ended, now := gathering()
	way := s.trail(func() bool { return true })
	take := way.take(func(context.Context, []event.Recorded, bool) error {
		require.Empty(t, way.count(6, 1, 1), "the rows are not written")
		return nil
	})
	require.NoError(t, take(t.Context(), []event.Recorded{appended(7, now, traceparent(7, "01")), appended(8, now, ""), appended(9, now, traceparent(9, "01"))}, true))
	require.Equal(t, map[string]int{"project": 2}, names(ended))
	for _, span := range way.count(8, 1, 1) {
		span.End()
	}
	way.announce(projector.Notice{})(nil)
	require.Equal(t, map[string]int{"project": 2, "count": 1, "announce": 1}, names(ended))
	for _, span := range way.count(9, 1, 1) {
		span.End()
	}
	require.Empty(t, way.count(9, 1, 1), "it was counted")
	way.announce(projector.Notice{})(nil)
	require.Equal(t, 1, names(ended)["announce"], "a count without a notice is not told of with the next")
}

func TestASetThatDoesNotServeIsNotFollowed(t *testing.T) {
	s, ended, now := gathering()
	way := s.trail(func() bool { return false })
	require.NoError(t, way.take(func(context.Context, []event.Recorded, bool) error { return nil })(t.Context(), []event.Recorded{appended(7, now, traceparent(7, "01"))}, true))
	require.Empty(t, way.count(7, 1, 1))
	require.Empty(t, ended.GetSpans())
}

func TestWhatIsFollowedAtOnceIsBounded(t *testing.T) {
	s, ended, now := gathering()
	way := s.trail(func() bool { return true })
	take := way.take(func(context.Context, []event.Recorded, bool) error { return nil })
	for batch := range 10 {
		events := make([]event.Recorded, 20)
		for i := range events {
			number := batch*len(events) + i + 1
			events[i] = appended(uint64(number), now, traceparent(number, "01"))
		}
		require.NoError(t, take(t.Context(), events, false))
	}
	require.Equal(t, mostFollowed, names(ended)["project"])
	require.Len(t, way.count(1000, 1, 1), mostFollowed)
}

func TestASpanThatFailedSaysACodeOnly(t *testing.T) {
	s, ended, now := gathering()
	r := appended(7, now, traceparent(7, "01"))
	s.publish(r)(errBroken)
	s.publish(r)(errors.New("elder-5326-0190b4f0 is gone"))
	require.Nil(t, s.publish(appended(7, now, "")))
	require.Equal(t, "bus-unavailable", ended.GetSpans()[0].Status.Description)
	require.Equal(t, "failed", ended.GetSpans()[1].Status.Description)
	require.NotContains(t, fmt.Sprintf("%+v", ended.GetSpans()), "0190b4f0")
}
