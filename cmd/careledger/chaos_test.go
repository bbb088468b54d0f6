package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/embedded"
	"github.com/careledger/careledger/projections/oracle"
)

// How long a run is disturbed, unless CAREL_CHAOS says otherwise, and how long it may take to recover from the last blow.
const (
	chaosLasts    = 40 * time.Second
	recoverWithin = 2 * time.Minute
)

// While caseworkers record, the server and its warehouse are killed at random, and the bus and the warehouse deleted.
// Afterwards every command that was acknowledged is in the log once, and every cell is what the oracle counts from the
// log; so is what was known at earlier times. CAREL_CHAOS_SEED repeats a run's blows.
func TestChaos(t *testing.T) {
	during, seed := chaosOf(t)
	dir, addr := t.TempDir(), freeAddress(t)
	s := serving(t, dir, addr)
	c, err := client.New("http://"+addr, "", dir)
	require.NoError(t, err)
	c.Patience = recoverWithin
	p, areas := likeWenshan(t, "5326")
	l := newRecording(t, c, areas, seed)
	l.begin(t.Context())

	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), during)
	defer cancel()
	group, working := errgroup.WithContext(t.Context())
	for w := range recorders {
		group.Go(func() error { return l.record(working, ctx.Done(), w) })
	}
	blows := rand.New(rand.NewPCG(seed, 0))
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-working.Done(): // a recorder was refused what it must not be
			cancel()
		case <-time.After(time.Duration(200+blows.IntN(3000)) * time.Millisecond):
			s = strike(t, s, blows)
		}
	}
	require.NoError(t, group.Wait())
	shown := l.shown(t, func(method, path, body string) string { return s.ask(method, path, body) }, 1)
	known := map[time.Time][]shownCell{}
	for quarter := range 4 {
		at := began.Add(during * time.Duration(quarter) / 4)
		known[at] = l.knownAt(t, at)
	}
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait())
	events := readLog(t, filepath.Join(dir, "events"))
	t.Logf("%d commands acknowledged, %d events", len(l.acknowledged), len(events))
	l.requireOnce(t, events)
	requireCounted(t, shown, p, areas, events)
	for at, cells := range known {
		requireCounted(t, cells, p, areas, events[:reached(events, p.Prefecture, at)])
	}
}

// chaosOf is how long to disturb, and what decides the blows.
func chaosOf(t *testing.T) (during time.Duration, seed uint64) {
	t.Helper()
	during, seed = chaosLasts, uint64(time.Now().UnixNano())
	var err error
	if text := os.Getenv("CAREL_CHAOS"); text != "" {
		during, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	if text := os.Getenv("CAREL_CHAOS_SEED"); text != "" {
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("seed %d, %s", seed, during)
	return during, seed
}

// strike does one thing to the server that happens to servers.
func strike(t *testing.T, s *server, blows *rand.Rand) *server {
	t.Helper()
	bus, warehouse := filepath.Join(s.dir, "bus"), filepath.Join(s.dir, "warehouse")
	end := func() {
		require.NoError(t, s.cmd.Process.Kill())
		_ = s.cmd.Wait() // it was killed
	}
	switch blows.IntN(10) {
	case 0, 1, 2:
		t.Log("the server is killed")
		end()
		return serving(t, s.dir, s.addr)
	case 3, 4, 5:
		t.Log("the warehouse is killed")
		for _, pid := range children(s.cmd.Process.Pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
	case 6:
		t.Log("the bus is deleted under the server")
		require.NoError(t, removeUnder(bus))
	case 7:
		t.Log("the warehouse is deleted under the server")
		require.NoError(t, removeUnder(warehouse))
	case 8:
		t.Log("facts and cells are built anew beside those that serve")
		s.ask(http.MethodPost, "/api/v1/rebuild", "{}") // one may be under way
	default:
		t.Log("the server is killed, bus and warehouse deleted")
		end()
		require.NoError(t, errors.Join(removeUnder(bus), removeUnder(warehouse)))
		return serving(t, s.dir, s.addr)
	}
	return s
}

// removeUnder removes a directory into which somebody may still be writing.
func removeUnder(dir string) (err error) {
	for range 50 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
	}
	return err
}

func children(pid int) (pids []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		b, _ := os.ReadFile(task) // it may have ended
		for _, word := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(word); err == nil {
				pids = append(pids, n)
			}
		}
	}
	return pids
}

// shownCell is a cell as the API answers it.
type shownCell struct {
	cellLine
	Month   string `json:"month"`
	Records uint64 `json:"records"`
}

// shown waits until all is counted, up to a ledger number at least, and answers every cell of the year that the API shows.
func (l *recording) shown(t *testing.T, ask func(method, path, body string) string, least uint64) (cells []shownCell) {
	t.Helper()
	var last string
	defer func() {
		if t.Failed() {
			t.Log("the last status:", last)
		}
	}()
	require.Eventually(t, func() bool {
		last = ask(http.MethodGet, "/api/v1/status", "")
		var status struct {
			Prefectures []struct {
				Code     string `json:"code"`
				Head     uint64 `json:"head,string"`
				Frontier uint64 `json:"frontier,string"`
				Parked   uint64 `json:"parked"`
			} `json:"prefectures"`
		}
		if json.Unmarshal([]byte(last), &status) != nil {
			return false
		}
		for _, p := range status.Prefectures {
			if p.Code == l.areas.Root().Code[:4] {
				return p.Frontier >= least && p.Frontier == p.Head && p.Parked == 0
			}
		}
		return false
	}, recoverWithin, 500*time.Millisecond, "all is counted, and nothing is parked")
	for m := calendar.MonthOf(2022, time.January); m <= calendar.MonthOf(2022, time.December); m++ {
		for _, level := range []string{"self", "county", "township"} {
			var answer struct {
				Items []shownCell `json:"items"`
			}
			require.NoError(t, l.client.Get(t.Context(), "/api/v1/indicators?area="+l.areas.Root().Code+"&level="+level+"&period="+m.String(), &answer))
			cells = append(cells, answer.Items...)
		}
	}
	return cells
}

// knownAt answers the cells of every area in some months, as they were known at a time.
func (l *recording) knownAt(t *testing.T, at time.Time) (cells []shownCell) {
	t.Helper()
	for _, m := range []string{"2022-01", "2022-05", "2022-10"} {
		for _, level := range []string{"self", "county", "township"} {
			var answer struct {
				Items []shownCell `json:"items"`
			}
			asked := url.Values{"area": {l.areas.Root().Code}, "level": {level}, "period": {m}, "known_at": {at.UTC().Format(time.RFC3339Nano)}}
			require.NoError(t, l.client.Get(t.Context(), "/api/v1/indicators?"+asked.Encode(), &answer))
			cells = append(cells, answer.Items...)
		}
	}
	return cells
}

// readLog reads all events of a ledger that no process has open.
func readLog(t *testing.T, dir string) (events []event.Recorded) {
	t.Helper()
	store, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close(context.WithoutCancel(t.Context()))) }()
	codec, err := app.Codec()
	require.NoError(t, err)
	log, err := eventstore.Open(t.Context(), eventstore.Options{URL: store.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
	defer func() { require.NoError(t, log.Close()) }()
	return allOf(t, log)
}

// allOf reads the events of a log to which nobody writes any more.
func allOf(t *testing.T, log *eventstore.Log) (events []event.Recorded) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	quiet := time.AfterFunc(5*time.Second, cancel)
	err := log.Follow(ctx, event.Checkpoint{}, func(_ context.Context, some []event.Recorded) error {
		quiet.Reset(2 * time.Second)
		events = append(events, some...)
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	return events
}

// reached is how many events were in the log at a time: those before the first of the prefecture that was recorded later. Who
// records beside others may be given an earlier time and a later number.
func reached(events []event.Recorded, prefecture string, at time.Time) int {
	later := slices.IndexFunc(events, func(e event.Recorded) bool {
		return e.Metadata.Prefecture() == prefecture && e.Metadata.RecordedAt.After(at)
	})
	if later < 0 {
		return len(events)
	}
	return later
}

// requireOnce sees that every acknowledged command is in its stream, and no event twice.
func (l *recording) requireOnce(t *testing.T, events []event.Recorded) {
	t.Helper()
	type written struct {
		command uuid.UUID
		stream  string
	}
	found, ids := map[written]int{}, map[uuid.UUID]bool{}
	for i, e := range events {
		require.EqualValues(t, i+1, e.Number)
		require.False(t, ids[e.ID], "event %s is there twice", e.ID)
		ids[e.ID] = true
		found[written{e.Metadata.CommandID, e.Stream}]++
	}
	for command, stream := range l.acknowledged {
		require.Equal(t, 1, found[written{command, stream}], "command %s in %s", command, stream)
	}
}

// requireCounted holds what was shown of a prefecture against what the oracle counts.
func requireCounted(t *testing.T, shown []shownCell, p *plan.Plan, areas *area.Table, all []event.Recorded) {
	t.Helper()
	events := slices.DeleteFunc(slices.Clone(all), func(e event.Recorded) bool { return e.Metadata.Prefecture() != p.Prefecture })
	counted := map[string]map[oracle.Key]oracle.Cell{}
	wrong, compared := 0, 0
	for _, c := range shown {
		if counted[c.Month] == nil {
			month, err := calendar.ParseMonth(c.Month)
			require.NoError(t, err)
			counted[c.Month] = oracle.Cells(p, areas, events, events[len(events)-1].Number, month)
		}
		want, there := counted[c.Month][oracle.Key{Code: c.Code, Variant: c.Definition.Variant, Area: c.Area}]
		compared++
		if there != (c.Value != nil) || there && (*c.Value != want.Value || *c.Numerator != want.Numerator || c.Records != want.Records) {
			wrong++
			text, _ := json.Marshal(c) // it was read from JSON
			t.Errorf("%s %s %s %s: shown %s, counted %+v (%v)", c.Code, c.Definition.Variant, c.Area, c.Month, text, want, there)
		}
		if wrong > 5 {
			t.FailNow()
		}
	}
	require.Greater(t, compared, 10_000)
}
