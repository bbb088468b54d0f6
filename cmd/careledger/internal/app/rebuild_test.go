package app_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// rebuild sends a command on the sets and answers how they stand.
func (r *running) rebuild(what string) map[string]any {
	r.t.Helper()
	status, v := r.send(http.MethodPost, "/api/v1/rebuild"+what, uuid.NewString(), map[string]any{})
	require.Equal(r.t, http.StatusCreated, status, "%v", v)
	return v
}

// serves waits until numbers are read from a set.
func (r *running) serves(set float64) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		_, v := r.send(http.MethodGet, "/api/v1/rebuild", "", nil)
		return v["serving"] == set
	}, 60*time.Second, 50*time.Millisecond, "set %v never served", set)
}

// numbers are all cells of a month, without what says when and at which ledger number they were counted, and whether
// that is the newest.
func (r *running) numbers(period string) map[string]map[string]any {
	r.t.Helper()
	cells := map[string]map[string]any{}
	for _, level := range []string{"self", "county", "township"} {
		status, v := r.send(http.MethodGet, "/api/v1/indicators?area=532600&level="+level+"&period="+period, "", nil)
		require.Equal(r.t, http.StatusOK, status, "%v", v)
		for _, item := range v["items"].([]any) {
			c := maps.Clone(item.(map[string]any))
			for _, member := range []string{"computed_at", "position", "complete"} {
				delete(c, member)
			}
			cells[c["code"].(string)+c["area"].(string)+c["definition"].(map[string]any)["variant"].(string)] = c
		}
	}
	return cells
}

// A set is built beside the one that serves, which goes on answering; it takes its place with the same numbers, the one
// before follows the log and can serve again, and is thrown away when it is retired.
func TestASetIsBuiltBesideTheOneThatServes(t *testing.T) {
	dir := t.TempDir()
	r := start(t, options(t, dir))
	ann, bo := r.elderInNeed("532601001"), r.elderInNeed("532622101")
	visit := r.visit(ann, "2022-11-03")
	r.must("/elders/"+ann+"/visits/"+visit+"/correction", map[string]any{"occurred_on": "2022-11-08", "mode": "telephone", "outcome": "seen", "reason": "记错"})
	known := time.Now()
	r.becomes(50.0, "monthly-visit-rate", "532600", "2022-11")
	before := r.numbers("2022-11")

	require.InDelta(t, 2, r.rebuild("")["building"], 0)
	require.Equal(t, before, r.numbers("2022-11"), "the old set answers")
	r.serves(2)
	require.Equal(t, before, r.numbers("2022-11"))
	require.InDelta(t, 50, r.value("monthly-visit-rate", "532600", "2022-11", "&known_at="+known.UTC().Format(time.RFC3339Nano)), 0)

	r.visit(bo, "2022-11-09")
	r.becomes(100.0, "monthly-visit-rate", "532600", "2022-11")
	require.InDelta(t, 1, r.rebuild("/roll-back")["serving"], 0)
	r.becomes(100.0, "monthly-visit-rate", "532600", "2022-11")
	require.InDelta(t, 2, r.rebuild("/roll-back")["serving"], 0)
	require.InDelta(t, 0, r.rebuild("/retire")["previous"], 0)
	r.stop()

	r = start(t, options(t, dir)) // the choice is in the log
	r.serves(2)
	r.becomes(100.0, "monthly-visit-rate", "532600", "2022-11")
	require.InDelta(t, 3, r.rebuild("")["building"], 0)
	r.rebuild("/pause")
	r.stop()
	r = start(t, options(t, dir))
	_, v := r.send(http.MethodGet, "/api/v1/rebuild", "", nil)
	require.Equal(t, true, v["paused"], "%v", v)
	r.rebuild("/resume")
	r.serves(3)
	r.becomes(100.0, "monthly-visit-rate", "532600", "2022-11")
	require.InDelta(t, 4, r.rebuild("")["building"], 0)
	require.InDelta(t, 0, r.rebuild("/abandon")["building"], 0)
	r.becomes(100.0, "monthly-visit-rate", "532600", "2022-11")
	remove(t, dir, "warehouse") // all sets come back
	r.becomes(100.0, "monthly-visit-rate", "532600", "2022-11")
	r.stop()
}
