package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// Somebody who was registered twice counts once from the merge on, where the registration that stays and what was recorded
// under the other have them; what was known before is as it was, and so is all that is counted anew.
func TestWhoWasRegisteredTwiceCountsOnceFromTheMergeOn(t *testing.T) {
	dir := t.TempDir()
	r := start(t, options(t, dir))
	ann, bo := r.elderInNeed("532601001"), r.elderInNeed("532601001")
	double := r.elderInNeed("532601002")
	r.visit(double, "2022-11-03")
	r.becomes(100.0, "monthly-visit-rate", "532601002", "2022-11")
	r.becomes(0.0, "monthly-visit-rate", "532601001", "2022-11")
	before := time.Now()
	r.must("/elders/"+double+"/merge", map[string]any{"survivor": ann})
	status, v := r.send(http.MethodPost, "/api/v1/elders/"+double+"/visits", uuid.NewString(), map[string]any{"occurred_on": "2022-11-05", "mode": "home", "outcome": "seen"})
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, v["detail_zh"], ann)
	merged := func() {
		t.Helper()
		r.becomes(50.0, "monthly-visit-rate", "532601", "2022-11") // of three one, of two one
		_, v := r.send(http.MethodGet, "/api/v1/indicators/monthly-visit-rate/records?area=532601&period=2022-11", "", nil)
		subjects := []any{}
		for _, item := range v["items"].([]any) {
			subjects = append(subjects, item.(map[string]any)["subject"])
		}
		require.ElementsMatch(t, []any{ann, bo}, subjects)
		_, v = r.send(http.MethodGet, "/api/v1/elders?area=532601", "", nil)
		require.InDelta(t, 2, v["total"], 0, "one line of the register")
	}
	merged()
	known := "&known_at=" + before.UTC().Format(time.RFC3339Nano)
	require.InDelta(t, 33.3, r.value("monthly-visit-rate", "532601", "2022-11", known), 0.1)
	r.stop()
	remove(t, dir, "warehouse")
	r = start(t, options(t, dir))
	defer r.stop()
	merged()
	require.InDelta(t, 33.3, r.value("monthly-visit-rate", "532601", "2022-11", known), 0.1)
	r.visit(bo, "2022-11-06")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
}
