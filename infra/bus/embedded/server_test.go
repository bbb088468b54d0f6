package embedded_test

import (
	"context"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/careledger/careledger/infra/bus/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string) *embedded.Server {
	t.Helper()
	s, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0", MaxBytes: 64 << 20, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
		defer cancel()
		require.NoError(t, s.Close(ctx))
	})
	return s
}

func connect(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	require.NoError(t, err)
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	return js
}

// fill makes a stream and puts a message into it; it fails while the server is away.
func fill(ctx context.Context, js jetstream.JetStream) error {
	_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "RECORDS", Subjects: []string{"records.>"}, MaxBytes: 64 << 20})
	if err != nil {
		return err
	}
	_, err = js.Publish(ctx, "records.x", []byte("y"))
	return err
}

func TestAClientWithoutTheTokenIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	require.NoError(t, fill(t.Context(), connect(t, s.URL())))
	at, err := nats.Connect("nats://" + hostOf(t, s.URL()))
	if err == nil {
		at.Close()
	}
	require.ErrorIs(t, err, nats.ErrAuthorization)
}

func TestListeningToOthersNeedsAToken(t *testing.T) {
	_, err := embedded.Open(embedded.Options{Dir: t.TempDir(), Listen: "0.0.0.0:0"})
	require.ErrorIs(t, err, embedded.ErrListen)
}

func TestMessagesOutliveARestart(t *testing.T) {
	dir := t.TempDir()
	first, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	require.NoError(t, fill(t.Context(), connect(t, first.URL())))
	require.NoError(t, first.Close(t.Context()))
	s, err := connect(t, open(t, dir).URL()).Stream(t.Context(), "RECORDS")
	require.NoError(t, err)
	require.EqualValues(t, 1, s.CachedInfo().State.Msgs)
}

func TestADeletedStoreIsMadeAnewWhileRunning(t *testing.T) {
	for name, path := range map[string]string{
		"everything": ".", "the store": "jetstream", "one stream": "jetstream/$G/streams/RECORDS", "its messages": "jetstream/$G/streams/RECORDS/msgs",
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bus")
			s := open(t, dir)
			js := connect(t, s.URL())
			require.NoError(t, fill(t.Context(), js))
			require.Eventually(t, func() bool { return os.RemoveAll(filepath.Join(dir, path)) == nil }, 5*time.Second, time.Millisecond,
				"the server may still be adding files")
			require.Eventually(t, func() bool {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := js.Stream(ctx, "RECORDS")
				if err == nil {
					return false // still the old one
				}
				return fill(ctx, js) == nil
			}, 20*time.Second, 50*time.Millisecond)
			blocks, err := filepath.Glob(filepath.Join(dir, "jetstream/$G/streams/RECORDS/msgs/*.blk"))
			require.NoError(t, err)
			require.Len(t, blocks, 1)
		})
	}
}

func hostOf(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	require.NoError(t, err)
	return u.Host
}
