package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

const (
	callersTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	callersSpan  = "00f067aa0ba902b7"
)

// traced is a door whose requests are followed, and what is told of them.
func traced(t *testing.T) (*door, *tracetest.InMemoryExporter) {
	t.Helper()
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans), sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample())))
	d := open(t, func(o *Options) { o.Tracer = provider.Tracer("test") })
	t.Cleanup(func() { d.keepsSecrets("a span", fmt.Sprintf("%+v", spans.GetSpans())) })
	return d, spans
}

func TestARequestIsASpanBelowItsCallers(t *testing.T) {
	d, spans := traced(t)
	elder := d.anElder()
	spans.Reset()
	answer := d.tell("/elders/"+elder.String()+"/visits", `{"occurred_on":"2022-11-01","mode":"home","outcome":"seen","note":"`+secretNote+`"}`,
		"Traceparent", "00-"+callersTrace+"-"+callersSpan+"-01", "Tracestate", "who="+secretPhone)
	require.Equal(t, http.StatusCreated, answer.status)
	require.Len(t, spans.GetSpans(), 1)
	span := spans.GetSpans()[0]
	require.Equal(t, "POST /api/v1/elders/{elder}/visits", span.Name)
	require.Equal(t, trace.SpanKindServer, span.SpanKind)
	require.Equal(t, callersTrace, span.SpanContext.TraceID().String())
	require.Equal(t, callersSpan, span.Parent.SpanID().String())
	require.Equal(t, uuid.MustParse(callersTrace), d.ledger.last().Metadata.CorrelationID)
	require.Equal(t, "00-"+callersTrace+"-"+span.SpanContext.SpanID().String()+"-01", answer.header.Get("Traceresponse"))
	require.NotContains(t, fmt.Sprintf("%+v", span), elder.String())
	require.Zero(t, span.SpanContext.TraceState().Len(), "it is free text")
}

func TestTheTraceOfARequestIsItsCorrelation(t *testing.T) {
	for name, headers := range map[string][]string{
		"without a caller's":        nil,
		"with one that is no trace": {"Traceparent", "00-" + callersTrace + "-0000000000000000-01"},
	} {
		t.Run(name, func(t *testing.T) {
			d, spans := traced(t)
			answer := d.tell("/elders", `{"area":"532601001","registered_on":"2022-01-05","sex":"female","born_on":"1948-03-11"}`, headers...)
			require.Equal(t, http.StatusCreated, answer.status)
			id := uuid.UUID(spans.GetSpans()[0].SpanContext.TraceID())
			require.NotEqual(t, uuid.MustParse(callersTrace), id)
			require.Equal(t, id, d.ledger.last().Metadata.CorrelationID)
			require.Equal(t, id.String(), answer.header.Get("Careledger-Correlation"))
			require.Contains(t, d.logs.String(), id.String())
		})
	}
}

func TestACallerWhoDoesNotFollowItIsStillAnsweredItsTrace(t *testing.T) {
	d, spans := traced(t)
	answer := d.ask(http.MethodGet, "/api/v1/plan", "", "Traceparent", "00-"+callersTrace+"-"+callersSpan+"-00")
	require.Empty(t, spans.GetSpans())
	require.Regexp(t, "^00-"+callersTrace+"-[0-9a-f]{16}-00$", answer.header.Get("Traceresponse"))
	require.Equal(t, uuid.MustParse(callersTrace).String(), answer.header.Get("Careledger-Correlation"))
}

func TestABrokenRequestIsABrokenSpan(t *testing.T) {
	d, spans := traced(t)
	elder := d.anElder()
	spans.Reset()
	d.ledger.breakWith(errors.New("the disk is gone"))
	answer := d.tell("/elders/"+elder.String()+"/visits", `{"occurred_on":"2022-11-01","mode":"home","outcome":"seen"}`)
	require.Equal(t, http.StatusInternalServerError, answer.status)
	require.Equal(t, "Error", spans.GetSpans()[0].Status.Code.String())
	require.Empty(t, spans.GetSpans()[0].Status.Description, "what broke is for the log")
}

func TestWhatIsNoQuestionOrCommandIsNotFollowed(t *testing.T) {
	d, spans := traced(t)
	for _, path := range []string{"/livez", "/readyz", "/metrics", "/"} {
		require.Empty(t, d.ask(http.MethodGet, path, "").header.Get("Traceresponse"), path)
	}
	require.Empty(t, spans.GetSpans())
	d.ask(http.MethodGet, "/api/v1/nothing/"+secretPhone, "")
	require.Equal(t, "GET other", spans.GetSpans()[0].Name)
}

func TestWithoutATracerNothingIsFollowed(t *testing.T) {
	d := open(t)
	answer := d.ask(http.MethodGet, "/api/v1/plan", "", "Traceparent", "00-"+callersTrace+"-"+callersSpan+"-01")
	require.Empty(t, answer.header.Get("Traceresponse"))
	require.Equal(t, uuid.MustParse(callersTrace).String(), answer.header.Get("Careledger-Correlation"))
}
