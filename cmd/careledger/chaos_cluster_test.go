package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/eventstore"
)

// Two instances share an event store, a NATS server and a warehouse, each serves a prefecture, and either can work for
// both. While caseworkers record at both, instances and engines are killed, the bus and the warehouse deleted, and the
// network between each of them cut, held up and slowed. Afterwards every acknowledged command is in the log once, and
// every cell of both prefectures is what the oracle counts.
func TestChaosOfACluster(t *testing.T) {
	during, seed := chaosOf(t)
	c := newCluster(t)
	ctx, cancel := context.WithTimeout(t.Context(), during)
	defer cancel()
	group, working := errgroup.WithContext(t.Context())
	var recordings []*recording
	for i, in := range c.instances {
		l := newRecording(t, in.client, in.areas, seed+uint64(i))
		l.begin(t.Context())
		recordings = append(recordings, l)
		for w := range recorders {
			group.Go(func() error { return l.record(working, ctx.Done(), w) })
		}
	}
	blows := rand.New(rand.NewPCG(seed, 0))
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-working.Done():
			cancel()
		case <-time.After(time.Duration(200+blows.IntN(3000)) * time.Millisecond):
			c.strike(ctx, blows)
		}
	}
	c.mend()
	require.NoError(t, group.Wait())
	last := map[string]uint64{}
	for _, e := range c.log() {
		last[e.Metadata.Prefecture()] = e.Number
	}
	var shown [][]shownCell
	for i, in := range c.instances {
		shown = append(shown, recordings[i].shown(t, in.ask, last[in.plan.Prefecture]))
	}
	events := c.log()
	for i, in := range c.instances {
		t.Logf("%s: %d commands acknowledged, of %d events in all", in.plan.Prefecture, len(recordings[i].acknowledged), len(events))
		recordings[i].requireOnce(t, events)
		requireCounted(t, shown[i], in.plan, in.areas, events)
	}
}

// supervised is a process that is started again when it ends, as a supervisor does.
type supervised struct {
	name string
	path string
	args []string

	mu      sync.Mutex
	cmd     *exec.Cmd
	between func() // before the next start
	stopped bool
	ended   chan struct{}
}

func supervise(t *testing.T, name, path string, args ...string) *supervised {
	t.Helper()
	s := &supervised{name: name, path: path, args: args, ended: make(chan struct{})}
	go s.run()
	t.Cleanup(func() {
		s.mu.Lock()
		s.stopped = true
		s.mu.Unlock()
		s.kill(nil)
		<-s.ended
	})
	return s
}

func (s *supervised) run() {
	defer close(s.ended)
	for {
		s.mu.Lock()
		if s.stopped {
			s.mu.Unlock()
			return
		}
		cmd := exec.Command(s.path, s.args...)
		if testing.Verbose() && s.name != "nats" {
			cmd.Stderr = os.Stderr
		}
		err := cmd.Start()
		s.cmd = cmd
		s.mu.Unlock()
		if err == nil {
			_ = cmd.Wait() // it was killed, or could not do without an engine
		}
		s.mu.Lock()
		between := s.between
		s.between = nil
		s.mu.Unlock()
		if between != nil {
			between()
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// kill ends the process with -9; between is done before it is started again.
func (s *supervised) kill(between func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.between = between
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill() // it may have ended by itself
	}
}

// sharedEngine is a server that the instances share.
type sharedEngine struct {
	*supervised
	addr, dir string
	lossy     bool // it may lose everything
}

// instance is one `careledger serve` with all roles.
type instance struct {
	*server
	process *supervised
	plan    *plan.Plan
	areas   *area.Table
	client  *client.Client
	network []*proxy // to each engine
}

type cluster struct {
	t         *testing.T
	engines   []*sharedEngine
	instances []*instance
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	dir, path := t.TempDir(), must(t, binary)
	c := &cluster{t: t}
	for _, e := range []struct {
		name, path string
		lossy      bool
		args       func(dir, addr string) []string
	}{
		{"eventstore", path, false, func(dir, addr string) []string { return []string{"eventstore", "--data", dir, "--listen", addr} }},
		{"nats", must(t, natsServer), true, func(dir, addr string) []string {
			host, port, _ := net.SplitHostPort(addr)
			return []string{"--jetstream", "--store_dir", dir, "--addr", host, "--port", port}
		}},
		{"warehouse", path, true, func(dir, addr string) []string { return []string{"warehouse", "--data", dir, "--listen", addr} }},
	} {
		addr, below := freeAddress(t), filepath.Join(dir, e.name)
		c.engines = append(c.engines, &sharedEngine{supervise(t, e.name, e.path, e.args(below, addr)...), addr, below, e.lossy})
	}
	for _, e := range c.engines {
		require.Eventually(t, func() bool { return answers(e.addr) }, 30*time.Second, 50*time.Millisecond, e.name)
	}
	for i, prefecture := range []string{"5326", "5399"} {
		c.instances = append(c.instances, c.instance(filepath.Join(dir, fmt.Sprintf("instance-%d", i)), prefecture))
	}
	return c
}

func answers(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	return err == nil && conn.Close() == nil
}

// must is what a builder has built.
func must(t *testing.T, build func() (string, error)) string {
	t.Helper()
	path, err := build()
	require.NoError(t, err)
	return path
}

// natsServer is NATS's own server, of the version that the product is built with.
var natsServer = sync.OnceValues(func() (string, error) {
	path, err := binary()
	if err != nil {
		return "", err
	}
	path = filepath.Join(filepath.Dir(path), "nats-server")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		return "", &buildError{out}
	}
	return path, nil
})

// instance starts one that serves a prefecture which is Wenshan but for its code.
func (c *cluster) instance(dir, prefecture string) *instance {
	t := c.t
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	in := &instance{}
	in.plan, in.areas = likeWenshan(t, prefecture)
	content, err := json.Marshal(in.plan)
	require.NoError(t, err)
	planFile, areasFile := filepath.Join(dir, "plan.json"), filepath.Join(dir, "areas.csv")
	require.NoError(t, os.WriteFile(planFile, content, 0o600))
	require.NoError(t, os.WriteFile(areasFile, []byte(in.areas.Text()), 0o600))
	for _, e := range c.engines {
		in.network = append(in.network, newProxy(t, e.addr))
	}
	data := filepath.Join(dir, "data")
	in.server = &server{t: t, dir: data, addr: freeAddress(t)}
	in.process = supervise(t, "instance "+prefecture, must(t, binary), "serve", "--data", data, "--listen", in.addr, "--log-level", "error",
		"--plan", planFile, "--areas", areasFile, "--eventstore", "esdb://"+in.network[0].addr()+"?tls=false",
		"--nats", "nats://"+in.network[1].addr(), "--clickhouse", "http://default@"+in.network[2].addr())
	require.Eventually(t, func() bool { return ready(t.Context(), "http://"+in.addr+"/readyz") == nil }, time.Minute, 50*time.Millisecond)
	in.client, err = client.New("http://"+in.addr, "", data)
	require.NoError(t, err)
	in.client.Patience = recoverWithin
	return in
}

func likeWenshan(t *testing.T, prefecture string) (*plan.Plan, *area.Table) {
	t.Helper()
	p, err := plan.Wenshan()
	require.NoError(t, err)
	text, err := json.Marshal(p)
	require.NoError(t, err)
	p, err = plan.Read(strings.NewReader(strings.ReplaceAll(string(text), "5326", prefecture)))
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	areas, err = area.Load(strings.NewReader(strings.ReplaceAll(areas.Text(), "5326", prefecture)))
	require.NoError(t, err)
	return p, areas
}

// strike does one thing that happens to clusters. What it does to a network ends after a while.
func (c *cluster) strike(ctx context.Context, blows *rand.Rand) {
	in, at := c.instances[blows.IntN(len(c.instances))], blows.IntN(len(c.engines))
	e, network := c.engines[at], in.network[at]
	switch what := blows.IntN(11); {
	case what == 10:
		c.t.Log(in.process.name, "builds facts and cells anew")
		in.ask(http.MethodPost, "/api/v1/rebuild", "{}") // one may be under way
	case what < 3:
		c.t.Log(in.process.name, "is killed")
		in.process.kill(nil)
	case what < 5:
		c.t.Log(e.name, "is killed")
		e.kill(nil)
	case what < 6 && e.lossy:
		c.t.Log(e.name, "is killed and loses everything")
		e.kill(func() { _ = removeUnder(e.dir) }) // what stays is damaged
	default:
		f := []fault{cut, hangs, slow}[blows.IntN(3)]
		c.t.Logf("the network from %s to %s is %s", in.process.name, e.name, f)
		network.set(f)
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(200+blows.IntN(8000)) * time.Millisecond):
		}
		network.set(none)
	}
}

func (c *cluster) mend() {
	for _, in := range c.instances {
		for _, p := range in.network {
			p.set(none)
		}
	}
}

// log reads all events of the cluster's log.
func (c *cluster) log() []event.Recorded {
	c.t.Helper()
	codec, err := app.Codec()
	require.NoError(c.t, err)
	log, err := eventstore.Open(c.t.Context(), eventstore.Options{
		URL: "esdb://" + c.engines[0].addr + "?tls=false", Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	require.NoError(c.t, err)
	defer func() { require.NoError(c.t, log.Close()) }()
	return allOf(c.t, log)
}
