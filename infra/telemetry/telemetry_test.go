package telemetry_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/careledger/careledger/infra/telemetry"
)

// buffer is a log that several write.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func open(t *testing.T, url string, share float64) (*telemetry.Traces, *buffer) {
	t.Helper()
	logs := &buffer{}
	traces, err := telemetry.Open(t.Context(), telemetry.Options{URL: url, Share: share, Instance: "one", Logger: slog.New(slog.NewTextHandler(logs, nil))})
	require.NoError(t, err)
	return traces, logs
}

// caller is a context below a span of a caller's.
func caller(t *testing.T, flags trace.TraceFlags) context.Context {
	t.Helper()
	return trace.ContextWithRemoteSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: flags, Remote: true,
	}))
}

func TestSpansAreSentOverOTLP(t *testing.T) {
	for name, path := range map[string]string{"OTLP's own path": "", "the root means the same": "/", "a path of its own": "/tempo/traces"} {
		t.Run(name, func(t *testing.T) {
			sent := make(chan *collector.ExportTraceServiceRequest, 1)
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				want := path
				if strings.Trim(path, "/") == "" {
					want = "/v1/traces"
				}
				body, _ := io.ReadAll(r.Body)
				message := &collector.ExportTraceServiceRequest{}
				if r.URL.Path == want && proto.Unmarshal(body, message) == nil {
					sent <- message
				}
			}))
			defer server.Close()
			traces, _ := open(t, server.URL+path, 1)
			_, span := traces.Tracer().Start(t.Context(), "append")
			span.End()
			traces.Close(t.Context())

			about := map[string]string{}
			resource := (<-sent).ResourceSpans[0]
			for _, a := range resource.Resource.Attributes {
				about[a.Key] = a.Value.GetStringValue()
			}
			require.Equal(t, "careledger", about["service.name"])
			require.Equal(t, "one", about["service.instance.id"])
			require.NotContains(t, about, "host.name")
			require.Equal(t, "append", resource.ScopeSpans[0].Spans[0].Name)
		})
	}
}

func TestACallerDecidesWhatIsFollowedAndElseAShare(t *testing.T) {
	for _, c := range []struct {
		name  string
		share float64
		ctx   context.Context
		want  bool
	}{
		{"nobody asked, all are taken", 1, t.Context(), true},
		{"nobody asked, none is taken", 0, t.Context(), false},
		{"the caller follows it", 0, caller(t, trace.FlagsSampled), true},
		{"the caller does not", 1, caller(t, 0), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			traces, _ := open(t, "http://127.0.0.1:1", c.share)
			defer traces.Close(t.Context())
			_, span := traces.Tracer().Start(c.ctx, "append")
			require.Equal(t, c.want, span.IsRecording())
			require.True(t, span.SpanContext().HasTraceID(), "one that is not followed has an id all the same")
		})
	}
}

func TestACollectorThatIsAwayIsToldOnceAndSoIsItsReturn(t *testing.T) {
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "5")
	var away, asked atomic.Int32
	away.Store(1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if away.Load() == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	traces, logs := open(t, server.URL, 1)
	defer traces.Close(t.Context())
	until := func(done func() bool) {
		require.Eventually(t, func() bool {
			_, span := traces.Tracer().Start(t.Context(), "append")
			span.End()
			return done()
		}, patience, interval)
	}
	until(func() bool { return asked.Load() > 2 })
	require.Equal(t, 1, strings.Count(logs.String(), "does not take spans"), logs.String())
	away.Store(0)
	until(func() bool { return strings.Contains(logs.String(), "takes spans again") })
}

func TestACollectorThatNeverAnswersHoldsNobodyUp(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer server.Close()
	defer close(hang)
	traces, _ := open(t, server.URL, 1)
	for range 20_000 { // ten times what queues
		_, span := traces.Tracer().Start(t.Context(), "append")
		span.End()
	}
	traces.Close(t.Context())
}

func TestWhatIsNoCollectorIsRefused(t *testing.T) {
	for _, url := range []string{"", "127.0.0.1:4318", "grpc://127.0.0.1:4317", "http://", "http://:4318", "https://user:password@collector", "http://collector?key=x"} {
		require.ErrorIs(t, telemetry.Check(url), telemetry.ErrURL, url)
		_, err := telemetry.Open(t.Context(), telemetry.Options{URL: url})
		require.ErrorIs(t, err, telemetry.ErrURL)
	}
	require.NoError(t, telemetry.Check("https://collector.example:4318"))
	require.NoError(t, telemetry.Check("http://[::1]:4318/otlp"))
}
