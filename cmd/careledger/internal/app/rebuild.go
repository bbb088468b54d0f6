package app

import (
	"context"
	"sync"
	"time"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/projection"
	"github.com/careledger/careledger/infra/httpapi"
)

// rebuilding is what the API says of a prefecture's sets, and does with them.
type rebuilding struct {
	*prefecture

	mu   sync.Mutex
	set  int
	from uint64    // where the set was
	at   time.Time // when it was first looked at
}

// Say implements httpapi.Projection.
func (r *rebuilding) Say(ctx context.Context, c projection.Command, by command.Context) error {
	return r.sets.say(ctx, c, by)
}

// Standing implements httpapi.Projection.
func (r *rebuilding) Standing(ctx context.Context) (httpapi.ProjectionStatus, error) {
	state, _ := r.sets.now()
	s := httpapi.ProjectionStatus{
		Serving: state.Serving, Previous: state.Previous, Building: state.Building, Paused: state.Paused, Head: r.app.newest(r.code()),
	}
	if state.Building == 0 {
		return s, nil
	}
	p, err := r.app.engines.warehouse.Set(state.Building).Progress(ctx, r.code())
	if err != nil {
		return s, nil //nolint:nilerr // its tables are being made
	}
	s.Projected = p.At.Number
	s.EstimatedSeconds = r.estimate(s, r.app.options.Now())
	return s, nil
}

// estimate goes by the pace since the set was first looked at.
func (r *rebuilding) estimate(s httpapi.ProjectionStatus, now time.Time) *float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.set != s.Building || s.Paused || s.Projected < r.from {
		r.set, r.from, r.at = s.Building, s.Projected, now
	}
	done, took := float64(s.Projected-r.from), now.Sub(r.at).Seconds()
	if s.Paused || done == 0 || took <= 0 || s.Head < s.Projected {
		return nil
	}
	left := float64(s.Head-s.Projected) * took / done
	return &left
}
