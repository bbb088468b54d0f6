package app_test

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// metrics answers the process's metrics, by name and labels as they are written.
func (r *running) metrics() map[string]float64 {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+"/metrics", nil)
	require.NoError(r.t, err)
	request.Header.Set("Authorization", "Bearer "+adminToken)
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	require.Equal(r.t, http.StatusOK, response.StatusCode)
	all := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if number, err := strconv.ParseFloat(value, 64); err == nil && !strings.HasPrefix(line, "#") {
			all[name] = number
		}
	}
	return all
}

// After a load the metrics say, per prefecture and set, what was done and how far the numbers follow; and nothing of
// anybody.
func TestTheMetricsSayHowTheNumbersFollow(t *testing.T) {
	r := start(t, options(t, t.TempDir()))
	ann := r.elderInNeed("532601001")
	for day := 1; day <= 9; day++ {
		r.visit(ann, "2022-11-0"+strconv.Itoa(day))
	}
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	const first, second = `{prefecture="5326",set="1"}`, `{prefecture="5326",set="2"}`
	require.Eventually(t, func() bool {
		m := r.metrics()
		return m["careledger_projection_counted"+first] > 10 && m["careledger_projection_lag_events"+first] == 0
	}, 10*time.Second, 50*time.Millisecond)
	m := r.metrics()
	require.InDelta(t, m["careledger_projection_head"+first], m["careledger_projection_projected"+first], 0)
	require.Zero(t, m["careledger_projection_lag_seconds"+first])
	require.Zero(t, m["careledger_parked_events"])
	require.Contains(t, m, "careledger_log_damaged")
	require.Zero(t, m["careledger_log_damaged"])
	require.InDelta(t, 1, m["careledger_projection_serving"+first], 0)
	require.Positive(t, m["careledger_projector_write_seconds_count"+first])
	require.Positive(t, m["careledger_projector_count_seconds_count"+first])
	require.Greater(t, m["careledger_projector_batch_events_sum"+first], 10.0)
	for _, lease := range []string{"relay", "projector-5326", "builder-5326", "alerts-5326"} {
		require.InDelta(t, 1, m[`careledger_lease_held{lease="`+lease+`"}`], 0, lease)
	}
	require.Contains(t, m, `careledger_part_restarts_total{part="projector-5326"}`)
	require.Contains(t, m, `careledger_part_restarts_total{part="relay"}`)

	r.rebuild("")
	r.serves(2)
	require.Eventually(t, func() bool { return r.metrics()["careledger_projection_serving"+second] == 1 }, 10*time.Second, 50*time.Millisecond)
	require.Zero(t, r.metrics()["careledger_projection_serving"+first], "the set before follows and does not serve")
	require.Greater(t, r.metrics()["careledger_projector_batch_events_sum"+second], 10.0)

	allowed := regexp.MustCompile(`^[a-zA-Z_]+="([-a-zA-Z0-9_/{}.+]*)"$`)
	id := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}`)
	for name := range r.metrics() {
		require.NotContains(t, name, "测试例")
		require.False(t, id.MatchString(name), "no id is a label: %s", name)
		if _, labels, some := strings.Cut(name, "{"); some && strings.HasPrefix(name, "careledger_proj") {
			for label := range strings.SplitSeq(strings.TrimSuffix(labels, "}"), ",") {
				require.Regexp(t, allowed, label)
			}
		}
	}
	r.stop()
}
