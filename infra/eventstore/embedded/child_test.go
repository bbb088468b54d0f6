package embedded_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// realBinary, when it is set, is the careledger program to start in place of this test's own.
const realBinary = "CAREL_TEST_BINARY"

const (
	childDir   = "CAREL_TEST_EVENTSTORE_CHILD"
	childFault = "CAREL_TEST_EVENTSTORE_FAILING_SYNC" // which sync of a log file fails; none where empty
)

// TestMain makes this binary a server when it is started as the child of a test.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := serveChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serveChild prints the URL and serves, as `careledger eventstore` does, until it is told to end or the server fails.
func serveChild(dir string) error {
	s, err := embedded.Open(embedded.Options{Dir: dir, FS: failingSync(os.Getenv(childFault)), Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	told, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	fmt.Println(s.URL())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends with the test
		stop()
	}()
	select {
	case <-told.Done():
	case err = <-s.Err():
	}
	drain, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return errors.Join(err, s.Close(drain))
}

// failingSync is the file system, of which the nth sync of a log file and all after it fail.
func failingSync(nth string) vfs.FS {
	first, err := strconv.ParseInt(nth, 10, 64)
	if err != nil {
		return nil
	}
	var syncs atomic.Int64
	return errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if path.Ext(op.Path) == ".log" && (op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData) && syncs.Add(1) >= first {
			return errorfs.ErrInjected
		}
		return nil
	}))
}

type child struct {
	process *exec.Cmd
	url     string
	stderr  bytes.Buffer // to be read once it has ended
}

func startChild(t *testing.T, dir string, env ...string) *child {
	t.Helper()
	c := &child{process: exec.CommandContext(t.Context(), os.Args[0])}
	if binary := os.Getenv(realBinary); binary != "" && len(env) == 0 {
		c.process = exec.CommandContext(t.Context(), binary, "eventstore", "--data", dir, "--listen", "127.0.0.1:0")
	}
	c.process.Env = append(append(os.Environ(), childDir+"="+dir), env...)
	c.process.Stderr = io.MultiWriter(os.Stderr, &c.stderr)
	_, err := c.process.StdinPipe() // closed when this test's process ends
	require.NoError(t, err)
	out, err := c.process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.process.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	c.url = strings.TrimSpace(strings.TrimPrefix(line, "event store on "))
	return c
}

func (c *child) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, c.process.Process.Kill())
	require.Error(t, c.process.Wait(), "killed")
}

func (c *child) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, c.process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, c.process.Wait())
}

// exitCode waits for the child to end by itself.
func (c *child) exitCode(t *testing.T) int {
	t.Helper()
	late := time.AfterFunc(patience, func() { _ = c.process.Process.Kill() }) // it may have ended just now
	_ = c.process.Wait()                                                      // its exit code is what is asked for
	require.True(t, late.Stop(), "the process goes on")
	return c.process.ProcessState.ExitCode()
}
