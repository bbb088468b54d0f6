package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestAnEventStoreWhoseDiskFailsEnds: on a disk that promises more space than there is (as thinly provisioned ones do),
// writes are taken and their sync fails.
func TestAnEventStoreWhoseDiskFailsEnds(t *testing.T) {
	disk, use := overcommitted(t)
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.Command(path, "eventstore", "--data", filepath.Join(disk, "events"), "--listen", "127.0.0.1:0")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }) // it may have ended just now
	use()
	appendUntilRefused(t, strings.TrimSpace(strings.TrimPrefix(line, "event store on ")))
	_ = cmd.Wait() // its exit code is what is asked for
	require.True(t, late.Stop(), "it goes on")
	require.Equal(t, exitFailed, cmd.ProcessState.ExitCode(), errs.String())
	require.Contains(t, errs.String(), "careledger: the event store has failed and stopped: ")
}

func appendUntilRefused(t *testing.T, url string) {
	t.Helper()
	conf, err := esdb.ParseConnectionString(url)
	require.NoError(t, err)
	conf.Logger = esdb.NoopLogging()
	var writers sync.WaitGroup
	for range 4 {
		client, err := esdb.NewClient(conf) // one each: several that share one may wait for ever once the server is gone
		require.NoError(t, err)
		defer client.Close()
		writers.Go(func() {
			for err := error(nil); err == nil; {
				e := esdb.EventData{EventID: uuid.New(), EventType: "Tested.v1", Data: make([]byte, 64<<10)}
				_, err = client.AppendToStream(t.Context(), uuid.NewString(), esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, e)
			}
		})
	}
	writers.Wait()
}

// overcommitted mounts a disk of 2 GiB over a file for which there is less, and less still once use is called.
func overcommitted(t *testing.T) (disk string, use func()) {
	t.Helper()
	mkfs, err := exec.LookPath("mkfs.ext4")
	if err != nil {
		t.Skip("needs mkfs.ext4")
	}
	backing, disk := t.TempDir(), t.TempDir()
	image := filepath.Join(backing, "disk")
	mount(t, backing, "-t", "tmpfs", "-o", "size=64m", "tmpfs")
	require.NoError(t, os.WriteFile(image, nil, 0o600))
	require.NoError(t, os.Truncate(image, 2<<30))
	made, err := exec.Command(mkfs, "-q", "-E", "lazy_itable_init=1,lazy_journal_init=1", "-J", "size=4", image).CombinedOutput()
	require.NoError(t, err, string(made))
	mount(t, disk, "-o", "loop", image)
	return disk, func() {
		filler, err := os.Create(filepath.Join(backing, "filler"))
		require.NoError(t, err)
		_, err = filler.Write(make([]byte, 64<<20))
		require.Error(t, err, "all of it is in use")
		require.NoError(t, filler.Close())
	}
}

// mount mounts at dir until the test ends, and skips the test where that is not allowed.
func mount(t *testing.T, dir string, args ...string) {
	t.Helper()
	if out, err := exec.Command("mount", append(args, dir)...).CombinedOutput(); err != nil {
		t.Skipf("needs to mount: %v: %s", err, out)
	}
	t.Cleanup(func() {
		out, err := exec.Command("umount", dir).CombinedOutput()
		require.NoError(t, err, string(out))
	})
}
