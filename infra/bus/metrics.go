package bus

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	published, skipped, sessions prometheus.Counter
	lag                          prometheus.Gauge
	fed, heals                   *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		published: prometheus.NewCounter(prometheus.CounterOpts{Name: "careledger_bus_published_total", Help: "Events that the bus has taken from the relay."}),
		skipped:   prometheus.NewCounter(prometheus.CounterOpts{Name: "careledger_bus_skipped_total", Help: "Events that the bus cannot carry; feeds read them from the log."}),
		sessions:  prometheus.NewCounter(prometheus.CounterOpts{Name: "careledger_bus_relay_sessions_total", Help: "Times the relay has begun or resumed."}),
		lag:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "careledger_bus_lag_events", Help: "Ledger numbers between what the relay has read and what the bus has taken."}),
		fed:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "careledger_feed_events_total", Help: "Events delivered to a feed, by where they came from."}, []string{"feed", "source"}),
		heals:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "careledger_feed_log_reads_total", Help: "Times a feed has turned to the log, by reason."}, []string{"feed", "reason"}),
	}
	if r != nil {
		r.MustRegister(m.published, m.skipped, m.sessions, m.lag, m.fed, m.heals)
	}
	return m
}
