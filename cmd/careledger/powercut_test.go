package main

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
)

// At a power cut the tables that are not written to the disk at once lose files, or what was in them: here any of all their
// parts. When the server is back, every cell is what the oracle counts from the log.
func TestAPowerCutTakesOnlyWhatIsMadeAgain(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	cut := rand.New(rand.NewPCG(seed, 1))
	dir, addr := t.TempDir(), freeAddress(t)
	s := serving(t, dir, addr)
	c, err := client.New("http://"+addr, "", dir)
	require.NoError(t, err)
	c.Patience = recoverWithin
	p, areas := likeWenshan(t, "5326")
	l := newRecording(t, c, areas, seed)
	l.begin(t.Context())
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	group, working := errgroup.WithContext(t.Context())
	for w := range recorders {
		group.Go(func() error { return l.record(working, ctx.Done(), w) })
	}
	require.NoError(t, group.Wait())
	warehouse := children(s.cmd.Process.Pid)
	require.NoError(t, s.cmd.Process.Kill())
	_ = s.cmd.Wait() // it was killed
	gone(t, warehouse)

	lost := 0
	for _, table := range []string{"progress", "cells", "cell_history", "heard"} {
		files, err := filepath.Glob(filepath.Join(dir, "warehouse", "data", "careledger", table, "all_*", "*"))
		require.NoError(t, err)
		require.NotEmpty(t, files, table)
		for _, f := range files {
			switch cut.IntN(6) {
			case 0:
				require.NoError(t, os.Truncate(f, 0))
				lost++
			case 1:
				require.NoError(t, os.Remove(f))
				lost++
			}
		}
	}
	require.Positive(t, lost)

	s = serving(t, dir, addr)
	shown := l.shown(t, func(method, path, body string) string { return s.ask(method, path, body) }, 1)
	require.NoError(t, s.cmd.Process.Kill())
	_ = s.cmd.Wait() // it was killed
	requireCounted(t, shown, p, areas, readLog(t, filepath.Join(dir, "events")))
}

// gone waits until processes have ended.
func gone(t *testing.T, pids []int) {
	t.Helper()
	require.NotEmpty(t, pids)
	for _, pid := range pids {
		require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, 20*time.Second, 20*time.Millisecond)
	}
}
