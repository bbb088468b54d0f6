package store

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the store's figures; none bears a stream name or anything of an event.
type metrics struct {
	registry   prometheus.Registerer
	appends    *prometheus.CounterVec
	events     prometheus.Counter
	bytes      prometheus.Counter
	groupSize  prometheus.Histogram
	sync       prometheus.Histogram
	collectors []prometheus.Collector
}

func newMetrics(r prometheus.Registerer, s *Store) (*metrics, error) {
	const ns, sub = "careledger", "eventstore"
	m := &metrics{
		registry: r,
		appends: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: ns, Subsystem: sub, Name: "appends_total",
			Help: "Appends by outcome."}, []string{"outcome"}),
		events: prometheus.NewCounter(prometheus.CounterOpts{Namespace: ns, Subsystem: sub, Name: "events_total",
			Help: "Events made durable."}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{Namespace: ns, Subsystem: sub, Name: "event_bytes_total",
			Help: "Bytes of the records made durable, before compression."}),
		groupSize: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: ns, Subsystem: sub, Name: "group_requests",
			Help: "Requests made durable by one sync.", Buckets: prometheus.ExponentialBuckets(1, 2, 11)}),
		sync: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: ns, Subsystem: sub, Name: "commit_seconds",
			Help: "From the write of a group to its sync.", Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16)}),
	}
	head := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: ns, Subsystem: sub, Name: "head_position",
		Help: "Position of the last durable event."}, func() float64 { return float64(s.Head()) })
	m.collectors = []prometheus.Collector{m.appends, m.events, m.bytes, m.groupSize, m.sync, head}
	if r == nil {
		return m, nil
	}
	for i, c := range m.collectors {
		if err := r.Register(c); err != nil {
			m.collectors = m.collectors[:i]
			m.unregister()
			return nil, fmt.Errorf("register the event store's metrics: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) unregister() {
	if m.registry == nil {
		return
	}
	for _, c := range m.collectors {
		m.registry.Unregister(c)
	}
}

func (m *metrics) count(o outcome) {
	m.appends.WithLabelValues(outcomeLabel(o.err)).Inc()
}

func outcomeLabel(err error) string {
	var wrong *WrongRevision
	var deleted *StreamDeleted
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &wrong):
		return "wrong_revision"
	case errors.As(err, &deleted):
		return "deleted"
	case errors.Is(err, ErrNoSpace):
		return "no_space"
	}
	return "failed"
}
