package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The status and the freshness say of which county nothing was recorded, whatever the product itself appends.
func TestTheStatusSaysWhoIsSilentAndWhichSetServes(t *testing.T) {
	r := start(t, options(t, t.TempDir()))
	r.visit(r.elderInNeed("532622101"), "2022-11-03")
	r.becomes(100.0, "monthly-visit-rate", "532622", "2022-11")

	prefecture := func() map[string]any {
		_, v := r.send(http.MethodGet, "/api/v1/status", "", nil)
		return v["prefectures"].([]any)[0].(map[string]any)
	}
	require.Eventually(t, func() bool { return prefecture()["behind_events"] == 0.0 }, 10*time.Second, 20*time.Millisecond)
	p := prefecture()
	require.Equal(t, "文山壮族苗族自治州", p["name"])
	require.Zero(t, p["lag_seconds"])
	require.InDelta(t, 1, p["projection"].(map[string]any)["serving"], 0)
	silent := p["longest_silent"].(map[string]any)
	require.Equal(t, "532601", silent["area"], "the first of those of which nothing was recorded")
	require.Nil(t, silent["silent_seconds"])

	status, v := r.send(http.MethodGet, "/api/v1/freshness", "", nil)
	require.Equal(t, http.StatusOK, status, "%v", v)
	items := v["items"].([]any)
	require.Len(t, items, 9)
	last := items[8].(map[string]any)
	require.Equal(t, "532622", last["area"])
	require.Less(t, last["silent_seconds"], 60.0)
	require.Equal(t, last["recorded_at"], items[0].(map[string]any)["recorded_at"], "a closed day and a plan are no record")
	require.Equal(t, []any{}, v["devices"], "these requests name none")
	r.stop()
}
