package app

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/projector"
)

// noticeReplay is the kind of notice that asks projectors to try parked events again.
const noticeReplay = "replay"

// patienceWithProjector is how long a projector may take over a replay without anything to see: a count of everything lies
// in between.
const patienceWithProjector = 15 * time.Second

// parkedEvents implements httpapi.Parked: the list is the warehouse's, and a replay is the projector's, wherever it runs.
type parkedEvents struct{ *prefecture }

// List answers a page of parked events.
func (p parkedEvents) List(ctx context.Context, after uint64, limit int) ([]facts.Parked, error) {
	return p.sets.serving().Parked(ctx, p.code(), facts.ParkedQuery{After: after, UpTo: math.MaxUint64, Limit: limit})
}

// Replay asks the projector and waits for what comes of it.
func (p parkedEvents) Replay(ctx context.Context, numbers []uint64) (projector.Replayed, error) {
	a := projector.Asker{
		Prefecture: p.code(), Answers: p.sets.serving().ParkedAnswers,
		Announce: func(ctx context.Context, r projector.Replay) error {
			return p.app.engines.bus.Announce(ctx, noticeReplay, p.code(), r)
		},
		Look: 100 * time.Millisecond, Repeat: time.Second, Patience: patienceWithProjector, Limit: time.Minute,
	}
	return a.Ask(ctx, numbers)
}

// replays hands the projector what is asked for on the bus.
func (p *prefecture) replays(ctx context.Context, take func(ctx context.Context, r projector.Replay) error) error {
	return p.app.engines.bus.Notices(ctx, noticeReplay, func(prefecture string, body []byte) error {
		var r projector.Replay
		if prefecture != p.code() || json.Unmarshal(body, &r) != nil {
			return nil // another's, or nothing that this build understands
		}
		return take(ctx, r)
	})
}

// parkedGauge counts parked events when it is asked; nothing while the warehouse is away.
func (a *App) parkedGauge() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "careledger_parked_events", Help: "Events that could not be counted; NaN while the warehouse cannot be asked.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		n, err := a.own.sets.serving().ParkedCount(ctx, a.own.code())
		if err != nil {
			return math.NaN()
		}
		return float64(n)
	})
}
