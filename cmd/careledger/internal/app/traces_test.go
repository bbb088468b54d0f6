package app_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	traces "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
)

// gathered is a small OpenTelemetry collector.
type gathered struct {
	url   string
	mu    sync.Mutex
	spans []*traces.Span
	texts strings.Builder
}

func collect(t *testing.T) *gathered {
	t.Helper()
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
	g := &gathered{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		message := &collector.ExportTraceServiceRequest{}
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, message) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.texts.WriteString(prototext.Format(message))
		for _, from := range message.ResourceSpans {
			for _, scope := range from.ScopeSpans {
				g.spans = append(g.spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(server.Close)
	g.url = server.URL
	return g
}

// of answers the spans of a trace by name.
func (g *gathered) of(trace string) map[string][]*traces.Span {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][]*traces.Span{}
	for _, s := range g.spans {
		if hex.EncodeToString(s.TraceId) == trace {
			all[s.Name] = append(all[s.Name], s)
		}
	}
	return all
}

// hides fails where a span shows one of the values.
func (g *gathered) hides(t *testing.T, values ...string) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, value := range values {
		require.NotContains(t, g.texts.String(), value)
	}
}

// traced sends a command below a caller's span of a trace of its own, and answers the trace and the answer.
func (r *running) traced(path string, flags byte, body any) (trace string, v map[string]any) {
	r.t.Helper()
	id := uuid.New()
	trace = hex.EncodeToString(id[:])
	raw, err := json.Marshal(body)
	require.NoError(r.t, err)
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/api/v1"+path, bytes.NewReader(raw))
	require.NoError(r.t, err)
	request.Header.Set("Authorization", "Bearer "+adminToken)
	request.Header.Set("Idempotency-Key", id.String())
	request.Header.Set("Careledger-Device", "phone-of-"+secrets[1])
	request.Header.Set("Traceparent", fmt.Sprintf("00-%s-%s-%02x", trace, callersSpan, flags))
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	defer response.Body.Close()
	require.NoError(r.t, json.NewDecoder(response.Body).Decode(&v))
	require.Less(r.t, response.StatusCode, 300, "%v", v)
	require.Contains(r.t, response.Header.Get("Traceresponse"), trace)
	require.Equal(r.t, id.String(), response.Header.Get("Careledger-Correlation"))
	return trace, v
}

const callersSpan = "00f067aa0ba902b7"

// secrets are a name, a telephone number and a note: what no span may show.
var secrets = []string{"测试例", "13987654321", "血压偏高"}

func TestACommandIsFollowedToTheCellInOneTrace(t *testing.T) {
	g := collect(t)
	o := options(t, t.TempDir())
	o.OTLP = g.url
	r := start(t, o)
	defer r.stop()
	walk(t, g, r)
}

func TestACommandIsFollowedThroughTheProcessesThatShareALog(t *testing.T) {
	g := collect(t)
	door, work := options(t, t.TempDir()), options(t, t.TempDir())
	door.EventStore, door.NATS, door.ClickHouse = outside(t, "eventstore"), outside(t, "nats"), outside(t, "warehouse")
	work.EventStore, work.NATS, work.ClickHouse = door.EventStore, door.NATS, door.ClickHouse
	door.Roles, work.Roles = []app.Role{app.API}, []app.Role{app.Relay, app.Projector}
	door.OTLP, work.OTLP = g.url, g.url
	r := start(t, door)
	defer r.stop()
	other := start(t, work)
	defer other.stop()
	walk(t, g, r)
}

// walk logs a visit and finds it at every stop.
func walk(t *testing.T, g *gathered, r *running) {
	t.Helper()
	born, v := r.traced("/elders", 1, map[string]any{"area": "532601001", "registered_on": "2021-01-05", "sex": "female", "born_on": "1948-03-01", "name": secrets[0], "phone": secrets[1]})
	elder := v["id"].(string)
	r.must("/elders/"+elder+"/circumstances", map[string]any{"circumstances": []string{"living_alone"}, "effective_on": "2021-01-06"})
	trace, v := r.traced("/elders/"+elder+"/visits", 1, map[string]any{"occurred_on": "2022-11-03", "mode": "home", "outcome": "seen", "note": secrets[2]})
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	door := "POST /api/v1/elders/{elder}/visits"
	var all map[string][]*traces.Span
	require.Eventually(t, func() bool {
		all = g.of(trace)
		return len(all[door]) == 1 && len(all["append"]) == 1 && len(all["publish"]) == 1 && len(all["project"]) == 1 &&
			len(all["count"]) == 1 && len(all["announce"]) == 1
	}, 30*time.Second, 20*time.Millisecond, "%v", all)
	require.Len(t, all, 6, "nothing else bears the trace")
	parents := map[string]string{}
	for name, s := range all {
		parents[name] = hex.EncodeToString(s[0].ParentSpanId)
		require.LessOrEqual(t, s[0].StartTimeUnixNano, s[0].EndTimeUnixNano, name)
	}
	id := func(name string) string { return hex.EncodeToString(all[name][0].SpanId) }
	require.Equal(t, map[string]string{
		door: callersSpan, "append": id(door), "publish": id("append"), "project": id("append"), "count": id("project"), "announce": id("count"),
	}, parents)
	require.Len(t, g.of(born)["append"], 1)
	g.hides(t, append([]string{elder, v["id"].(string), v["command_id"].(string), "1948", "phone-of"}, secrets...)...)
}

func TestWhatNobodyFollowsLeavesNoTrace(t *testing.T) {
	g := collect(t)
	o := options(t, t.TempDir())
	o.OTLP = g.url // and a share of 0
	r := start(t, o)
	elder := r.elderInNeed("532601001")
	refused, _ := r.traced("/elders/"+elder+"/visits", 0, map[string]any{"occurred_on": "2022-11-03", "mode": "home", "outcome": "seen"})
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	taken, _ := r.traced("/elders/"+elder+"/visits", 1, map[string]any{"occurred_on": "2022-11-04", "mode": "home", "outcome": "seen"})
	require.Eventually(t, func() bool { return len(g.of(taken)["announce"]) == 1 }, 30*time.Second, 20*time.Millisecond)
	r.stop()
	require.Empty(t, g.of(refused))
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.spans {
		require.Equal(t, taken, hex.EncodeToString(s.TraceId), s.Name)
	}
}

func TestALargeBatchIsFollowedInPart(t *testing.T) {
	g := collect(t)
	o := options(t, t.TempDir())
	o.OTLP = g.url
	r := start(t, o)
	defer r.stop()
	elder := r.elderInNeed("532601001")
	visits, elders := make([]map[string]any, 100), make([]map[string]any, 100)
	for i := range visits {
		visits[i] = map[string]any{"key": fmt.Sprint("visit-", i), "type": "log-home-visit", "target": map[string]any{"elder": elder}, "body": map[string]any{
			"occurred_on": "2022-11-03", "mode": "home", "outcome": "seen",
		}}
		elders[i] = map[string]any{"key": fmt.Sprint("elder-", i), "type": "register-elder", "body": map[string]any{
			"area": "532601001", "registered_on": "2021-01-05", "sex": "female", "born_on": "1948-03-01", "name": secrets[0],
		}}
	}
	for _, c := range []struct {
		name     string
		commands []map[string]any
		appends  int
	}{{"of one stream, in one append", visits, 1}, {"of a stream each", elders, 32}} {
		t.Run(c.name, func(t *testing.T) {
			trace, v := r.traced("/commands", 1, map[string]any{"commands": c.commands})
			require.Len(t, v["results"], len(c.commands))
			require.Eventually(t, func() bool { return len(g.of(trace)["announce"]) == 32 }, 30*time.Second, 20*time.Millisecond)
			all := g.of(trace)
			require.Len(t, all["append"], c.appends)
			for _, name := range []string{"publish", "project", "count", "announce"} {
				require.Len(t, all[name], 32, name)
			}
		})
	}
}

func TestACollectorThatIsAwayHoldsNoCommandUp(t *testing.T) {
	hang := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer silent.Close()
	defer close(hang)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "5")
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "16")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4")
	for name, url := range map[string]string{"it refuses": "http://" + closed.Addr().String(), "it never answers": silent.URL} {
		t.Run(name, func(t *testing.T) {
			o := options(t, t.TempDir())
			o.OTLP, o.OTLPSample = url, 1
			r := start(t, o)
			elder := r.elderInNeed("532601001")
			for i := range 30 { // more than waits in the queue, and each is answered
				r.traced("/elders/"+elder+"/visits", 1, map[string]any{"occurred_on": fmt.Sprintf("2022-11-%02d", i+1), "mode": "home", "outcome": "seen"})
			}
			r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
			r.stop()
		})
	}
}

func TestWhatCannotBeFollowedIsSaid(t *testing.T) {
	o := options(t, t.TempDir())
	o.OTLP, o.OTLPSample = "collector:4318", math.NaN()
	err := o.Validate()
	require.ErrorContains(t, err, "--otlp: write http://HOST:PORT")
	require.ErrorContains(t, err, "采集器")
	require.ErrorContains(t, err, "--otlp-sample: write a share from 0 to 1")
}
