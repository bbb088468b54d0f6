package telemetry

import (
	"context"
	"log/slog"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// told is an exporter that says once that the collector is away, and once that it is back. What it could not send is
// dropped.
type told struct {
	sdktrace.SpanExporter
	logger *slog.Logger
	away   atomic.Bool
}

// ExportSpans implements sdktrace.SpanExporter. It never answers an error: it has been handled here.
func (e *told) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err != nil && !e.away.Swap(true):
		e.logger.Warn("the collector of --otlp does not take spans, so they are dropped; all else goes on / --otlp 指定的采集器未接收追踪数据，已丢弃，其余照常", "error", err)
	case err == nil && e.away.Swap(false):
		e.logger.Info("the collector of --otlp takes spans again / --otlp 指定的采集器已恢复")
	}
	return nil
}
