package main

import (
	"bytes"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCopyRefusals(t *testing.T) {
	dir := t.TempDir()
	one, _ := alone(t, filepath.Join(dir, "one"))
	writeLedger(t, one, 1, 20, 0)
	part, _ := alone(t, filepath.Join(dir, "part"))
	writeLedger(t, part, 1, 12, 7)
	empty, _ := alone(t, filepath.Join(dir, "empty"))
	for _, c := range []struct {
		behaviour, from, to string
		code                int
		advice              string
	}{
		{"no target", one, "", exitUsage, "--to: name an event store"},
		{"no event store", "http://127.0.0.1:1", one, exitUsage, "--from: name an event store"},
		{"no URL", "esdb://127.0.0.1:x:y?tls=maybe", one, exitUsage, "cannot be read"},
		{"the same", one, one, exitUsage, "are one event store"},
		{"the same under another name", one, strings.Replace(one, "127.0.0.1", "localhost", 1), exitUsage, "are one event store"},
		{"nothing to copy", empty, one, exitSetup, "--from: the source holds no ledger"},
		{"a changed event", one, part, exitDiffers, "ledger number 7 is the first"},
		{"a target that does not answer", one, "esdb://127.0.0.1:1?tls=false", exitSetup, "--to: the event store does not answer"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			_, errs, code := careledger(t, nil, "copy", "--from", c.from, "--to", c.to)
			require.Equal(t, c.code, code, errs)
			oneLine(t, errs, c.advice)
		})
	}
}

// Told to stop, a copy ends at once, whatever it waits for, and says how far it is.
func TestACopyStopsCleanly(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), path, "copy", "--from", "esdb://"+silent.Addr().String()+"?tls=false", "--to", "esdb://127.0.0.1:1?tls=false")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	require.NoError(t, cmd.Start())
	asked, err := silent.Accept()
	require.NoError(t, err)
	defer asked.Close()
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.Error(t, cmd.Wait())
	require.Equal(t, exitFailed, cmd.ProcessState.ExitCode())
	oneLine(t, errs.String(), "stopped at ledger number 0: run it again")
}
