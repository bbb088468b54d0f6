package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/infra/eventstore"
)

// kept makes a data directory with one file in it.
func kept(t *testing.T, name, content string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return dir
}

func TestADataDirectoryOfSomethingElseIsLeftAlone(t *testing.T) {
	free := freeAddress(t)
	for _, c := range []struct{ behaviour, name, content, advice string }{
		{"another program's files", "events/CURRENT", "MANIFEST-000001\n", "give an empty directory"},
		{"a log format to come", "events/FORMAT", "careledger-log 99\n", "give an empty directory"},
		{"a version to come", "VERSION", "careledger data 99\n", "use that version"},
		{"a file where the log belongs", "events", "x", "choose another --data"},
		{"a file where the vault belongs", "vault", "x", "choose another --data"},
		{"a file where the bus belongs", "bus", "x", "choose another --data"},
		{"a file where the warehouse belongs", "warehouse", "x", "choose another --data"},
		{"a file where the lock belongs", "lock/x", "x", "--data"},
		{"a restore that was cut off", ".partial/events/000001.sst", "x", "restore again"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			dir := kept(t, c.name, c.content)
			_, errs, code := careledger(t, nil, "serve", "--data", dir, "--listen", free, "--log-level", "error")
			require.Equal(t, exitSetup, code, errs)
			oneLine(t, errs, c.advice)
			b, err := os.ReadFile(filepath.Join(dir, c.name))
			require.NoError(t, err)
			require.Equal(t, c.content, string(b), "what was there is still there")
		})
	}
}

func TestAServerOfItsOwnThatIsNotThereIsTold(t *testing.T) {
	dir, nobody := t.TempDir(), freeAddress(t)
	_, errs, code := careledger(t, nil, "serve", "--data", dir, "--listen", freeAddress(t), "--eventstore", "esdb://someone:a-secret@"+nobody+"?tls=false")
	require.Equal(t, exitSetup, code, errs)
	oneLine(t, errs, "correct the URL")
	require.NotContains(t, errs, "a-secret")
	_, errs, code = careledger(t, nil, "indicators", "--server", "http://"+nobody, "--token", "cl_x")
	require.Equal(t, exitFailed, code)
	oneLine(t, errs, "make run")
}

func TestWrongUseIsToldInOneLine(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("listen: ["), 0o600))
	for _, c := range []struct {
		behaviour string
		args      []string
		advice    string
	}{
		{"an unknown command", []string{"cook"}, "--help"},
		{"a word too many", []string{"serve", "now"}, "serve --help"},
		{"an address without a port", []string{"serve", "--listen", "localhost"}, "HOST:PORT"},
		{"an event store without its scheme", []string{"serve", "--eventstore", "127.0.0.1:2113"}, "must begin with esdb://"},
		{"a warehouse with another's scheme", []string{"serve", "--clickhouse", "mysql://dw"}, "must begin with clickhouse://"},
		{"a cluster without a warehouse of its own", []string{"serve", "--clickhouse-cluster", "care"}, "give --clickhouse as well"},
		{"a cluster with another's name", []string{"serve", "--clickhouse", "http://dw:8123", "--clickhouse-cluster", "care'"}, "letters, digits"},
		{"a webhook without its scheme", []string{"serve", "--webhook", "example.org"}, "must begin with http://"},
		{"a collector without its scheme", []string{"serve", "--otlp", "collector:4318"}, "http://127.0.0.1:4318"},
		{"more than all traces", []string{"serve", "--otlp-sample", "1.5"}, "a share from 0 to 1"},
		{"several at once", []string{"serve", "--roles", "cook", "--nats", "x", "--listen", "y"}, "; --nats: "},
		{"a log level that is none", []string{"serve", "--log-level", "loud"}, "debug, info, warn or error"},
		{"a settings file that is not YAML", []string{"serve", "--config", broken}, "cannot be read"},
		{"a settings file that is not there", []string{"serve", "--config", "/nonexistent"}, "cannot be read"},
		{"a plan that is not there", []string{"serve", "--plan", "/nonexistent"}, "--plan"},
		{"areas that are not there", []string{"serve", "--areas", "/nonexistent"}, "--areas"},
		{"a server that is no URL", []string{"indicators", "--server", "localhost:8080", "--token", "x"}, "http://HOST:PORT"},
		{"a certificate without its key", []string{"eventstore", "--data", t.TempDir(), "--tls-cert", broken}, "certificate and its key"},
		{"a demonstration without a token", []string{"demo", "--data", t.TempDir()}, "give --token"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			_, errs, code := careledger(t, nil, c.args...)
			require.Equal(t, exitUsage, code, errs)
			oneLine(t, errs, c.advice)
		})
	}
}

func TestAShareThatIsNoNumberIsRefusedFromAVariableToo(t *testing.T) {
	_, errs, code := careledger(t, []string{"CAREL_OTLP_SAMPLE=many"}, "serve", "--data", t.TempDir(), "--listen", freeAddress(t))
	require.Equal(t, exitUsage, code, errs)
	oneLine(t, errs, "a share from 0 to 1")
}

func TestDoctorFindsAFreshSetUpWell(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	out, errs, code := careledger(t, nil, "doctor", "--data", dir, "--listen", freeAddress(t))
	require.Zero(t, code, "%s%s", out, errs)
	require.NotContains(t, out, "MEND")
	require.NoDirExists(t, dir, "looking changes nothing")
}

func TestDoctorSaysWhereTheFontIsOrHowToGetIt(t *testing.T) {
	font := kept(t, "font.ttf", "glyphs")
	path := filepath.Join(font, "font.ttf")
	doctor := func(env ...string) (string, string, int) {
		return careledger(t, env, "doctor", "--data", t.TempDir(), "--listen", freeAddress(t))
	}
	out, _, code := doctor("CAREL_FONT=" + path)
	require.Zero(t, code, out)
	require.Regexp(t, `ok +report font +`+regexp.QuoteMeta(path), out)
	out, _, code = doctor("CAREL_FONT=" + path + ".gone")
	require.Zero(t, code, "a server works without: %s", out)
	require.Regexp(t, `note +report font +missing\n +-> .*make font.*CAREL_FONT`, out)
}

func TestDoctorFindsWhatServeWouldRefuse(t *testing.T) {
	library := filepath.Join(t.TempDir(), "libchdb.so")
	require.NoError(t, os.WriteFile(library, []byte("not a library"), 0o600))
	env := []string{"CAREL_ENGINE_LIBRARY=" + library}
	dir := kept(t, "VERSION", "careledger data 9\n")
	out, _, code := careledger(t, env, "doctor", "--data", dir, "--listen", freeAddress(t))
	require.Equal(t, exitSetup, code)
	require.Equal(t, 2, strings.Count(out, "MEND"), out)
	require.Contains(t, out, "use that version")
	require.Contains(t, out, "is not the ClickHouse engine")

	another := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer another.Close()
	out, _, code = careledger(t, nil, "doctor", "--data", t.TempDir(), "--listen", strings.TrimPrefix(another.URL, "http://"))
	require.Equal(t, exitSetup, code)
	require.Contains(t, out, "another careledger, not of ")
}

func TestAForeignEngineIsToldInBothLanguages(t *testing.T) {
	library := filepath.Join(t.TempDir(), "libchdb.so")
	require.NoError(t, os.WriteFile(library, []byte("not a library"), 0o600))
	_, errs, code := careledger(t, []string{"CAREL_ENGINE_LIBRARY=" + library}, "serve", "--data", t.TempDir(), "--listen", freeAddress(t), "--log-level", "error")
	require.Equal(t, exitSetup, code, errs)
	oneLine(t, errs, "请运行 “make engine” 重新安装")
	require.NotContains(t, errs, "exit status")
	require.Contains(t, errs, library)
}

func TestADirectoryThatCannotBeWrittenIsToldOnce(t *testing.T) {
	_, errs, code := careledger(t, nil, "serve", "--data", "/sys", "--listen", freeAddress(t)) // not even root writes there
	require.Equal(t, exitSetup, code, errs)
	oneLine(t, errs, "give this user the right to write there, or choose another with --data")
	require.Equal(t, 1, strings.Count(errs, "--data")-strings.Count(errs, "用 --data"), errs)
	require.Equal(t, 1, strings.Count(errs, "give this user"), errs)
}

func TestADirectoryThatWasRemovedUnderneathIsTold(t *testing.T) {
	path, err := binary()
	require.NoError(t, err)
	for _, command := range []string{"serve --listen " + freeAddress(t), "warehouse"} {
		removed := filepath.Join(t.TempDir(), "removed")
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "mkdir "+removed+" && cd "+removed+" && rmdir "+removed+" && exec "+path+" "+command+" --data data").CombinedOutput()
		require.Error(t, err)
		oneLine(t, string(out), "has been removed")
	}
	removed, data := filepath.Join(t.TempDir(), "removed"), filepath.Join(t.TempDir(), "data")
	addr := freeAddress(t)
	s := exec.CommandContext(t.Context(), "sh", "-c", "mkdir "+removed+" && cd "+removed+" && rmdir "+removed+" && exec "+path+" serve --log-level error --listen "+addr+" --data "+data)
	require.NoError(t, s.Start())
	require.Eventually(t, func() bool { return ready(t.Context(), "http://"+addr+"/readyz") == nil }, time.Minute, 20*time.Millisecond, "it needs no working directory")
	require.NoError(t, s.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.Wait())
}

func TestAFullDiskIsToldWithItsDirectory(t *testing.T) {
	err := plain(fmt.Errorf("reach the log: %w (rpc error)", eventstore.ErrFull), app.Options{Dir: "/var/lib/careledger"})
	require.ErrorContains(t, err, "the disk of /var/lib/careledger is full")
	require.ErrorContains(t, err, "请清理")
	require.NotContains(t, err.Error(), "rpc")
}

func TestDoctorDoesNotTakeAnotherProgramForTheServer(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	_, errs, code := careledger(t, nil, "doctor", "--ready", other.URL+"/readyz")
	require.Equal(t, exitSetup, code)
	oneLine(t, errs, "not ready (404)")
	out, _, code := careledger(t, nil, "doctor", "--data", t.TempDir(), "--listen", strings.TrimPrefix(other.URL, "http://"))
	require.Equal(t, exitSetup, code)
	require.Contains(t, out, "another program has it")
}

func TestAQuestionThatCannotBeAskedIsWrongUse(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `{"code":"wrong-time","detail":"write a time","detail_zh":"请写时间"}`)
	}))
	defer refusing.Close()
	listen := "CAREL_LISTEN=" + strings.TrimPrefix(refusing.URL, "http://")
	_, errs, code := careledger(t, []string{listen}, "indicators", "--token", "cl_x", "--known-at", "gestern") // asks where serve would listen
	require.Equal(t, exitUsage, code, errs)
	oneLine(t, errs, "write a time")
}
