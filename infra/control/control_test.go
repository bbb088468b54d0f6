package control

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, dir string, a Actions) (shut func()) {
	t.Helper()
	s, err := Serve(dir, a, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	closed := false
	shut = func() {
		if !closed {
			require.NoError(t, s.Close(context.WithoutCancel(t.Context())))
		}
		closed = true
	}
	t.Cleanup(shut)
	return shut
}

// deep is a directory whose path is longer than a socket's address may be.
func deep(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 120))
	require.NoError(t, os.Mkdir(dir, 0o700))
	return dir
}

func hello(_ context.Context, dir string) error {
	return os.WriteFile(filepath.Join(dir, "hello"), nil, 0o600)
}

func TestSnapshotLivesAsLongAsItsCaller(t *testing.T) {
	dir := deep(t)
	serve(t, dir, Actions{Snapshot: hello})
	path, release, err := Snapshot(t.Context(), dir)
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(path, "hello"))
	release()
	require.Eventually(t, func() bool {
		_, err := os.Stat(path)
		return errors.Is(err, os.ErrNotExist)
	}, 10*time.Second, 5*time.Millisecond)
}

func TestSnapshotEndsWithTheServer(t *testing.T) {
	dir := deep(t)
	shut := serve(t, dir, Actions{Snapshot: hello})
	path, release, err := Snapshot(t.Context(), dir)
	require.NoError(t, err)
	defer release()
	shut()
	require.NoDirExists(t, path)
	_, _, err = Snapshot(t.Context(), dir)
	require.ErrorIs(t, err, ErrNobody)
}

func TestAfterAKill(t *testing.T) {
	dir := deep(t)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, SnapshotsDir, "old"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, socketName), nil, 0o600))
	serve(t, dir, Actions{Snapshot: hello})
	require.NoDirExists(t, filepath.Join(dir, SnapshotsDir))
	_, release, err := Snapshot(t.Context(), dir)
	require.NoError(t, err)
	release()
}

func TestScavengeAndRefusals(t *testing.T) {
	dir := deep(t)
	why := errors.New("a scavenge is running already")
	var refused error
	serve(t, dir, Actions{Scavenge: func(context.Context) (any, error) { return map[string]int{"events": 7}, refused }})
	var removed struct{ Events int }
	require.NoError(t, Scavenge(t.Context(), dir, &removed))
	require.Equal(t, 7, removed.Events)
	refused = why
	require.EqualError(t, Scavenge(t.Context(), dir, &removed), why.Error())
	_, _, err := Snapshot(t.Context(), dir)
	require.ErrorContains(t, err, "nothing to back up")
	info, err := os.Stat(filepath.Join(dir, socketName))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestASignInLink(t *testing.T) {
	dir := deep(t)
	shut := serve(t, dir, Actions{})
	_, err := SignInLink(t.Context(), dir)
	require.ErrorContains(t, err, "serves no page")
	shut()
	serve(t, dir, Actions{SignInLink: func() (string, error) { return "http://127.0.0.1:1/sign-in?code=x", nil }})
	link, err := SignInLink(t.Context(), dir)
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:1/sign-in?code=x", link)
}

func TestNobody(t *testing.T) {
	_, _, err := Snapshot(t.Context(), t.TempDir())
	require.ErrorIs(t, err, ErrNobody)
	require.ErrorIs(t, Scavenge(t.Context(), t.TempDir(), nil), ErrNobody)
}
