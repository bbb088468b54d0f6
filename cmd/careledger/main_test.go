package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// binary is the product, built once, as a user runs it.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "careledger-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "careledger")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", &buildError{out}
	}
	return path, nil
})

type buildError struct{ out []byte }

func (e *buildError) Error() string { return string(e.out) }

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // a temporary directory
	}
	os.Exit(code)
}

// careledger runs a command to its end.
func careledger(t *testing.T, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // its exit code is what is asked for
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// server is a running `careledger serve`.
type server struct {
	t    *testing.T
	dir  string
	addr string
	cmd  *exec.Cmd
}

func serving(t *testing.T, dir, addr string) *server {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	s := &server{t: t, dir: dir, addr: addr, cmd: exec.Command(path, "serve", "--data", dir, "--listen", addr, "--log-level", "error")}
	s.cmd.Stderr = os.Stderr
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it may have ended already
		_ = s.cmd.Wait()
	})
	require.Eventually(t, func() bool { return ready(t.Context(), "http://"+addr+"/readyz") == nil }, 30*time.Second, 20*time.Millisecond)
	return s
}

// ask sends a request as the command line does and answers the body; "" where the server cannot be asked.
func (s *server) ask(method, path, body string) string {
	s.t.Helper()
	token, err := os.ReadFile(filepath.Join(s.dir, "cli-token"))
	if err != nil {
		return ""
	}
	request, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.addr+path, strings.NewReader(body))
	require.NoError(s.t, err)
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", uuid.NewString())
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return string(answer)
}

func (s *server) head() int {
	var status struct {
		Head int `json:"head,string"`
	}
	if json.Unmarshal([]byte(s.ask(http.MethodGet, "/api/v1/status", "")), &status) != nil {
		return 0
	}
	return status.Head
}

// processesOn lists the running processes with the directory, or one below it, among their arguments.
func processesOn(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var found []string
	for _, path := range all {
		words, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(words), dir) { // it may have ended meanwhile
			found = append(found, string(words))
		}
	}
	return found
}

func TestAServerKilledInTheMiddleOfTheDemoEndsInTheSameNumbers(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	s := serving(t, dir, addr)
	path, err := binary()
	require.NoError(t, err)
	first := exec.Command(path, "demo", "--server", "http://"+addr, "--data", dir)
	require.NoError(t, first.Start())
	require.Eventually(t, func() bool { return s.head() > 15_000 }, time.Minute, 10*time.Millisecond)
	require.Len(t, processesOn(t, dir), 3, "the server, its warehouse and the demonstration")
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGKILL))
	require.NoError(t, first.Process.Kill())
	_ = s.cmd.Wait()
	_ = first.Wait()
	require.Eventually(t, func() bool { return len(processesOn(t, dir)) == 0 }, 20*time.Second, 50*time.Millisecond, "the warehouse goes with its parent")

	s = serving(t, dir, addr)
	out, errs, code := careledger(t, nil, "demo", "--server", "http://"+addr, "--data", dir)
	require.Zero(t, code, "%s%s", out, errs)
	require.NotContains(t, out, " 0 known already", "something had been taken before the kill")
	out, _, code = careledger(t, nil, "demo", "--server", "http://"+addr, "--data", dir)
	require.Zero(t, code)
	require.Contains(t, out, "\n0 commands accepted, 84634 known already")

	t.Run("indicators come as a table, JSON and CSV", func(t *testing.T) {
		args := []string{"indicators", "--server", "http://" + addr, "--data", dir, "--code", "elder-beds"}
		out, _, code := careledger(t, nil, args...)
		require.Zero(t, code)
		require.Contains(t, out, "10324")
		out, _, _ = careledger(t, nil, append(args, "-o", "csv")...)
		require.True(t, strings.HasPrefix(out, "\ufeffcode,"), "a byte order mark, for Excel")
		out, _, _ = careledger(t, nil, append(args, "-o", "json")...)
		require.True(t, json.Valid([]byte(out)))
		out, _, _ = careledger(t, nil, append(args, "--period", "2022-11", "--known-at", "2020-01-01T00:00:00Z")...)
		require.Contains(t, out, "no_data", "nothing was known then")
	})
	t.Run("a wrong token is told in both languages", func(t *testing.T) {
		_, errs, code := careledger(t, nil, "indicators", "--server", "http://"+addr, "--token", "cl_not-a-token-of-anybody")
		require.Equal(t, exitFailed, code)
		require.Contains(t, errs, "不认识该令牌")
		require.Contains(t, errs, "does not know the token")
	})
	t.Run("a browser is signed in by a new link, once", func(t *testing.T) {
		link, errs, code := careledger(t, nil, "link", "--data", dir)
		require.Zero(t, code, errs)
		require.True(t, strings.HasPrefix(link, "http://"+addr+"/sign-in?code="), link)
		browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		for _, want := range []int{http.StatusSeeOther, http.StatusUnauthorized} {
			response, err := browser.Get(strings.TrimSpace(link))
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, want, response.StatusCode)
		}
		_, errs, code = careledger(t, nil, "link", "--data", t.TempDir())
		require.Equal(t, exitSetup, code)
		oneLine(t, errs, "start it")
	})
	t.Run("areas are listed with their codes", func(t *testing.T) {
		out, errs, code := careledger(t, nil, "areas", "--server", "http://"+addr, "--data", dir)
		require.Zero(t, code, errs)
		require.Contains(t, out, "532601     county      532600  文山市")
	})
	t.Run("what was sealed for somebody who is erased is no reason to stop", func(t *testing.T) {
		const elder = "2f988785-8e6c-51e9-8005-0d3793c240de"
		_, errs, code := careledger(t, nil, "erase", "--elder", elder, "--reason", "consent_withdrawn", "--basis", "request", "--yes", "--server", "http://"+addr, "--data", dir)
		require.Zero(t, code, errs)
		out, errs, code := careledger(t, nil, "demo", "--server", "http://"+addr, "--data", dir)
		require.Zero(t, code, errs)
		require.Contains(t, out, "\n0 commands accepted, 84634 known already")
	})
	t.Run("doctor finds it well", func(t *testing.T) {
		out, _, code := careledger(t, nil, "doctor", "--data", dir, "--listen", addr)
		require.Zero(t, code, out)
		require.Contains(t, out, "is serving")
	})
	t.Run("the README's curls do what it says", func(t *testing.T) {
		require.Contains(t, tour(t, s)[0], `"accepted"`)
		require.Eventually(t, func() bool {
			answers := tour(t, s)
			return strings.Contains(answers[0], `"duplicate"`) && strings.Contains(answers[1], `"value":45.529`)
		}, time.Minute, 100*time.Millisecond, "the rate of 文山市 moves")
	})
	t.Run("a second process on its directory is refused", func(t *testing.T) {
		_, errs, code := careledger(t, nil, "serve", "--data", dir, "--listen", freeAddress(t))
		require.Equal(t, exitSetup, code)
		oneLine(t, errs, "another careledger is running")
	})
	t.Run("told to end, it drains and ends well", func(t *testing.T) {
		require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, s.cmd.Wait())
	})
}

func oneLine(t *testing.T, errs, advice string) {
	t.Helper()
	require.Equal(t, 1, strings.Count(errs, "\n"), "one line: %s", errs)
	require.Contains(t, errs, advice)
}

func TestAWrongSetUpIsToldInOneLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	old := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(old, "VERSION"), []byte("careledger data 9\n"), 0o600))
	config := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(config, []byte("lisen: 127.0.0.1:1\n"), 0o600))
	free := freeAddress(t)
	for _, c := range []struct {
		behaviour string
		env       []string
		args      []string
		code      int
		advice    string
	}{
		{"the engine is missing", []string{"CAREL_ENGINE_LIBRARY=/nonexistent"}, []string{"serve", "--data", t.TempDir(), "--listen", free}, exitSetup, "make engine"},
		{"the port is taken", nil, []string{"serve", "--data", t.TempDir(), "--listen", taken.Addr().String()}, exitSetup, "choose another address"},
		{"the directory is a file", nil, []string{"serve", "--data", file, "--listen", free}, exitSetup, "choose another with --data"},
		{"another version wrote the directory", nil, []string{"serve", "--data", old, "--listen", free}, exitSetup, "use that version"},
		{"an unknown role", nil, []string{"serve", "--roles", "api,cook"}, exitUsage, "none of api, relay"},
		{"a wrong URL", nil, []string{"serve", "--nats", "http://127.0.0.1"}, exitUsage, "must begin with nats://"},
		{"an unknown flag", nil, []string{"serve", "--nope"}, exitUsage, "unknown flag"},
		{"an unknown setting in the file", nil, []string{"serve", "--config", config}, exitUsage, "lisen"},
		{"a secret that is not there", []string{"CAREL_ADMIN_TOKEN_FILE=/nonexistent"}, []string{"serve"}, exitUsage, "cannot be read"},
		{"no token", nil, []string{"indicators", "--data", t.TempDir()}, exitUsage, "give --token"},
		{"a server that is not there", nil, []string{"doctor", "--ready", "http://" + free + "/readyz"}, exitSetup, "does not answer"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			_, errs, code := careledger(t, c.env, c.args...)
			require.Equal(t, c.code, code, errs)
			oneLine(t, errs, c.advice)
		})
	}
}

func TestDoctorSaysHowToMend(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cli-token"), []byte("x"), 0o644))
	out, _, code := careledger(t, []string{"CAREL_ENGINE_LIBRARY=/nonexistent"}, "doctor", "--data", dir, "--listen", taken.Addr().String())
	require.Equal(t, exitSetup, code)
	require.Equal(t, 3, strings.Count(out, "MEND"), out)
	for _, advice := range []string{"make engine", "chmod 600", "--listen"} {
		require.Contains(t, out, advice)
	}
}
