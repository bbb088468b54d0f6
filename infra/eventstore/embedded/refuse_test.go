package embedded_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
	"github.com/careledger/careledger/infra/eventstore/embedded/store"
	"github.com/careledger/careledger/infra/eventstore/embedded/users"
)

func TestOptionsAreClosedByDefault(t *testing.T) {
	cert, key := certificate(t)
	phc, err := users.Hash("x")
	require.NoError(t, err)
	for name, o := range map[string]embedded.Options{
		"not loopback without TLS":        {Listen: "0.0.0.0:0"},
		"all interfaces":                  {Listen: ":0"},
		"not loopback without a password": {Listen: "0.0.0.0:0", TLSCert: "c.pem", TLSKey: "k.pem"},
		"a password without TLS":          {Listen: "127.0.0.1:0", AdminPassword: "secret"},
		"users without TLS":               {Listen: "127.0.0.1:0", Users: users.Hashes{"ops": "x"}},
		"no user but TLS":                 {Listen: "0.0.0.0:0", TLSCert: "c.pem", TLSKey: "k.pem", Users: users.Hashes{}},
		"a hash that is none":             {Listen: "127.0.0.1:0", TLSCert: cert, TLSKey: key, Users: users.Hashes{"ops": "x"}},
		"the admin twice":                 {Listen: "127.0.0.1:0", TLSCert: cert, TLSKey: key, Users: users.Hashes{"admin": phc}, AdminPassword: "x"},
		"a certificate without key":       {Listen: "127.0.0.1:0", TLSCert: "c.pem"},
		"certificate files that are not":  {Listen: "127.0.0.1:0", TLSCert: "c.pem", TLSKey: "k.pem"},
		"an address without port":         {Listen: "127.0.0.1"},
		"another name than localhost's":   {Listen: "example.org:2113"},
	} {
		t.Run(name, func(t *testing.T) {
			o.Dir = t.TempDir()
			_, err := embedded.Open(o)
			require.Error(t, err)
			left, err := os.ReadDir(o.Dir)
			require.NoError(t, err)
			require.Empty(t, left, "nothing was made")
		})
	}
}

func TestDirectoriesThatAreRefused(t *testing.T) {
	t.Run("in use by this process", func(t *testing.T) {
		dir := t.TempDir()
		open(t, embedded.Options{Dir: dir})
		requireRefused(t, dir, store.ErrInUse)
	})
	t.Run("in use by another process", func(t *testing.T) {
		dir := t.TempDir()
		c := startChild(t, dir)
		client := contract.Dial(t, c.url)
		require.NoError(t, appendTo(t.Context(), client, "before", -1, 1))
		requireRefused(t, dir, store.ErrInUse)
		other := filepath.Join(t.TempDir(), "other name")
		require.NoError(t, os.Symlink(dir, other))
		requireRefused(t, other, store.ErrInUse)
		require.NoError(t, appendTo(t.Context(), client, "after", -1, 1), "the first one goes on")
		c.stop(t)
		require.NoError(t, embeddedOnce(t, dir), "and leaves it to the next")
	})
	t.Run("in use by a process that was killed", func(t *testing.T) {
		dir := t.TempDir()
		startChild(t, dir).kill(t)
		require.NoError(t, embeddedOnce(t, dir), "is in use by none")
	})
	t.Run("other files", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("x"), 0o600))
		requireRefused(t, dir, store.ErrForeign)
	})
	t.Run("a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "letter.txt")
		require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
		_, err := embedded.Open(embedded.Options{Dir: file, Listen: "127.0.0.1:0"})
		require.ErrorContains(t, err, file)
	})
	t.Run("a Pebble store of something else", func(t *testing.T) {
		dir := t.TempDir()
		put(t, dir, []byte("key of a vault"), nil)
		requireRefused(t, dir, store.ErrForeign)
	})
	t.Run("a format of something else", func(t *testing.T) {
		dir := t.TempDir()
		put(t, dir, []byte("\x00format"), []byte(`{"product":"another","version":1}`))
		requireRefused(t, dir, store.ErrForeign)
	})
	t.Run("a newer version", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, embeddedOnce(t, dir))
		put(t, dir, []byte("\x00format"), []byte(`{"product":"careledger-eventstore","version":2}`))
		requireRefused(t, dir, store.ErrNewer)
	})
	t.Run("a newer version of Pebble", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, embeddedOnce(t, dir))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "marker.format-version.000999.999"), nil, 0o600))
		requireRefused(t, dir, store.ErrNewer)
	})
}

// embeddedOnce opens a server on dir and closes it.
func embeddedOnce(t *testing.T, dir string) error {
	t.Helper()
	s, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	return s.Close(context.WithoutCancel(t.Context()))
}

// requireRefused: and nothing in it is changed.
func requireRefused(t *testing.T, dir string, want error) {
	t.Helper()
	before := contents(t, dir)
	_, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	require.ErrorIs(t, err, want)
	require.Contains(t, err.Error(), dir)
	require.Equal(t, before, contents(t, dir), "nothing is changed")
}

// contents are the files of dir and digests of what is in them, but for the lock.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := map[string]string{}
	for _, e := range entries {
		if e.Name() == "LOCK" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		found[e.Name()] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	return found
}

// put writes a key into the Pebble store in dir, as nobody should.
func put(t *testing.T, dir string, key, value []byte) {
	t.Helper()
	db, err := pebble.Open(dir, &pebble.Options{FormatMajorVersion: pebble.FormatNewest, Logger: quiet{}})
	require.NoError(t, err)
	require.NoError(t, db.Set(key, value, pebble.Sync))
	require.NoError(t, db.Close())
}

func TestAppendsAreRefusedWhileTheDiskIsAlmostFull(t *testing.T) {
	var free atomic.Uint64
	free.Store(10 << 30)
	s := open(t, embedded.Options{ReserveBytes: 1 << 30, FreeSpace: func(string) (uint64, error) { return free.Load(), nil }})
	client := contract.Dial(t, s.URL())
	sub, err := client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	require.NoError(t, appendTo(t.Context(), client, "before", -1, 1))
	free.Store(1 << 29)
	require.Eventually(t, func() bool {
		var e *esdb.Error
		return errors.As(appendTo(t.Context(), client, "probe-"+uuid.NewString(), -1, 1), &e) && status.Code(e.Err()) == codes.ResourceExhausted
	}, patience, tick, "free space is looked at again")
	var e *esdb.Error
	require.ErrorAs(t, appendTo(t.Context(), client, "during", -1, 1), &e)
	require.Equal(t, codes.ResourceExhausted, status.Code(e.Err()))
	require.Contains(t, e.Err().Error(), "free some space")
	require.NotEmpty(t, everything(t, client), "reads go on")
	free.Store(10 << 30)
	require.Eventually(t, func() bool { return appendTo(t.Context(), client, "after", -1, 1) == nil }, patience, tick, "it resumes")
	for {
		e := sub.Recv()
		require.Nil(t, e.SubscriptionDropped, "subscriptions go on")
		if e.EventAppeared != nil && e.EventAppeared.OriginalEvent().StreamID == "after" {
			return
		}
	}
}

// quiet keeps Pebble's lines out of the test's output.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf(format, args...))
}
