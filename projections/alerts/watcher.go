package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
)

// Watcher judges the cells of one prefecture whenever they have come to rest.
type Watcher struct {
	// Cells answers the cells of every county and month, and the frontier they are at.
	Cells func(ctx context.Context) (indicators.Answer, error)
	// Head is the newest ledger number of the prefecture; 0 while it is not known.
	Head func() uint64
	// Open answers the open alerts.
	Open func(ctx context.Context) ([]registers.Alert, error)
	// Say records a verdict. Saying what stands already is no error.
	Say func(ctx context.Context, v Verdict) error
	// Settle is how long nothing may have changed before cells are judged, so that a load in progress raises nothing.
	Settle time.Duration
	Now    func() time.Time
	Logger *slog.Logger
}

// A look is a pause after the last one, longer where that one took long: judging reads every cell.
const (
	pause        = 2 * time.Second
	longestPause = 15 * time.Second
	sparing      = 15 // times what the last look took
)

// Run judges from time to time until ctx ends. What fails is tried again at the next look.
func (w *Watcher) Run(ctx context.Context) error {
	r := rest{settle: w.Settle, seen: map[uuid.UUID]sighting{}}
	var earlier, judged uint64
	failed := false
	for took := time.Duration(0); ; {
		next := time.NewTimer(min(max(pause, sparing*took), longestPause))
		select {
		case <-ctx.Done():
			next.Stop()
			return ctx.Err()
		case <-next.C:
		}
		began := time.Now()
		head := w.Head()
		caughtUpTo := earlier // what was the head at the last look must be in the cells by now
		earlier = head
		if head == 0 || head == judged && len(r.seen) == 0 {
			continue
		}
		ok, err := w.judge(ctx, caughtUpTo, &r)
		if err != nil && failed && ctx.Err() == nil { // once is no news: the numbers of a first start are just being made
			w.Logger.Warn("the alerts could not be judged; it is tried again", "error", err)
		}
		failed = err != nil
		if ok && err == nil {
			judged = head
		}
		took = time.Since(began)
	}
}

// judge says what has come to rest; false where the projection has not caught up.
func (w *Watcher) judge(ctx context.Context, caughtUpTo uint64, r *rest) (bool, error) {
	answer, err := w.Cells(ctx)
	if err != nil {
		return false, fmt.Errorf("read the cells: %w", err)
	}
	if answer.Frontier < caughtUpTo || caughtUpTo == 0 {
		return false, nil
	}
	open, err := w.Open(ctx)
	if err != nil {
		return false, fmt.Errorf("read the open alerts: %w", err)
	}
	v := r.rested(Judge(Newest(answer.Cells), open), w.Now())
	if len(v.Raise)+len(v.Resolve) == 0 {
		return true, nil
	}
	return true, w.Say(ctx, v)
}

// rest remembers for how long each verdict has stood unchanged, so that a load in progress raises nothing.
type rest struct {
	settle time.Duration
	seen   map[uuid.UUID]sighting
}

type sighting struct {
	first, changed time.Time
	value          float64
}

// A verdict whose number keeps moving is said all the same after this long.
const patience = time.Minute

// rested is the part of v that has stood long enough; the rest is remembered.
func (r *rest) rested(v Verdict, now time.Time) Verdict {
	seen := map[uuid.UUID]sighting{}
	stands := func(id uuid.UUID, value float64) bool {
		s, known := r.seen[id]
		if !known {
			s = sighting{first: now, changed: now, value: value}
		}
		if s.value != value {
			s.value, s.changed = value, now
		}
		seen[id] = s
		return now.Sub(s.changed) >= r.settle || now.Sub(s.first) >= patience
	}
	var said Verdict
	for _, a := range v.Raise {
		if stands(a.Alert, a.Value) {
			said.Raise = append(said.Raise, a)
		}
	}
	for _, a := range v.Resolve {
		if a.Value != nil && stands(a.Alert, *a.Value) {
			said.Resolve = append(said.Resolve, a)
		}
	}
	r.seen = seen
	return said
}
