package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/domain/area"
)

// TestToldToEndItAnswersWhatItHasBegun holds a request half sent and a stream open while the server is told to end.
func TestToldToEndItAnswersWhatItHasBegun(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	s := serving(t, dir, addr)
	token, err := os.ReadFile(filepath.Join(dir, "cli-token"))
	require.NoError(t, err)
	authorization := "Authorization: Bearer " + strings.TrimSpace(string(token)) + "\r\n"

	stream := dial(t, addr)
	_, err = fmt.Fprintf(stream, "GET /api/v1/live HTTP/1.1\r\nHost: %s\r\n%s\r\n", addr, authorization)
	require.NoError(t, err)
	streaming, err := http.ReadResponse(bufio.NewReader(stream), nil)
	require.NoError(t, err)
	defer streaming.Body.Close()
	require.Equal(t, http.StatusOK, streaming.StatusCode)

	areas, err := area.Wenshan()
	require.NoError(t, err)
	phases, err := demo.Phases(areas)
	require.NoError(t, err)
	body, err := json.Marshal(map[string]any{"commands": phases[0][0][:1]})
	require.NoError(t, err)
	half := dial(t, addr)
	_, err = fmt.Fprintf(half, "POST /api/v1/commands HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		addr, authorization, len(body))
	require.NoError(t, err)
	answers := bufio.NewReader(half)
	line, err := answers.ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "100 Continue", "the server reads the body: the request has begun")
	_, err = answers.ReadString('\n')
	require.NoError(t, err)

	told := time.Now()
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close() // only whether it is taken matters
		}
		return err != nil
	}, 5*time.Second, 10*time.Millisecond, "the door closes first")
	_, err = half.Write(body)
	require.NoError(t, err)
	answer, err := http.ReadResponse(answers, nil)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err, "the answer is whole")
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s", text)
	require.Contains(t, string(text), `"accepted"`)

	require.NoError(t, s.cmd.Wait(), "it ends well")
	require.Less(t, time.Since(told), 10*time.Second)
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() }) // the server may have closed it
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	return c
}
