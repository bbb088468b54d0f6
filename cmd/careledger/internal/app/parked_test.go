package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/oracle"
)

// earlier is the codec of a build that does not know yet that beds can be converted to nursing beds.
func earlier(t *testing.T) *event.Codec {
	t.Helper()
	var known []event.Type
	for _, room := range [][]event.Type{ledger.Types(), institution.Types(), alert.Types()} {
		for _, one := range room {
			if one.Name != (institution.BedsConverted{}).EventType() {
				known = append(known, one)
			}
		}
	}
	codec, err := event.NewCodec(known)
	require.NoError(t, err)
	return codec
}

// openLog opens the log as a newer build would.
func openLog(t *testing.T, url string) *eventstore.Log {
	t.Helper()
	codec, err := app.Codec()
	require.NoError(t, err)
	log, err := eventstore.Open(t.Context(), eventstore.Options{URL: url, Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, log.Close()) })
	return log
}

// unheardOf is an event that no build knows.
type unheardOf struct {
	Note string `json:"note"`
}

func (unheardOf) EventType() string { return "HouseRenamed.v9" }

// cell answers a cell of an area in March 2022, as the API gives it.
func (r *running) cell(code, area string) (value any, complete bool) {
	r.t.Helper()
	status, v := r.send(http.MethodGet, "/api/v1/indicators?period=2022-03&area="+area+"&code="+code, "", nil)
	if status == http.StatusServiceUnavailable {
		return "unavailable", false
	}
	require.Equal(r.t, http.StatusOK, status, "%v", v)
	for _, item := range v["items"].([]any) {
		if c := item.(map[string]any); c["definition"].(map[string]any)["variant"] == "official" {
			return c["value"], c["complete"].(bool)
		}
	}
	return nil, false
}

// shows waits until a cell has a value and is complete or not.
func (r *running) shows(value any, complete bool, code, area string) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		v, c := r.cell(code, area)
		return v == value && c == complete
	}, 40*time.Second, 50*time.Millisecond, "%s of %s is to be %v, complete: %v", code, area, value, complete)
}

// parked lists parked events by number.
func (r *running) parked() map[string]map[string]any {
	r.t.Helper()
	status, v := r.send(http.MethodGet, "/api/v1/parked", "", nil)
	require.Equal(r.t, http.StatusOK, status, "%v", v)
	all := map[string]map[string]any{}
	for _, item := range v["items"].([]any) {
		e := item.(map[string]any)
		all[e["number"].(string)] = e
	}
	return all
}

func (r *running) listsParked(n int) map[string]map[string]any {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return len(r.parked()) == n }, 30*time.Second, 50*time.Millisecond, "%d events are parked", n)
	return r.parked()
}

// house opens a house with 100 beds, of which 20 are for nursing, in 2021, and answers its id.
func (r *running) house(area string) string {
	r.t.Helper()
	id := r.must("/institutions", map[string]any{"area": area, "name": "示例敬老院", "kind": "rural_home", "ownership": "public", "registered_on": "2020-01-01"})
	r.must("/institutions/"+id+"/open-beds", map[string]any{"beds": 100, "nursing_beds": 20, "opened_on": "2021-02-01"})
	return id
}

// split starts a process of all roles but the projector, and answers how to start that in a process of its own, with the
// codec of a build, and what ends it.
func split(t *testing.T) (r *running, o app.Options, project func(*event.Codec) (stop func())) {
	t.Helper()
	o = options(t, t.TempDir())
	o.EventStore, o.NATS, o.ClickHouse = outside(t, "eventstore"), outside(t, "nats"), outside(t, "warehouse")
	o.Roles = []app.Role{app.API, app.Relay, app.Alerts}
	r = start(t, o)
	t.Cleanup(r.stop)
	return r, o, func(codec *event.Codec) func() {
		p := options(t, t.TempDir())
		p.EventStore, p.NATS, p.ClickHouse = o.EventStore, o.NATS, o.ClickHouse
		p.Roles, p.Codec = []app.Role{app.Projector}, codec
		return start(t, p).stop
	}
}

func TestWhatAnEarlierBuildCannotCountIsParkedUntilANewerOneCan(t *testing.T) {
	r, o, project := split(t)
	stop := project(earlier(t))
	here, there := r.house("532601001"), r.house("532622101")
	r.shows(20.0, true, "nursing-bed-share", "532601")
	r.shows(20.0, true, "nursing-bed-share", "532622")
	r.must("/institutions/"+here+"/convert-beds", map[string]any{"beds": 10, "converted_on": "2022-03-10"})
	log := openLog(t, o.EventStore)
	require.NoError(t, log.Append(t.Context(), "house-5326-"+here, command.NoStream, []event.Pending{{
		ID: uuid.New(), Event: unheardOf{Note: "张桂芳"}, Metadata: event.Metadata{
			Ledger: log.Ledger(), Area: "532601001", OccurredOn: calendar.Date(2022, 5, 2), ReceivedAt: time.Now().UTC(), Schema: event.SchemaVersion,
		},
	}}))

	all := r.listsParked(2)
	var converted, unknown map[string]any
	for _, e := range all {
		switch e["type"] {
		case "BedsConverted.v1":
			converted = e
		case "HouseRenamed.v9":
			unknown = e
		}
		require.Equal(t, "unknown-type", e["reason"])
		require.Equal(t, []any{"532601001"}, e["areas"])
		require.NotContains(t, fmt.Sprint(e), "张桂芳")
	}
	require.Equal(t, "2022-03", converted["since"])
	require.Equal(t, "2022-05", unknown["occurred"])
	r.shows(20.0, false, "nursing-bed-share", "532601001")
	r.shows(20.0, false, "nursing-bed-share", "532601")
	r.shows(20.0, false, "nursing-bed-share", "532600")
	r.shows(20.0, true, "nursing-bed-share", "532622")
	require.InDelta(t, 2, r.metrics()["careledger_parked_events"], 0)

	out, code := commandLine(t, r, "parked")
	require.Equal(t, 4, code, out)
	require.Contains(t, out, "BedsConverted.v1")
	out, code = commandLine(t, r, "parked", "replay")
	require.Equal(t, 4, code, "that build tries, and still cannot: %s", out)
	require.Contains(t, out, "2 asked for, 0 counted now, 2 still parked")
	require.NotEqual(t, converted["tried_at"], r.parked()[converted["number"].(string)]["tried_at"])
	stop()

	stop = project(nil) // a build that knows the one, and tries it by itself
	defer func() { stop() }()
	all = r.listsParked(1)
	require.Contains(t, all, unknown["number"])
	r.shows(30.0, true, "nursing-bed-share", "532601")
	r.shows(25.0, true, "nursing-bed-share", "532600")
	r.shows(20.0, true, "nursing-bed-share", "532622")
	r.agreesWithTheOracle(log)
	_, complete := r.cellIn("2022-06", "elder-beds", "532601")
	require.False(t, complete, "the other event may still touch May and what follows")

	status, v := r.send(http.MethodPost, "/api/v1/parked/replay", "", map[string]any{"numbers": []any{converted["number"]}})
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, "not-parked", v["code"])
	require.NotEmpty(t, there)
}

// An event may stay parked though its rows are written: a projector was killed before it settled it. It is replayed on
// request, through the bus, and while no projector listens, that is told.
func TestAReplayReachesTheProjectorOfAnotherProcess(t *testing.T) {
	r, o, project := split(t)
	stop := project(nil)
	r.house("532601001")
	r.shows(100.0, true, "elder-beds", "532601")
	log := openLog(t, o.EventStore)
	opened := lastOf(t, log, "BedsOpened.v1")
	w, err := warehouse.Open(warehouse.Options{URL: o.ClickHouse, Database: o.Database, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer w.Close()
	require.NoError(t, w.Write(t.Context(), []facts.Row{facts.Parked{
		Key: facts.Key{Prefecture: "5326", Number: opened.Number}, EventID: opened.ID, Type: opened.Type, Reason: facts.ReasonBroken, Panic: "runtime.boundsError",
		Stack: []string{"projections/facts.Fold (fold.go:30)"}, Stream: opened.Stream, Revision: opened.Revision, Area: "532601001",
		Areas: []string{"532601001"}, ParkedAt: time.Now().UTC(), TriedAt: time.Now().UTC(), SettledAt: facts.Never(),
	}}))
	r.shows(100.0, false, "elder-beds", "532601")
	out, code := commandLine(t, r, "parked", "replay", strconv.FormatUint(opened.Number, 10))
	require.Zero(t, code, out)
	require.Contains(t, out, "1 asked for, 1 counted now, 0 still parked")
	value, complete := r.cell("elder-beds", "532601")
	require.Equal(t, 100.0, value, "once, not twice")
	require.True(t, complete, "as soon as the replay is answered")
	require.Empty(t, r.parked())
	out, code = commandLine(t, r, "parked")
	require.Zero(t, code, out)
	r.agreesWithTheOracle(log)

	stop()
	parked := facts.Parked{
		Key: facts.Key{Prefecture: "5326", Number: 1}, EventID: uuid.New(), Type: "X.v1", Reason: facts.ReasonUnknown, Stack: []string{}, Stream: "x",
		Areas: []string{}, ParkedAt: time.Now().UTC(), TriedAt: time.Now().UTC(), SettledAt: facts.Never(),
	}
	require.NoError(t, w.Write(t.Context(), []facts.Row{parked}))
	out, code = commandLine(t, r, "parked", "replay")
	require.Equal(t, 1, code, out)
	require.Contains(t, out, "No projector has taken the replay up")
}

// cellIn is cell in another month.
func (r *running) cellIn(period, code, area string) (value any, complete bool) {
	r.t.Helper()
	_, v := r.send(http.MethodGet, "/api/v1/indicators?period="+period+"&area="+area+"&code="+code, "", nil)
	c := v["items"].([]any)[0].(map[string]any)
	return c["value"], c["complete"].(bool)
}

// agreesWithTheOracle holds every cell of March 2022 against a second count of the log.
func (r *running) agreesWithTheOracle(log *eventstore.Log) {
	r.t.Helper()
	p, err := plan.Wenshan()
	require.NoError(r.t, err)
	areas, err := area.Wenshan()
	require.NoError(r.t, err)
	want := oracle.Cells(p, areas, eventsOf(r.t, log), math.MaxUint64, calendar.MonthOf(2022, 3))
	for _, level := range []string{"self", "county", "township"} {
		_, v := r.send(http.MethodGet, "/api/v1/indicators?area=532600&period=2022-03&level="+level, "", nil)
		for _, item := range v["items"].([]any) {
			c := item.(map[string]any)
			key := oracle.Key{Code: c["code"].(string), Variant: c["definition"].(map[string]any)["variant"].(string), Area: c["area"].(string)}
			cell, known := want[key]
			delete(want, key)
			if !known {
				require.Nil(r.t, c["value"], "%v", key)
				continue
			}
			require.Equal(r.t, cell.Value, c["value"], "%v", key)
		}
	}
	require.Empty(r.t, want, "every cell of the oracle was answered")
}

// eventsOf reads the log as far as it goes now.
func eventsOf(t *testing.T, log *eventstore.Log) []event.Recorded {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var all []event.Recorded
	quiet := time.AfterFunc(time.Second, cancel)
	err := log.Follow(ctx, event.Checkpoint{}, func(_ context.Context, events []event.Recorded) error {
		quiet.Reset(300 * time.Millisecond)
		all = append(all, events...)
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	return all
}

func lastOf(t *testing.T, log *eventstore.Log, name string) (last event.Recorded) {
	t.Helper()
	for _, e := range eventsOf(t, log) {
		if e.Type == name {
			last = e
		}
	}
	require.NotZero(t, last.Number)
	return last
}

// binary is the product, built once where a test asks for it, as a user runs it.
var binary = sync.OnceValues(func() (string, error) {
	path := binaryPath()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "build", "-o", path, "../..").CombinedOutput(); err != nil {
		return path, fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func binaryPath() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("careledger-app-test-%d", os.Getpid()), "careledger")
}

func removeBinary() { _ = os.RemoveAll(filepath.Dir(binaryPath())) }

// commandLine runs the product's command against a server and answers what it writes.
func commandLine(t *testing.T, r *running, words ...string) (out string, code int) {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), path, append(words, "--server", r.url, "--token", adminToken)...)
	written, _ := cmd.CombinedOutput() // its exit code is what is asked for
	return string(written), cmd.ProcessState.ExitCode()
}
