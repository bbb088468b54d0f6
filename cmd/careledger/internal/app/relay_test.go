package app_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
)

// A process that cannot reach the bus leaves the relay to one that can, and does not take it back while that one has it.
func TestAProcessWithoutTheBusLeavesTheRelayToAnother(t *testing.T) {
	log, nats, clickhouse := outside(t, "eventstore"), outside(t, "nats"), outside(t, "warehouse")
	relaying := func(nats string) (*prometheus.Registry, *running) {
		registry, o := prometheus.NewRegistry(), options(t, t.TempDir())
		o.Roles, o.EventStore, o.NATS, o.ClickHouse, o.Registry = []app.Role{app.Relay}, log, nats, clickhouse, registry
		return registry, start(t, o)
	}
	relays := func(r *prometheus.Registry) bool { return value(t, r, "careledger_lease_held") == 1 }
	cut, one := relaying("nats://127.0.0.1:1")
	require.Eventually(t, func() bool { return relays(cut) }, 10*time.Second, 20*time.Millisecond)
	sound, other := relaying(nats)
	require.Eventually(t, func() bool { return relays(sound) && value(t, sound, "careledger_bus_published_total") > 0 }, 40*time.Second, 20*time.Millisecond)
	require.Never(t, func() bool { return relays(cut) || !relays(sound) }, 5*time.Second, 100*time.Millisecond)
	other.stop()
	require.Eventually(t, func() bool { return relays(cut) }, 10*time.Second, 20*time.Millisecond, "nobody else is there")
	one.stop()
}

// value is that of a metric of one series; 0 where it is not there yet.
func value(t *testing.T, r *prometheus.Registry, name string) (v float64) {
	t.Helper()
	families, err := r.Gather()
	require.NoError(t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name {
				v += m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return v
}
