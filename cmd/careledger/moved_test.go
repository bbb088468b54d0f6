package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/plan"
)

// moving is a server whose log is moved or put back, with caseworkers who go on.
type moving struct {
	*recording
	recorder recorder
	at       func(name string) string // a path in the test's directory
	addr     string
	server   *server
	plan     *plan.Plan
}

// beginMoving serves an empty ledger from the directory data and registers who is visited.
func beginMoving(t *testing.T) *moving {
	t.Helper()
	dir := t.TempDir()
	m := &moving{at: func(name string) string { return filepath.Join(dir, name) }, addr: freeAddress(t)}
	m.server = serving(t, m.at("data"), m.addr)
	c, err := client.New("http://"+m.addr, "", m.at("data"))
	require.NoError(t, err)
	c.Patience = recoverWithin
	var areas *area.Table
	m.plan, areas = likeWenshan(t, "5326")
	m.recording = newRecording(t, c, areas, uint64(time.Now().UnixNano()))
	t.Logf("seed %d", m.seed)
	m.recorder = recorder{recording: m.recording, rand: rand.New(rand.NewPCG(m.seed, 1))}
	m.begin(t.Context())
	return m
}

// goOn records visits late and early, corrections and admissions.
func (m *moving) goOn(batches int) {
	m.t.Helper()
	for range batches {
		commands, visits := make([]demo.Command, chaosBatch), make([]visitSent, chaosBatch)
		for i := range commands {
			commands[i], visits[i] = m.recorder.next()
		}
		taken, err := m.send(m.t.Context(), commands)
		require.NoError(m.t, err)
		for i, c := range commands {
			if taken[c.Key] && visits[i].id != "" {
				m.recorder.visits = append(m.recorder.visits, visits[i])
			}
		}
	}
}

func (m *moving) stop() {
	m.t.Helper()
	require.NoError(m.t, m.server.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(m.t, m.server.cmd.Wait())
}

// cells are all cells of the year once everything is counted, without what tells only when they were counted, and whether that is the newest.
func (m *moving) cells() []shownCell {
	m.t.Helper()
	shown := m.shown(m.t, m.server.ask, 1)
	for i := range shown {
		shown[i].Position, shown[i].Complete = "", false
	}
	return shown
}

// change is the first cell that is not as it was, "" without. (A readable difference of all of them would take minutes.)
func change(was, is []shownCell) string {
	if len(was) != len(is) {
		return fmt.Sprintf("%d cells were shown, and %d are", len(was), len(is))
	}
	for i := range was {
		if !reflect.DeepEqual(was[i], is[i]) {
			before, _ := json.Marshal(was[i]) // it came as JSON
			after, _ := json.Marshal(is[i])
			return fmt.Sprintf("%s became %s", before, after)
		}
	}
	return ""
}

// becomes waits until nothing is different any more.
func (m *moving) becomes(different func() string) {
	m.t.Helper()
	look, end := time.NewTicker(200*time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	for {
		what := different()
		if what == "" {
			return
		}
		select {
		case <-look.C:
		case <-end:
			m.t.Fatal(what)
		}
	}
}

// knownAt is what the API says was known at a moment of every county in a month.
func (m *moving) knownAt(at time.Time, month string) []byte {
	m.t.Helper()
	var answer struct {
		Items []map[string]any `json:"items"`
	}
	require.NoError(m.t, m.client.Get(m.t.Context(),
		"/api/v1/indicators?area=532600&level=county&period="+month+"&known_at="+at.UTC().Format(time.RFC3339Nano), &answer))
	require.NotEmpty(m.t, answer.Items)
	for _, item := range answer.Items {
		delete(item, "computed_at") // such an answer is counted when asked for
	}
	text, err := json.Marshal(answer.Items)
	require.NoError(m.t, err)
	return text
}

// head is the head that verify prints.
func head(t *testing.T, data string) string {
	t.Helper()
	out, errs, code := careledger(t, nil, "verify", "--data", data)
	require.Zero(t, code, errs+out)
	_, after, found := strings.Cut(out, "careledger head\n")
	require.True(t, found, out)
	text, _, _ := strings.Cut(after, "\n\n")
	return text
}

// A ledger with corrections and late records moves to another event store: every cell, and what was known at an earlier
// moment, is as it was, and the ledger goes on there.
func TestAMovedLedgerAnswersTheSame(t *testing.T) {
	m := beginMoving(t)
	m.goOn(15)
	earlier := time.Now()
	m.goOn(15)
	before, known := m.cells(), m.knownAt(earlier, "2022-06")
	require.False(t, bytes.Equal(known, m.knownAt(time.Now(), "2022-06")))
	m.stop()

	from, stopFrom := alone(t, m.at("data/events"))
	to, stopTarget := alone(t, m.at("other"))
	out, errs, code := careledger(t, nil, "copy", "--from", from, "--to", to)
	require.Zero(t, code, errs)
	t.Log(out)
	out, errs, code = careledger(t, nil, "copy", "--from", from, "--to", to)
	require.Zero(t, code, errs)
	require.Contains(t, out, " 0 appended")
	stopFrom()
	moved := head(t, m.at("other"))
	require.Equal(t, head(t, m.at("data/events")), moved)
	_, root, _ := strings.Cut(moved, "root ")
	require.Contains(t, out, strings.TrimSpace(root))

	t.Setenv("CAREL_EVENTSTORE", to)
	for _, derived := range []string{"kept, of other positions", "empty"} {
		t.Run("bus and warehouse "+derived, func(t *testing.T) {
			m.t = t
			if derived == "empty" {
				require.NoError(t, os.RemoveAll(m.at("data/bus")))
				require.NoError(t, os.RemoveAll(m.at("data/warehouse")))
			}
			m.server = serving(t, m.at("data"), m.addr)
			m.becomes(func() string { return change(before, m.cells()) })
			m.becomes(func() string {
				if now := m.knownAt(earlier, "2022-06"); !bytes.Equal(known, now) {
					return fmt.Sprintf("what was known was %s and became %s", known, now)
				}
				return ""
			})
			m.goOn(5)
			after := m.cells()
			require.NotEmpty(t, change(before, after))
			before = after
			m.stop()
		})
	}
	stopTarget()
	requireCounted(t, before, m.plan, m.areas, readLog(t, m.at("other")))
}

// An older log is put back beside a newer bus and warehouse: what they knew of the lost records is thrown away, and what
// is recorded from then on is counted.
func TestARestoredOlderLogIsCountedAnew(t *testing.T) {
	for _, way := range []string{"careledger restore", "files put back by hand"} {
		t.Run(way, func(t *testing.T) {
			m := beginMoving(t)
			m.goOn(10)
			then := m.cells()
			_, errs, code := careledger(t, nil, "backup", "--data", m.at("data"), "--to", m.at("backup"))
			require.Zero(t, code, errs)
			m.goOn(10)
			require.NotEmpty(t, change(then, m.cells()))
			m.stop()

			if way == "careledger restore" {
				_, errs, code = careledger(t, nil, "restore", "--from", m.at("backup"), "--data", m.at("restored"), "--verify")
				require.Zero(t, code, errs)
			} else {
				require.NoError(t, os.CopyFS(m.at("restored"), os.DirFS(m.at("backup"))))
			}
			for _, part := range []string{"bus", "warehouse"} {
				require.NoError(t, os.Rename(m.at("data/"+part), m.at("restored/"+part)))
			}
			m.serveRestored(t)
			if way == "careledger restore" {
				require.Empty(t, change(then, m.cells()), "never a number of what was lost")
			} else { // nothing tells before the log is asked
				m.becomes(func() string { return change(then, m.cells()) })
			}
			m.goOn(10)
			more := m.cells()
			m.stop()
			events := readLog(t, m.at("restored/events"))
			requireCounted(t, more, m.plan, m.areas, events)
			noted := slices.IndexFunc(events, func(e event.Recorded) bool { _, restored := e.Event.(ledger.Restored); return restored })
			require.Equal(t, way == "careledger restore", noted > 0)
			if noted > 0 {
				requireCounted(t, then, m.plan, m.areas, events[:noted])
			}
		})
	}
}

// serveRestored serves the restored directory, whose tokens are those of the backup.
func (m *moving) serveRestored(t *testing.T) {
	t.Helper()
	m.server = serving(t, m.at("restored"), m.addr)
	c, err := client.New("http://"+m.addr, "", m.at("restored"))
	require.NoError(t, err)
	c.Patience = recoverWithin
	m.client = c
}
