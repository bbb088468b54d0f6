package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	bus "github.com/careledger/careledger/infra/bus/embedded"
	store "github.com/careledger/careledger/infra/eventstore/embedded"
	warehouse "github.com/careledger/careledger/infra/warehouse/embedded"
)

// partVariable makes the test binary one of the engines: warehouse, eventstore or nats, below the directory that --data
// names. What it listens on is its first line.
const partVariable = "CAREL_TEST_PART"

func TestMain(m *testing.M) {
	part := os.Getenv(partVariable)
	if part == "" {
		code := m.Run()
		removeBinary()
		os.Exit(code)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := runPart(ctx, part, os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runPart(ctx context.Context, part, dir string) error {
	logger := slog.New(slog.DiscardHandler)
	switch part {
	case "warehouse":
		return warehouse.Serve(ctx, warehouse.Options{
			Dir: dir, Listen: "127.0.0.1:0", Logger: logger, Ready: func(addr string) { fmt.Println("http://default@" + addr) },
		})
	case "eventstore":
		s, err := store.Open(store.Options{Dir: dir, Listen: "127.0.0.1:0", Logger: logger})
		if err != nil {
			return err
		}
		fmt.Println(s.URL())
		<-ctx.Done()
		return s.Close(context.Background())
	case "nats":
		s, err := bus.Open(bus.Options{Dir: dir, Listen: "127.0.0.1:0", Logger: logger})
		if err != nil {
			return err
		}
		fmt.Println(s.URL())
		<-ctx.Done()
		return s.Close(context.Background())
	}
	return errors.New("unknown part " + part)
}

// outside starts an engine in a process of its own and answers its URL.
func outside(t *testing.T, part string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "--data", t.TempDir())
	cmd.Env = append(os.Environ(), partVariable+"="+part)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		_ = cmd.Wait() // it was told to end
	})
	line := make([]byte, 300)
	n, err := out.Read(line)
	require.NoError(t, err, "%s did not start", part)
	return strings.TrimSpace(string(line[:n]))
}

const adminToken = "cl_test-token-of-the-administrator"

// running is an app with a client's hands.
type running struct {
	t   *testing.T
	app *app.App
	url string
}

func options(t *testing.T, dir string) app.Options {
	t.Helper()
	level := slog.LevelError
	if testing.Verbose() {
		level = slog.LevelInfo
	}
	return app.Options{
		Dir: dir, Listen: "127.0.0.1:0", Roles: app.Roles(), Database: "careledger", AdminToken: adminToken,
		WarehouseCommand: []string{os.Args[0]}, WarehouseEnv: []string{partVariable + "=warehouse"},
		Now: time.Now, Registry: prometheus.NewRegistry(),
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	}
}

func start(t *testing.T, o app.Options) *running {
	t.Helper()
	a, err := app.New(o)
	require.NoError(t, err)
	require.NoError(t, a.Start(t.Context()))
	return &running{t: t, app: a, url: a.URL()}
}

func (r *running) stop() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	require.NoError(r.t, r.app.Stop(ctx))
}

func (r *running) send(method, path, key string, body any) (int, map[string]any) {
	r.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(r.t, err)
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, bytes.NewReader(raw))
	require.NoError(r.t, err)
	request.Header.Set("Authorization", "Bearer "+adminToken)
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	var v map[string]any
	require.NoError(r.t, json.Unmarshal(answer, &v), "%s %s: %s", method, path, answer)
	return response.StatusCode, v
}

// must sends a command that is to be accepted, and answers the id.
func (r *running) must(path string, body map[string]any) string {
	r.t.Helper()
	status, v := r.send(http.MethodPost, "/api/v1"+path, uuid.NewString(), body)
	require.Equal(r.t, http.StatusCreated, status, "%v", v)
	return v["id"].(string)
}

// value answers an indicator now; nil without data.
func (r *running) value(code, area, period, more string) any {
	r.t.Helper()
	status, v := r.send(http.MethodGet, "/api/v1/indicators?area="+area+"&period="+period+"&code="+code+more, "", nil)
	if status == http.StatusServiceUnavailable {
		return "unavailable"
	}
	require.Equal(r.t, http.StatusOK, status, "%v", v)
	for _, item := range v["items"].([]any) {
		if c := item.(map[string]any); c["definition"].(map[string]any)["variant"] == "official" {
			return c["value"]
		}
	}
	return nil
}

// becomes waits until an indicator has a value.
func (r *running) becomes(want any, code, area, period string) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return r.value(code, area, period, "") == want }, 30*time.Second, 20*time.Millisecond,
		"%s of %s never became %v; it is %v", code, area, want, r.value(code, area, period, ""))
}

// elderInNeed registers somebody with a circumstance since 2021 and answers the id.
func (r *running) elderInNeed(area string) string {
	r.t.Helper()
	id := r.must("/elders", map[string]any{"area": area, "registered_on": "2021-01-05", "sex": "female", "name": "测试例", "born_on": "1948-03-01"})
	r.must("/elders/"+id+"/circumstances", map[string]any{"circumstances": []string{"living_alone"}, "effective_on": "2021-01-06"})
	return id
}

func (r *running) visit(elder, on string) string {
	r.t.Helper()
	return r.must("/elders/"+elder+"/visits", map[string]any{"occurred_on": on, "mode": "home", "outcome": "seen"})
}

func remove(t *testing.T, dir, part string) {
	t.Helper()
	require.Eventually(t, func() bool { return os.RemoveAll(filepath.Join(dir, part)) == nil }, 5*time.Second, time.Millisecond,
		"an engine may still be adding files")
}
