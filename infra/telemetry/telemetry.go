package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// ErrURL is answered for what is not the URL of a collector.
var ErrURL = errors.New("write http://HOST:PORT or https://HOST:PORT of an OpenTelemetry collector, e.g. http://127.0.0.1:4318 / 请写 OpenTelemetry 采集器的地址，例如 http://127.0.0.1:4318")

// Options of the export of traces.
type Options struct {
	URL      string  // http://… or https://… of a collector; see Check
	Share    float64 // of the requests that come without a traceparent, in [0,1]
	Instance string  // which process this is, the same after a restart
	Logger   *slog.Logger
}

// Traces is the way of spans out of this process.
type Traces struct {
	provider *sdktrace.TracerProvider
	exporter sdktrace.SpanExporter
	logger   *slog.Logger
}

// Check answers ErrURL for what is not the URL of a collector. Credentials do not belong there but into
// OTEL_EXPORTER_OTLP_HEADERS.
func Check(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return ErrURL
	}
	return nil
}

// Open prepares the export. A collector that is away is no error. Beside the options, the OTEL_… variables hold that the
// official exporter and its queue know.
func Open(ctx context.Context, o Options) (*Traces, error) {
	if err := Check(o.URL); err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint(o.URL)))
	if err != nil {
		return nil, fmt.Errorf("prepare the export of traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		attribute.String("service.name", "careledger"), attribute.String("service.instance.id", o.Instance),
	), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("prepare the export of traces: %w", err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&told{SpanExporter: exporter, logger: o.Logger}), sdktrace.WithResource(about),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(o.Share))),
	)
	return &Traces{provider: provider, exporter: exporter, logger: o.Logger}, nil
}

// endpoint adds OTLP's own path where a URL has none.
func endpoint(text string) string {
	if u, err := url.Parse(text); err == nil && strings.Trim(u.Path, "/") == "" {
		return u.JoinPath("v1", "traces").String()
	}
	return text
}

// Tracer makes this process's spans.
func (t *Traces) Tracer() trace.Tracer {
	return t.provider.Tracer("github.com/careledger/careledger")
}

// patience is how long Close waits for a collector.
const patience = 2 * time.Second

// Close sends what is queued, and lets it go where the collector does not take it in time.
func (t *Traces) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.logger.Debug("the last spans were not sent", "error", err)
		_ = t.exporter.Shutdown(ctx) // breaks off what is on its way
	}
}
