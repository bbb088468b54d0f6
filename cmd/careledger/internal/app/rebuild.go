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
type rebuilding struct{ *prefecture }

// Say implements httpapi.Projection.
func (r rebuilding) Say(ctx context.Context, c projection.Command, by command.Context) command.Outcome {
	return r.sets.say(ctx, c, by)
}

// Standing implements httpapi.Projection.
func (r rebuilding) Standing(ctx context.Context) (httpapi.ProjectionStatus, error) {
	return r.setsStanding(ctx), nil
}

// setsStanding is which set serves and how far the one that is built has come.
func (p *prefecture) setsStanding(ctx context.Context) httpapi.ProjectionStatus {
	state, _ := p.sets.now()
	s := httpapi.ProjectionStatus{
		Serving: state.Serving, Previous: state.Previous, Building: state.Building, Paused: state.Paused, Head: p.app.newest(p.code()),
	}
	if state.Building == 0 {
		return s
	}
	reached, err := p.app.engines.warehouse.Set(state.Building).Progress(ctx, p.code())
	if err != nil { // its tables are being made
		return s
	}
	s.Projected = reached.At.Number
	s.EstimatedSeconds = p.progress.estimate(s, p.app.options.Now())
	return s
}

// progress is what a rebuild's pace is measured from.
type progress struct {
	mu   sync.Mutex
	set  int
	from uint64    // where the set was
	at   time.Time // when it was first looked at
}

// estimate goes by the pace since the set was first looked at.
func (r *progress) estimate(s httpapi.ProjectionStatus, now time.Time) *float64 {
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
