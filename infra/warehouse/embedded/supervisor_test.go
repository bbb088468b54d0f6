package embedded_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/careledger/careledger/infra/warehouse/embedded"
)

const backWithin = 10 * time.Second

// children lists the processes that have the warehouse's directory locked open.
func children(t testing.TB, dir string) []int {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	require.NoError(t, err)
	var pids []int
	for _, link := range links {
		to, err := os.Readlink(link)
		if err != nil || strings.TrimSuffix(to, " (deleted)") != filepath.Join(dir, "careledger.lock") {
			continue
		}
		var pid int
		_, err = fmt.Sscanf(link, "/proc/%d/", &pid)
		require.NoError(t, err)
		pids = append(pids, pid)
	}
	return pids
}

func theChild(t testing.TB, dir string) int {
	t.Helper()
	pids := children(t, dir)
	require.Len(t, pids, 1)
	return pids[0]
}

// store makes one acknowledged row.
func store(ctx context.Context, c driver.Conn, n uint64) error {
	batch, err := c.PrepareBatch(ctx, "INSERT INTO ledger.facts")
	if err != nil {
		return err
	}
	if err := batch.Append(n); err != nil {
		return err
	}
	return batch.Send()
}

const factsTable = "CREATE TABLE ledger.facts (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"

func TestARestartKeepsTheData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "warehouse")
	s, err := embedded.Supervise(t.Context(), supervisorOptions(t, dir))
	require.NoError(t, err)
	c := open(t, s)
	run(t, c, "CREATE DATABASE ledger", factsTable)
	require.NoError(t, store(t.Context(), c, 1))
	require.NoError(t, s.Close(t.Context()))
	require.Empty(t, children(t, dir))

	require.Equal(t, uint64(1), count(t, open(t, supervise(t, dir)), "ledger.facts"))
}

func TestAKilledChildIsBackWithEveryAcknowledgedRow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "warehouse")
	s := supervise(t, dir)
	c := open(t, s)
	run(t, c, "CREATE DATABASE ledger", factsTable)

	var acknowledged atomic.Uint64
	ctx, stop := context.WithCancel(t.Context())
	writer := make(chan struct{})
	go func() {
		defer close(writer)
		for n := uint64(1); ctx.Err() == nil; n++ {
			if store(ctx, c, n) == nil {
				acknowledged.Add(1)
			}
		}
	}()
	for range 3 {
		before := acknowledged.Load()
		require.Eventually(t, func() bool { return acknowledged.Load() > before+20 }, backWithin, 10*time.Millisecond)
		require.NoError(t, syscall.Kill(theChild(t, dir), syscall.SIGKILL))
		killed := time.Now()
		require.Eventually(t, func() bool { return c.Ping(t.Context()) == nil }, backWithin, 10*time.Millisecond)
		t.Logf("back after %s", time.Since(killed).Round(time.Millisecond))
	}
	stop()
	<-writer
	require.GreaterOrEqual(t, count(t, c, "ledger.facts"), acknowledged.Load())
}

func TestAHungChildIsReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "warehouse")
	o := supervisorOptions(t, dir)
	o.ProbeTimeout = 200 * time.Millisecond
	s, err := embedded.Supervise(t.Context(), o)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close(context.Background())) }()
	hung := theChild(t, dir)
	require.NoError(t, syscall.Kill(hung, syscall.SIGSTOP))
	require.Eventually(t, func() bool { // until then it may answer once more
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", hung))
		return err == nil && bytes.Contains(stat, []byte(") T "))
	}, backWithin, time.Millisecond)
	c := open(t, s)
	require.Eventually(t, func() bool { return c.Ping(t.Context()) == nil }, backWithin, 10*time.Millisecond)
	require.NotEqual(t, hung, theChild(t, dir))
}

func TestADeletedDirectoryComesBackEmpty(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "warehouse")
	c := open(t, supervise(t, dir))
	run(t, c, "CREATE DATABASE ledger", factsTable)
	require.NoError(t, store(t.Context(), c, 1))
	first := theChild(t, dir)
	require.Eventually(t, func() bool { return os.RemoveAll(dir) == nil }, backWithin, time.Millisecond, "the engine may still be adding files")
	require.Eventually(t, func() bool {
		pids := children(t, dir)
		return len(pids) == 1 && pids[0] != first && c.Exec(t.Context(), "CREATE DATABASE ledger") == nil
	}, backWithin, 20*time.Millisecond)
	run(t, c, factsTable)
	require.NoError(t, store(t.Context(), c, 1))
	require.Equal(t, uint64(1), count(t, c, "ledger.facts"))
}

func TestTheChildGoesWithItsParent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "warehouse")
	exe, err := os.Executable()
	require.NoError(t, err)
	parent := exec.CommandContext(t.Context(), exe)
	parent.Env = append(os.Environ(), parentVariable+"="+dir)
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	u, err := url.Parse(strings.TrimSpace(line))
	require.NoError(t, err)
	theChild(t, dir)

	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	require.Eventually(t, func() bool { return len(children(t, dir)) == 0 }, backWithin, 20*time.Millisecond)
	_, err = net.DialTimeout("tcp", u.Host, time.Second)
	require.Error(t, err)
}

func TestSupervisorSaysWhyTheChildDoesNotStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "warehouse")
	foreign := filepath.Join(t.TempDir(), "libchdb.so")
	require.NoError(t, os.WriteFile(foreign, []byte("not a library"), 0o600))
	o := supervisorOptions(t, dir)
	o.Library = foreign
	_, err := embedded.Supervise(t.Context(), o)
	require.ErrorContains(t, err, "make engine")

	o.Library = filepath.Join(t.TempDir(), "nothing.so")
	_, err = embedded.Supervise(t.Context(), o)
	require.ErrorIs(t, err, embedded.ErrEngineMissing)

	supervise(t, dir)
	_, err = embedded.Supervise(t.Context(), supervisorOptions(t, dir))
	require.ErrorContains(t, err, "another process uses this data directory")
}

func TestOnlyThePasswordOpensTheChild(t *testing.T) {
	s := supervise(t, filepath.Join(t.TempDir(), "warehouse"))
	u, err := url.Parse(s.URL())
	require.NoError(t, err)
	u.User = nil
	for _, password := range []string{"", "wrong"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.String(), strings.NewReader("SELECT 1"))
		require.NoError(t, err)
		r.SetBasicAuth("default", password)
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusForbidden, response.StatusCode)
		require.Equal(t, "516", response.Header.Get("X-ClickHouse-Exception-Code"))
	}
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	dir := filepath.Join(t.TempDir(), "warehouse")
	s, err := embedded.Supervise(t.Context(), supervisorOptions(t, dir))
	require.NoError(t, err)
	hurried, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, s.Close(hurried))
	require.Empty(t, children(t, dir))
	goleak.VerifyNone(t, before)
}

func TestAProbeUnderWayDoesNotHoldUpARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "warehouse")
	o := supervisorOptions(t, dir)
	o.ProbeEvery, o.ProbeTimeout = time.Millisecond, time.Minute
	s, err := embedded.Supervise(t.Context(), o)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close(context.Background())) }()
	c := open(t, s)
	for range 5 {
		require.NoError(t, syscall.Kill(theChild(t, dir), syscall.SIGKILL))
		require.Eventually(t, func() bool { return c.Ping(t.Context()) == nil && len(children(t, dir)) == 1 }, backWithin, 10*time.Millisecond)
	}
}
