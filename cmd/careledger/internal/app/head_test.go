package app

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/projection"
	"github.com/careledger/careledger/projections/projector"
)

func TestALagIsCountedFromTheFirstEventThatTheNumbersDoNotFold(t *testing.T) {
	start := time.Date(2022, 12, 5, 4, 0, 0, 0, time.UTC)
	now := start
	a := &App{plan: &plan.Plan{Prefecture: "5326"}, options: Options{Now: func() time.Time { return now }}}
	heard := func(after time.Duration, number uint64) {
		now = start.Add(after)
		a.head("5326").heard(number, now)
	}
	lag := func(after time.Duration, counted uint64) float64 {
		now = start.Add(after)
		return a.lag("5326", counted, start.Add(-time.Hour))
	}
	heard(0, 100)
	require.Zero(t, lag(time.Hour, 100), "nothing is missing, however long ago that was")
	require.InDelta(t, 7200, lag(time.Hour, 90), 0, "the log rose before this process knew of it: the newest fact tells")

	heard(24*time.Hour, 101)
	heard(24*time.Hour+500*time.Millisecond, 102)
	heard(24*time.Hour+5*time.Second, 103)
	heard(24*time.Hour+6*time.Second, 60)
	require.InDelta(t, 8, lag(24*time.Hour+8*time.Second, 100), 0, "a quiet day is no lag")
	require.InDelta(t, 3, lag(24*time.Hour+8*time.Second, 102), 0)
	require.Zero(t, lag(24*time.Hour+8*time.Second, 103))

	for i := range uint64(2 * mostRises) {
		heard(48*time.Hour+time.Duration(i)*2*time.Second, 200+i)
	}
	require.Len(t, a.head("5326").rose, mostRises)
	require.Zero(t, (&App{plan: a.plan, options: a.options}).lag("5301", 0, time.Time{}), "of nothing, nothing is said")
}

func TestAProjectorsMetricsSayHowFarItFollows(t *testing.T) {
	now := time.Date(2022, 12, 5, 4, 0, 0, 0, time.UTC)
	registry := prometheus.NewRegistry()
	a := &App{plan: &plan.Plan{Prefecture: "5326"}, options: Options{Registry: registry, Now: func() time.Time { return now }}}
	var err error
	a.metrics, err = newMetrics(a)
	require.NoError(t, err)
	p := a.newPrefecture(a.plan, nil)
	p.sets.state = projection.State{Serving: 1, Building: 2}
	a.head("5326").heard(100, now)

	m := a.metrics.meter("5326", 2)
	m.recorded.Store(&time.Time{})
	end := a.metrics.following.begin(m, p)
	m.Wrote(projector.Written{Events: 25, Last: 25, RecordedAt: now.Add(-90 * time.Second), Took: time.Second})
	m.Counted(20, time.Second)
	require.Equal(t, map[string]float64{
		"head": 100, "projected": 25, "counted": 20, "lag_events": 80, "lag_seconds": 90, "serving": 0, "rebuild_progress": 0.25,
	}, gauges(t, registry))
	m.Counted(100, time.Second)
	p.sets.state = projection.State{Serving: 2}
	require.InDelta(t, 0, gauges(t, registry)["lag_seconds"], 0)
	require.InDelta(t, 1, gauges(t, registry)["serving"], 0)
	require.NotContains(t, gauges(t, registry), "rebuild_progress")
	end()
	require.Empty(t, gauges(t, registry), "another process may project it now")
}

// gauges answers what is said of projections, by name.
func gauges(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	all := map[string]float64{}
	for _, f := range families {
		const of = "careledger_projection_"
		if len(f.GetName()) > len(of) && f.GetName()[:len(of)] == of {
			all[f.GetName()[len(of):]] = f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return all
}
