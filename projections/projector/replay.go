package projector

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// Replay asks that parked events be tried again; without numbers, all of them. One that is asked for twice under the same
// request is tried once.
type Replay struct {
	Request uuid.UUID `json:"request"`
	Numbers []uint64  `json:"numbers,omitempty"`
}

// Lookup reads the event at a place of the log; the zero event where there is none, and one without Event where this
// build cannot read it.
type Lookup func(ctx context.Context, stream string, revision uint64) (event.Recorded, error)

// Replays delivers what is asked for while the projector runs, until ctx ends. A request may be lost: who asks sees that
// nothing happens and asks again.
type Replays func(ctx context.Context, take func(ctx context.Context, r Replay) error) error

// Parked events are read so many at a time, and after a failure tried again after these pauses.
const (
	replayAtOnce                = 500
	shortestPause, longestPause = time.Second, time.Minute
)

// replays tries everything that is parked once, since this build may know what an earlier one did not, and then what is
// asked for. That the log or the warehouse is away meanwhile does not stop the projection.
func (p *Projector) replays(ctx context.Context) error {
	if p.Lookup == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	atStart := Replay{Request: uuid.New()}
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		err := p.replay(ctx, atStart)
		if err == nil {
			break
		}
		p.Logger.Warn("parked events could not be tried and wait", "pause", pause, "error", err)
		if !rest(ctx, pause) {
			return ctx.Err()
		}
	}
	return p.Replays(ctx, func(ctx context.Context, r Replay) error {
		if err := p.replay(ctx, r); err != nil && ctx.Err() == nil {
			p.Logger.Warn("a replay of parked events broke off", "error", err)
		}
		return ctx.Err()
	})
}

// rest waits and reports whether ctx goes on.
func rest(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// replay tries parked events up to the frontier: what lies beyond has only just been tried, and is counted when the
// frontier gets there.
func (p *Projector) replay(ctx context.Context, r Replay) error {
	p.mu.Lock()
	q := facts.ParkedQuery{UpTo: p.frontier.Number, Numbers: r.Numbers, NotOf: r.Request, Limit: replayAtOnce}
	p.mu.Unlock()
	for more := true; more; {
		page, err := p.Store.Parked(ctx, p.Engine.Plan.Prefecture, q)
		if err != nil {
			return fmt.Errorf("list parked events: %w", err)
		}
		if err := p.replayPage(ctx, r, page); err != nil {
			return err
		}
		if more = len(page) == q.Limit; more {
			q.After = page[len(page)-1].Number
		}
	}
	return nil
}

// replayPage writes the rows of the events that fold now, and then leaves it to the keeper to count what they touch and
// to settle them, in this order: after a crash in between they are still parked, and rows written twice are one row.
func (p *Projector) replayPage(ctx context.Context, r Replay, page []facts.Parked) error {
	var rows, folded []facts.Row
	marks := indicators.Marks{}
	for _, parked := range page {
		parked.Request, parked.TriedAt = r.Request, p.Now().UTC()
		found, err := p.Lookup(ctx, parked.Stream, parked.Revision)
		if err != nil {
			return fmt.Errorf("read event %d from the log: %w", parked.Number, err)
		}
		again, still := p.again(parked, found, marks)
		rows = append(rows, again...)
		if !still {
			folded = append(folded, parked)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	err := p.Store.Write(ctx, rows)
	marks.Whole() // what lies before the frontier was counted without them; an answer may be lost, and the rows there
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks.Merge(marks)
	p.nudge()
	if err != nil {
		return fmt.Errorf("write the rows of replayed events: %w", err)
	}
	p.replayed = append(p.replayed, folded...)
	return nil
}

// again folds a parked event anew; still says that it stays parked, with the reason of this time.
func (p *Projector) again(parked facts.Parked, found event.Recorded, marks indicators.Marks) (rows []facts.Row, still bool) {
	if found.ID != parked.EventID {
		parked.Reason = facts.ReasonMissing
		return []facts.Row{parked}, true
	}
	found.Number = parked.Number
	rows = p.gather(found, marks, p.span())
	once, still := stillParked(rows)
	if still {
		once.ParkedAt, once.TriedAt, once.Request = parked.ParkedAt, parked.TriedAt, parked.Request
		rows[len(rows)-1] = once
	}
	return rows, still
}

// takeReplayed takes what was replayed; it comes before the marks are taken, so that these hold all that it touches.
func (p *Projector) takeReplayed() []facts.Row {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := p.replayed
	p.replayed = nil
	return taken
}

// settle says that replayed events are parked no more; the cells that they touch have been counted since a time.
func (p *Projector) settle(ctx context.Context, replayed []facts.Row, countedSince time.Time) error {
	if len(replayed) == 0 {
		return nil
	}
	for i, row := range replayed {
		if parked, ok := row.(facts.Parked); ok {
			parked.SettledAt = countedSince.UTC()
			replayed[i] = parked
		}
	}
	if err := p.Store.Write(ctx, replayed); err != nil {
		return fmt.Errorf("settle replayed events: %w", err)
	}
	p.Logger.Info("parked events were replayed and are counted", "events", len(replayed))
	return nil
}

// everyNumber is a bound above all ledger numbers.
const everyNumber = math.MaxUint64
