// Package telemetry sends traces to an OpenTelemetry collector over OTLP/HTTP. It is the set-up only: which spans there
// are is for those who make them, the door (httpapi) and the app.
//
// One command's way has one trace id, the caller's where a traceparent came with the request, and it is the correlation
// id in the metadata of the events. The span that appends an event stands in its metadata (Traceparent), so that relay
// and projector, in whatever process, go on below it; an event without one is not followed. So what is sampled is
// decided once, at the door: a caller's request as the caller has decided, another by a share of the trace ids.
//
// Nothing waits for the collector: spans queue (2,048 of them unless OTEL_BSP_MAX_QUEUE_SIZE says otherwise) and are
// dropped while the queue is full.
//
// What may enter: exporters, sampling, what a process says of itself. What may not: spans, personal data.
package telemetry
