package httpapi

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// readTimeout is the server's, far shorter than a page stays.
const readTimeout = 100 * time.Millisecond

// listen opens a live page and answers its lines.
func listen(t *testing.T, d *door) *bufio.Reader {
	t.Helper()
	server := httptest.NewUnstartedServer(d.handler)
	server.Config.ReadTimeout = readTimeout
	server.Start()
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/v1/live", nil)
	require.NoError(t, err)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: "the-session"})
	client := server.Client()
	answer, err := client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = answer.Body.Close(); client.CloseIdleConnections() })
	require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
	return bufio.NewReader(answer.Body)
}

func message(t *testing.T, lines *bufio.Reader) string {
	t.Helper()
	var b strings.Builder
	for {
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		if line == "\n" {
			return b.String()
		}
		b.WriteString(line)
	}
}

func TestAnOpenPageIsTold(t *testing.T) {
	d := open(t)
	lines := listen(t, d)
	require.Equal(t, "retry: 1000\nevent: hello\ndata: {\"log\":\"l/7\",\"prefecture\":\"5326\",\"frontier\":\"70120\",\"head\":\"70123\"}\n", message(t, lines))
	d.hub.messages <- LiveMessage{Event: "cells", Data: []byte(`{"frontier":"70124"}`)}
	require.Equal(t, "event: cells\ndata: {\"frontier\":\"70124\"}\n", message(t, lines))
	close(d.draining)
	_, err := lines.ReadString('\n')
	require.ErrorIs(t, err, io.EOF, "a draining server sends its pages away")
}

func TestAPageOutlivesTheServersReadTimeout(t *testing.T) {
	d := open(t)
	lines := listen(t, d)
	message(t, lines)
	for started := time.Now(); time.Since(started) < 5*readTimeout; {
		d.hub.messages <- LiveMessage{Event: "cells", Data: []byte("{}")}
		require.Equal(t, "event: cells\ndata: {}\n", message(t, lines))
	}
}

func TestASlowPageIsSentAway(t *testing.T) {
	d := open(t)
	lines := listen(t, d)
	message(t, lines)
	close(d.hub.messages) // what the hub does to one that does not keep up
	_, err := lines.ReadString('\n')
	require.ErrorIs(t, err, io.EOF)
}
