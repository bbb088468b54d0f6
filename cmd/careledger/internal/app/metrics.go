package app

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/careledger/careledger/projections/projector"
)

// metrics of the work. Labels are codes of prefectures, numbers of sets and names of parts: nothing of anybody.
type metrics struct {
	batch, write, count *prometheus.HistogramVec
	restarts            *prometheus.CounterVec
	leases              *prometheus.GaugeVec
	following           *following
}

func newMetrics(a *App) (*metrics, error) {
	ofSet := []string{"prefecture", "set"}
	seconds := prometheus.ExponentialBuckets(0.002, 2, 14)
	m := &metrics{
		batch: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "careledger_projector_batch_events",
			Help: "Events that were written together.", Buckets: prometheus.ExponentialBuckets(1, 4, 8)}, ofSet),
		write: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "careledger_projector_write_seconds",
			Help: "Duration of writing the facts of a batch.", Buckets: seconds}, ofSet),
		count: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "careledger_projector_count_seconds",
			Help: "Duration of counting what a batch touched and keeping what changed.", Buckets: seconds}, ofSet),
		restarts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "careledger_part_restarts_total",
			Help: "Times that a part of the work broke off and was begun again."}, []string{"part"}),
		leases: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "careledger_lease_held",
			Help: "1 while this process holds the lease on a piece of work, else 0."}, []string{"lease"}),
		following: newFollowing(a),
	}
	if a.options.Registry == nil {
		return m, nil
	}
	damaged := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "careledger_log_damaged",
		Help: "1 where something that this process has read of the log is damaged, else 0."}, func() float64 {
		if a.engines.log != nil && a.engines.log.Damaged() {
			return 1
		}
		return 0
	})
	var all []error
	for _, c := range []prometheus.Collector{m.batch, m.write, m.count, m.restarts, m.leases, m.following, damaged} {
		all = append(all, a.options.Registry.Register(c))
	}
	return m, errors.Join(all...)
}

// hold does work whenever this process holds a lease on it.
func (a *App) hold(ctx context.Context, name string, reluctance func() time.Duration, work func(ctx context.Context, term uint64) error) error {
	held := a.metrics.leases.WithLabelValues(name)
	return a.lease(name, reluctance).Hold(ctx, func(ctx context.Context, term uint64) error {
		held.Set(1)
		defer held.Set(0)
		return work(ctx, term)
	})
}

// meter is told what the projector of one set does.
type meter struct {
	prefecture string
	set        int

	batch, write, count prometheus.Observer
	projected, counted  atomic.Uint64
	recorded            atomic.Pointer[time.Time] // when the newest projected event was
}

var _ projector.Meter = (*meter)(nil)

func (m *metrics) meter(prefecture string, set int) *meter {
	number := strconv.Itoa(set)
	return &meter{
		prefecture: prefecture, set: set, batch: m.batch.WithLabelValues(prefecture, number),
		write: m.write.WithLabelValues(prefecture, number), count: m.count.WithLabelValues(prefecture, number),
	}
}

// Wrote implements projector.Meter.
func (m *meter) Wrote(w projector.Written) {
	m.batch.Observe(float64(w.Events))
	m.write.Observe(w.Took.Seconds())
	m.projected.Store(w.Last)
	m.recorded.Store(&w.RecordedAt)
}

// Counted implements projector.Meter.
func (m *meter) Counted(upTo uint64, took time.Duration) {
	m.count.Observe(took.Seconds())
	m.counted.Store(upTo)
}

// begin takes what the warehouse holds already.
func (m *meter) begin(ctx context.Context, p *prefecture) error {
	w := p.app.engines.warehouse.Set(m.set)
	reached, err := w.Progress(ctx, m.prefecture)
	if err != nil {
		return err
	}
	counted, err := w.Frontier(ctx, m.prefecture)
	if err != nil {
		return err
	}
	recorded, err := w.Projected(ctx, m.prefecture)
	if err != nil {
		return err
	}
	m.projected.Store(reached.At.Number)
	m.counted.Store(counted)
	m.recorded.Store(&recorded)
	return nil
}

// following says, of each set that this process projects, how far it follows the log.
type following struct {
	app *App

	mu  sync.Mutex
	all map[*meter]*prefecture

	head, projected, counted, lagEvents, lagSeconds, serving, progress *prometheus.Desc
}

func newFollowing(a *App) *following {
	of := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("careledger_projection_"+name, help, []string{"prefecture", "set"}, nil)
	}
	return &following{
		app: a, all: map[*meter]*prefecture{},
		head:       of("head", "The newest ledger number of the prefecture."),
		projected:  of("projected", "The ledger number up to which events are turned into facts."),
		counted:    of("counted", "The ledger number that the numbers fold."),
		lagEvents:  of("lag_events", "Ledger numbers between the newest and the one that the numbers fold."),
		lagSeconds: of("lag_seconds", "Since the first event came that the numbers do not fold; 0 while they fold all."),
		serving:    of("serving", "1 where numbers are read from the set, else 0."),
		progress:   of("rebuild_progress", "How much of the log a set that is being built holds, from 0 to 1."),
	}
}

// begin lists a meter until the answer is called.
func (f *following) begin(m *meter, p *prefecture) (end func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all[m] = p
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.all, m)
	}
}

// moved is another number whenever something was projected.
func (f *following) moved() (n uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for m := range f.all {
		n += m.projected.Load()
	}
	return n
}

// Describe implements prometheus.Collector.
func (f *following) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.head, f.projected, f.counted, f.lagEvents, f.lagSeconds, f.serving, f.progress} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *following) Collect(to chan<- prometheus.Metric) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for m, p := range f.all {
		f.collect(to, m, p)
	}
}

func (f *following) collect(to chan<- prometheus.Metric, m *meter, p *prefecture) {
	say := func(d *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, m.prefecture, strconv.Itoa(m.set))
	}
	projected, counted := m.projected.Load(), m.counted.Load()
	head := max(f.app.newest(m.prefecture), projected)
	say(f.head, float64(head))
	say(f.projected, float64(projected))
	say(f.counted, float64(counted))
	say(f.lagEvents, float64(head-min(head, counted)))
	say(f.lagSeconds, f.app.lag(m.prefecture, counted, *m.recorded.Load()))
	state, _ := p.sets.now()
	serving := 0.0
	if state.Serving == m.set {
		serving = 1
	}
	say(f.serving, serving)
	if state.Building == m.set && head > 0 {
		say(f.progress, float64(projected)/float64(head))
	}
}
