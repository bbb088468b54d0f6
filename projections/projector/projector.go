package projector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// Feed delivers a prefecture's events after a checkpoint in ledger order without a hole, until ctx ends or take fails.
// live says that not much more is known beyond the batch.
type Feed func(ctx context.Context, from event.Checkpoint, take func(ctx context.Context, events []event.Recorded, live bool) error) error

// Store is the warehouse as the projector needs it. Every write is durable when it returns.
type Store interface {
	indicators.Measurer
	// Progress answers how far a prefecture is projected: zeros where nothing is.
	Progress(ctx context.Context, prefecture string) (Progress, error)
	// TakeBack removes the prefecture's rows and cells above a number: those of a batch whose checkpoint was never written,
	// and those that Forget did not come to.
	TakeBack(ctx context.Context, prefecture string, above uint64) error
	Write(ctx context.Context, rows []facts.Row) error
	// Advance writes how far a term is. The latest term's counts, whatever an earlier one still writes.
	Advance(ctx context.Context, prefecture string, to Progress) error
	// Count counts the rows up to a number.
	Count(ctx context.Context, prefecture string, upTo uint64) (facts.Totals, error)
	AllKept(ctx context.Context, prefecture string) ([]indicators.Number, error)
	// Keep writes cells that changed, their slabs, and that everything is counted up to a number, all at once.
	Keep(ctx context.Context, prefecture string, changed []indicators.Number, slabs []Slab, counted uint64) error
	// Forget empties everything of the prefecture, to be built anew from the log.
	Forget(ctx context.Context, prefecture string) error
	// Parked answers a page of parked events by number.
	Parked(ctx context.Context, prefecture string, q facts.ParkedQuery) ([]facts.Parked, error)
}

// Progress is how far a prefecture is projected, in which term, and what its tables hold up to there. Facts is the version
// of facts (facts.Version) with which they were begun; 0 where an earlier build did not say so.
type Progress struct {
	At     event.Checkpoint
	Term   uint64
	Facts  int
	Totals facts.Totals
}

// Slab is one definition × one month, all areas, counted at a ledger number.
type Slab struct {
	Code       string         `json:"code"`
	Variant    string         `json:"variant"`
	Month      calendar.Month `json:"period"`
	Version    int            `json:"-"`
	Position   uint64         `json:"-"`
	ComputedAt time.Time      `json:"-"`
}

// Notice tells open pages what has changed.
type Notice struct {
	Prefecture string `json:"prefecture"`
	Frontier   uint64 `json:"frontier,string"`
	Slabs      []Slab `json:"slabs"`
}

// Projector projects one prefecture.
type Projector struct {
	Engine indicators.Engine
	Store  Store
	Feed   Feed
	Epoch  int
	// Term rises whenever the work on this prefecture passes to another projector, which fences off those before it.
	Term uint64
	// Quiet says that nobody reads the cells just now: nothing is counted before everything is projected. Nil: never.
	Quiet func() bool
	// Mismatch reports whether an error of the feed says that the checkpoint is not of this log.
	Mismatch func(error) bool
	Announce func(ctx context.Context, n Notice) error
	Meter    Meter // nil: nobody asks
	Now      func() time.Time
	Logger   *slog.Logger
	// Lookup and Replays let parked events be tried again; without them they stay parked.
	Lookup  Lookup
	Replays Replays
	// Worth is how long a count takes at least that is remembered, so that the next one only looks at who was touched since; 0:
	// everything is counted each time.
	Worth time.Duration
	// Fold stands in for facts.Fold where it is set.
	Fold func(r event.Recorded) []facts.Row

	term     uint64 // Term, or more where the warehouse has seen more: the log may have moved to another store
	mu       sync.Mutex
	marks    indicators.Marks
	facts    int              // the version with which the rows were begun
	frontier event.Checkpoint // the last event whose rows are written
	totals   facts.Totals     // of the rows up to there
	advanced uint64           // the number of the checkpoint that is written
	live     bool
	replayed []facts.Row // folded after all; settled once what they touch is counted
	wake     chan struct{}
	caughtUp chan struct{} // says that live has become true
	rested   chan struct{} // says that the keeper has counted
}

// Run projects until ctx ends or something breaks; the caller runs it again, and it goes on from its checkpoint.
func (p *Projector) Run(ctx context.Context) error {
	from, err := p.begin(ctx)
	if err != nil {
		return err
	}
	keeper, err := p.newKeeper(ctx)
	if err != nil {
		return err
	}
	p.reset(from)

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := []func(context.Context) error{keeper.run, p.guard, p.replays}
	beside := make(chan error, len(parts))
	for _, work := range parts {
		go func() {
			defer cancel()
			beside <- work(ctx)
		}()
	}
	err = p.Feed(ctx, from.At, p.take)
	cancel()
	for range parts {
		if broken := <-beside; broken != nil && !errors.Is(broken, context.Canceled) {
			err = errors.Join(broken, err)
		}
	}
	if err != nil && (p.Mismatch(err) || errors.Is(err, ErrDamaged)) {
		prefecture := p.Engine.Plan.Prefecture
		p.Logger.Warn("the warehouse does not hold what this log says; it is thrown away and built anew", "prefecture", prefecture, "error", err)
		return errors.Join(err, p.Store.Forget(context.WithoutCancel(ctx), prefecture))
	}
	return err
}

// begin claims the prefecture for this term, and then takes back what earlier ones left behind their checkpoint. Without
// a checkpoint nothing that lies there can be relied on.
func (p *Projector) begin(ctx context.Context) (Progress, error) {
	prefecture := p.Engine.Plan.Prefecture
	from, err := p.Store.Progress(ctx, prefecture)
	if err != nil {
		return from, fmt.Errorf("read the checkpoint of %s: %w", prefecture, err)
	}
	p.term = max(p.Term, from.Term+1)
	if from.At.Epoch != p.Epoch {
		from = Progress{} // of the log before it was restored
	}
	from.Term = p.term
	if from.At.Number == 0 {
		from.Facts = facts.Version
		if err := p.Store.Forget(ctx, prefecture); err != nil {
			return from, fmt.Errorf("empty %s: %w", prefecture, err)
		}
	}
	if err := p.Store.Advance(ctx, prefecture, from); err != nil {
		return from, fmt.Errorf("claim %s: %w", prefecture, err)
	}
	if err := p.Store.TakeBack(ctx, prefecture, from.At.Number); err != nil {
		return from, fmt.Errorf("take back unfinished rows of %s: %w", prefecture, err)
	}
	return from, nil
}

// ErrLost ends a run: the warehouse no longer holds what was written to it. The next run builds it anew from the log.
var ErrLost = errors.New("the warehouse has lost what was projected")

// ErrFenced ends a run whose prefecture another projector has claimed.
var ErrFenced = errors.New("another projector has this prefecture now")

// guardEvery is how often an idle projector looks whether the warehouse still holds its rows.
const guardEvery = time.Second

// guard sees that the warehouse was deleted or replaced by an older one also while no event comes.
func (p *Projector) guard(ctx context.Context) error {
	tick := time.NewTicker(guardEvery)
	defer tick.Stop()
	verified := p.Now()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := p.look(ctx); err != nil {
			return err
		}
		if p.Now().Before(verified.Add(verifyEvery)) {
			continue
		}
		if err := p.verify(ctx); err != nil {
			return err
		}
		verified = p.Now()
	}
}

// look fails where the warehouse is behind what was written to it, or another term has begun.
func (p *Projector) look(ctx context.Context) error {
	p.mu.Lock()
	advanced := p.advanced
	p.mu.Unlock()
	held, err := p.Store.Progress(ctx, p.Engine.Plan.Prefecture)
	switch {
	case err != nil:
		return fmt.Errorf("look at the checkpoint of %s: %w", p.Engine.Plan.Prefecture, err)
	case held.Term > p.term:
		return fmt.Errorf("%w: %s", ErrFenced, p.Engine.Plan.Prefecture)
	case held.At.Number < advanced || held.Term < p.term:
		return fmt.Errorf("%w: it is at %d and was at %d", ErrLost, held.At.Number, advanced)
	}
	return nil
}

// reset marks everything: what was marked before a crash is not known, and marking too much is safe.
func (p *Projector) reset(from Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks, p.frontier, p.advanced, p.live, p.wake = indicators.Marks{}, from.At, from.At.Number, from.At.Number > 0, make(chan struct{}, 1)
	p.caughtUp, p.rested = make(chan struct{}, 1), make(chan struct{}, 1)
	p.totals, p.replayed, p.facts = facts.Totals{}, nil, from.Facts
	maps.Copy(p.totals, from.Totals)
	p.marks.All(p.span().First, p.span())
	p.nudge()
}

func (p *Projector) span() indicators.Months {
	return indicators.Months{First: p.Engine.Plan.BaselineOn.Month(), Current: calendar.DayOf(p.Now()).Month()}
}

// take writes a batch's rows, and then marks what they touch, so that no cell is counted at a frontier that is not there.
// The keeper writes the checkpoint before it counts: fewer checkpoints than batches, and what lies behind the last one is
// taken back and read again after a crash.
func (p *Projector) take(ctx context.Context, events []event.Recorded, live bool) error {
	rows, marks := make([]facts.Row, 0, 2*len(events)), indicators.Marks{}
	span := p.span()
	for _, r := range events {
		rows = append(rows, p.gather(r, marks, span)...)
	}
	started := time.Now()
	if err := p.Store.Write(ctx, rows); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	p.wrote(events, started)
	p.written(events, rows, marks, live)
	if len(events) < hurried {
		p.linger(ctx)
	}
	return nil
}

func (p *Projector) written(events []event.Recorded, rows []facts.Row, marks indicators.Marks, live bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks.Merge(marks)
	p.totals.Add(rows)
	if live && !p.live {
		tell(p.caughtUp)
	}
	p.frontier, p.live = events[len(events)-1].After(p.Epoch), live
	select {
	case <-p.rested: // of before
	default:
	}
	p.nudge()
}

// A batch of fewer events than hurried is followed by the next one when it is counted, or so much later: what comes meanwhile
// is one batch then, written and counted once.
const (
	hurried = 2000
	longest = 250 * time.Millisecond
)

func (p *Projector) linger(ctx context.Context) {
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-p.rested:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// advance writes the checkpoint, unless it is there.
func (p *Projector) advance(ctx context.Context, to Progress) error {
	p.mu.Lock()
	there := to.At.Number <= p.advanced
	p.mu.Unlock()
	if there {
		return nil
	}
	if err := p.Store.Advance(ctx, p.Engine.Plan.Prefecture, to); err != nil {
		return fmt.Errorf("write the checkpoint: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advanced = to.At.Number
	return nil
}

func (p *Projector) nudge() { tell(p.wake) }

func tell(who chan struct{}) {
	select {
	case who <- struct{}{}:
	default:
	}
}

// marked takes what is to be counted, and how far the rows are.
func (p *Projector) marked() (indicators.Marks, Progress, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	marks := p.marks
	p.marks = indicators.Marks{}
	return marks, Progress{At: p.frontier, Term: p.term, Facts: p.facts, Totals: maps.Clone(p.totals)}, p.live
}

func (p *Projector) quiet() bool { return p.Quiet != nil && p.Quiet() }

// putBack keeps for later what was not counted. What comes next wakes the keeper.
func (p *Projector) putBack(marks indicators.Marks, replayed []facts.Row) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks.Merge(marks)
	p.replayed = append(p.replayed, replayed...)
}
