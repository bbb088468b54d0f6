package bus_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/infra/bus/embedded"
)

// station is an embedded server that a test stops, starts and robs of its files; clients keep the same URL.
type station struct {
	dir, listen, token string
	server             *embedded.Server
}

func newStation(t *testing.T) *station {
	t.Helper()
	s := &station{dir: filepath.Join(t.TempDir(), "bus"), listen: "127.0.0.1:0", token: "fixed"}
	s.start(t)
	u, err := url.Parse(s.server.URL())
	require.NoError(t, err)
	s.listen = u.Host
	t.Cleanup(func() { closeServer(t, s.server) })
	return s
}

func (s *station) start(t *testing.T) {
	t.Helper()
	var err error
	s.server, err = embedded.Open(embedded.Options{Dir: s.dir, Listen: s.listen, Token: s.token, Logger: logger(t)})
	require.NoError(t, err)
}

func (s *station) stop(t *testing.T) {
	t.Helper()
	closeServer(t, s.server)
}

// removeAll removes what a running server may still add files to: then it is tried again.
func removeAll(t *testing.T, path string) {
	t.Helper()
	require.Eventually(t, func() bool { return os.RemoveAll(path) == nil }, patience, time.Millisecond)
}

// writing appends to the log all the while, until the test calls the answer, which waits for its end.
func writing(t *testing.T, p *paper, areas ...string) (end func()) {
	t.Helper()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				p.write(20, areas...)
			}
		}
	}()
	return func() { close(stop); <-done }
}

// resumed waits until the stream holds the log's newest event: the relay is back.
func resumed(t *testing.T, at string, p *paper) {
	t.Helper()
	js := manage(t, at)
	require.Eventually(t, func() bool {
		s, err := js.Stream(t.Context(), "RECORDS")
		if err != nil {
			return false
		}
		m, err := s.GetMsg(t.Context(), s.CachedInfo().State.LastSeq)
		if err != nil {
			return false
		}
		r, _, err := bus.Decode(m.Data)
		return err == nil && r.Number == p.size()
	}, patience, 20*time.Millisecond)
}

func TestNothingIsLostOrDoubledOverAnOutage(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, s *station){
		"the server restarts": func(t *testing.T, s *station) {
			for range 3 {
				s.stop(t)
				s.start(t)
			}
		},
		"the store is deleted while stopped": func(t *testing.T, s *station) {
			s.stop(t)
			require.NoError(t, os.RemoveAll(s.dir))
			s.start(t)
		},
		"the store is deleted while running": func(t *testing.T, s *station) {
			removeAll(t, s.dir)
		},
		"the stream's files are deleted while running": func(t *testing.T, s *station) {
			removeAll(t, filepath.Join(s.dir, "jetstream", "$G", "streams"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newStation(t), newPaper()
			at := s.server.URL()
			relaying, feeding := connect(t, at, 64<<20), connect(t, at, 64<<20)
			relay(t, relaying, p, &note{})
			var one, all basket
			feed(t, feeding, p, bus.FeedOptions{Prefecture: "5326"}, &one)
			feed(t, feeding, p, bus.FeedOptions{}, &all)
			end := writing(t, p, "532601", "530102", "532622")
			require.Eventually(t, func() bool { return one.size() > 500 }, patience, time.Millisecond)
			harm(t, s)
			renewed := one.size() + 2000
			require.Eventually(t, func() bool { return one.size() > renewed }, patience, time.Millisecond)
			require.Eventually(t, func() bool { return feeding.Healthy(t.Context()) == nil }, patience, 20*time.Millisecond)
			end()
			complete(t, p, "5326", &one)
			complete(t, p, "", &all)
			resumed(t, at, p)
			onTheBus(t, at, p)
			complete(t, p, "5326", &one)
			complete(t, p, "", &all)
		})
	}
}

func TestAServerThatIsNotThereIsToldInWordsToActOn(t *testing.T) {
	r, w := io.Pipe()
	defer r.Close()
	first := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(r).ReadString('\n')
		first <- line
		_, _ = io.Copy(io.Discard, r)
	}()
	b, err := bus.Connect(t.Context(), bus.Options{
		URL: "nats://127.0.0.1:1", Codec: codec(t), Logger: slog.New(slog.NewTextHandler(w, nil)),
	})
	require.NoError(t, err)
	defer b.Close()
	line := <-first
	require.Contains(t, line, "Check the NATS address")
	require.NotContains(t, line, "outbound buffer")
}

func TestTheServerMayComeAfterItsClients(t *testing.T) {
	s, p := newStation(t), newPaper()
	at := s.server.URL()
	s.stop(t)
	b := connect(t, at, 64<<20)
	p.write(100, "532601")
	relay(t, b, p, &note{})
	var k basket
	feed(t, b, p, bus.FeedOptions{Prefecture: "5326"}, &k)
	complete(t, p, "5326", &k)
	s.start(t)
	resumed(t, at, p)
	onTheBus(t, at, p)
	complete(t, p, "5326", &k)
}

// A relay that the bus takes nothing from leaves its place, so that one that reaches the bus can have it.
func TestARelayWithoutTheBusGivesUp(t *testing.T) {
	s, p := newStation(t), newPaper()
	at := s.server.URL()
	b := connect(t, at, 64<<20)
	const giveUp = 500 * time.Millisecond
	relaying := func(b *bus.Bus) *task {
		return start(t, func(ctx context.Context) error {
			return b.Relay(ctx, p, bus.RelayOptions{Checkpoints: &note{}, GiveUp: giveUp})
		})
	}
	p.write(10, "532601")
	k := relaying(b)
	stored(t, manage(t, at), 10)
	select {
	case <-k.done:
		t.Fatal("it gave up with nothing to publish")
	case <-time.After(3 * giveUp):
	}
	p.write(10, "532601")
	stored(t, manage(t, at), 20)

	s.stop(t)
	require.ErrorIs(t, k.wait(t), bus.ErrStuck, "with nothing to publish as well: nobody hears its heads")
	p.write(10, "532601")
	require.ErrorIs(t, relaying(b).wait(t), bus.ErrStuck)
	patient := relay(t, b, p, &note{})
	s.start(t)
	resumed(t, at, p)
	require.ErrorIs(t, patient.stop(), context.Canceled)
}
