package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// alone runs `careledger eventstore` on dir until the test ends or stop is called, and answers its URL.
func alone(t *testing.T, dir string) (url string, stop func()) {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.Command(path, "eventstore", "--data", dir, "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	ended := false
	stop = func() {
		if !ended {
			require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
			require.NoError(t, cmd.Wait())
		}
		ended = true
	}
	t.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(strings.TrimPrefix(line, "event store on ")), stop
}

// writeLedger writes the first events of a ledger; the one with the number changed says something else.
func writeLedger(t *testing.T, url string, from, to, changed int) {
	t.Helper()
	conf, err := esdb.ParseConnectionString(url)
	require.NoError(t, err)
	conf.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(conf)
	require.NoError(t, err)
	defer client.Close()
	for n := from; n <= to; n++ {
		stream, kind, text := fmt.Sprintf("elder-%d", n%3), "HomeVisitLogged.v1", fmt.Sprintf(`{"n":%d}`, n)
		if n == 1 {
			stream, kind = "ledger", "LedgerOpened.v1"
		}
		if n == changed {
			text = `{"n":0}`
		}
		_, err := client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, esdb.EventData{
			EventID: uuid.NewSHA1(uuid.UUID{7}, []byte{byte(n)}), EventType: kind, ContentType: esdb.ContentTypeJson, Data: []byte(text),
			Metadata: []byte(`{"ledger":"0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c11"}`),
		})
		require.NoError(t, err)
	}
}

func TestALedgerIsHeldAgainstWhatItWas(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	url, stop := alone(t, at("one"))
	writeLedger(t, url, 1, 20, 0)
	printed, errs, code := careledger(t, nil, "verify", "--data", at("one"), "--head", at("head"))
	require.Zero(t, code, errs)
	require.Contains(t, printed, "size 20")
	require.NoError(t, os.WriteFile(at("printed"), []byte(printed), 0o600))
	writeLedger(t, url, 21, 30, 0)
	_, errs, code = careledger(t, nil, "backup", "--data", at("one"), "--to", at("backup")) // while it runs
	require.Zero(t, code, errs)
	stop()

	for _, head := range []string{at("head"), at("printed")} {
		for _, sound := range []string{at("one"), at("backup")} {
			out, _, code := careledger(t, nil, "verify", "--data", sound, "--against", head)
			require.Zero(t, code, out)
			require.Contains(t, out, "size 30")
		}
	}
	_, errs, code = careledger(t, nil, "restore", "--from", at("backup"), "--data", at("restored"), "--verify", "--against", at("head"))
	require.Zero(t, code, errs)

	url, stop = alone(t, at("changed"))
	writeLedger(t, url, 1, 25, 13)
	stop()
	out, _, code := careledger(t, nil, "verify", "--data", at("changed"), "--against", at("head"))
	require.Equal(t, exitDiffers, code)
	require.Contains(t, out, "position 13: ledger number 13 is the first that is not as it was")
	out, _, code = careledger(t, nil, "verify", "--data", at("changed"), "--against", at("printed"))
	require.Equal(t, exitDiffers, code)
	require.Contains(t, out, "one of the first 20 events differs")

	url, stop = alone(t, at("shorter"))
	writeLedger(t, url, 1, 12, 0)
	stop()
	out, _, code = careledger(t, nil, "verify", "--data", at("shorter"), "--against", at("head"))
	require.Equal(t, exitDiffers, code)
	require.Contains(t, out, "it ends at ledger number 12 and held 20 before")
}

func TestAnArchiveThroughAPipe(t *testing.T) {
	dir := t.TempDir()
	url, stop := alone(t, filepath.Join(dir, "one"))
	writeLedger(t, url, 1, 10, 0)
	stop()
	path, err := binary()
	require.NoError(t, err)
	var archive bytes.Buffer
	write := exec.CommandContext(t.Context(), path, "backup", "--data", filepath.Join(dir, "one"), "--to", "-") // nobody runs
	write.Stdout, write.Stderr = &archive, os.Stderr
	require.NoError(t, write.Run())
	read := exec.CommandContext(t.Context(), path, "restore", "--from", "-", "--data", filepath.Join(dir, "two"), "--verify")
	read.Stdin = &archive
	out, err := read.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "size 10")
	require.NoDirExists(t, filepath.Join(dir, "one", "snapshots"), "what was copied from is given up")
}

func TestScavengeOfARunningAndARestingStore(t *testing.T) {
	dir := t.TempDir()
	_, stop := alone(t, dir)
	out, errs, code := careledger(t, nil, "scavenge", "--data", dir)
	require.Zero(t, code, errs)
	require.Contains(t, out, "0 events")
	stop()
	_, errs, code = careledger(t, nil, "scavenge", "--data", dir)
	require.Zero(t, code, errs)
}

func TestUpkeepRefusals(t *testing.T) {
	dir := t.TempDir()
	_, stop := alone(t, filepath.Join(dir, "store"))
	stop()
	later := kept(t, "VERSION", "careledger data 99\n")
	for _, c := range []struct {
		args   []string
		code   int
		advice string
	}{
		{[]string{"verify", "--data", later}, exitSetup, "use that version"},
		{[]string{"verify", "--data", filepath.Join(dir, "nothing")}, exitSetup, "no such file"},
		{[]string{"verify", "--data", dir}, exitSetup, "there is no event store"},
		{[]string{"verify", "--data", filepath.Join(dir, "store"), "--against", "main.go"}, exitUsage, "this is not a head"},
		{[]string{"backup", "--data", filepath.Join(dir, "store")}, exitUsage, "--to"},
		{[]string{"backup", "--data", dir, "--to", filepath.Join(dir, "inside")}, exitUsage, "must not lie in the data directory"},
		{[]string{"backup", "--data", dir, "--to", dir + "-other"}, exitSetup, "there is no event store"},
		{[]string{"restore", "--from", dir, "--data", dir + "-other"}, exitSetup, "not a whole backup"},
		{[]string{"restore", "--data", dir + "-other"}, exitSetup, "--from"},
		{[]string{"scavenge", "--data", dir}, exitSetup, "there is no event store"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			_, errs, code := careledger(t, nil, c.args...)
			require.Equal(t, c.code, code, errs)
			oneLine(t, errs, c.advice)
		})
	}
}

// What is sealed can be read again from a backup that was made while the server ran, and every number comes back.
func TestABackupOfARunningServerOpensWithItsKeys(t *testing.T) {
	const name = "试用甲"
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	s := serving(t, at("data"), freeAddress(t))
	s.ask(http.MethodPost, "/api/v1/elders", `{"area":"532601001000","registered_on":"2022-01-05","sex":"female","born_on":"1948-03-11","name":"`+name+`"}`)
	_, errs, code := careledger(t, nil, "backup", "--data", at("data"), "--to", at("backup"))
	require.Zero(t, code, errs)
	out, errs, code := careledger(t, nil, "restore", "--from", at("backup"), "--data", at("restored"), "--verify")
	require.Zero(t, code, errs+out)
	restored := serving(t, at("restored"), freeAddress(t))
	require.Eventually(t, func() bool {
		return strings.Contains(restored.ask(http.MethodGet, "/api/v1/elders?area=532601", ""), name)
	}, 20*time.Second, 50*time.Millisecond)
	for _, file := range []string{"events", "vault"} {
		require.NotContains(t, contentBelow(t, filepath.Join(at("backup"), file)), name)
	}
}

func contentBelow(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	}))
	return all.String()
}
