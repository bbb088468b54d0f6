package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/event"
)

// ErrFenced ends a relay whose place another has taken.
var ErrFenced = errors.New("another relay publishes now")

// ErrStuck ends a relay from which the bus takes nothing; another may reach it.
var ErrStuck = errors.New("the bus takes nothing from this relay")

const saveEvery = 5 * time.Second

// RelayOptions: Checkpoints may be nil; a bus that has lost everything is then filled from the log's start. GiveUp is for
// how long the bus may take nothing before the relay leaves its place to others; 0: for ever.
type RelayOptions struct {
	Checkpoints Checkpoints
	GiveUp      time.Duration
}

// Relay publishes the log's events, each once and in ledger order, until ctx ends (its error), another relay takes over
// (ErrFenced) or the bus takes nothing for too long (ErrStuck). It outlives a bus or a log that is away: it resumes from
// what the stream holds. One relay at a time should run; of two, the later one stays.
func (b *Bus) Relay(ctx context.Context, log Log, o RelayOptions) error {
	r := &relay{bus: b, log: log, checkpoints: o.Checkpoints, id: uuid.NewString(), chain: newChain(), board: newBoard()}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.run(ctx) })
	group.Go(func() error { return r.board.announce(ctx, b) })
	group.Go(func() error { return r.keep(ctx) })
	group.Go(func() error { return r.watch(ctx, o.GiveUp) })
	return group.Wait()
}

// relay is one run, made of sessions.
type relay struct {
	bus         *Bus
	log         Log
	checkpoints Checkpoints
	id          string
	chain       *chain
	board       *board
	claimed     bool
	scratch     bool // the checkpoint is of another log: begin at the start
}

func (r *relay) run(ctx context.Context) error {
	var wait backoff
	for {
		begun := r.chain.reached()
		err := r.session(ctx)
		r.board.pause()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrFenced):
			return err
		}
		r.bus.logger.Warn("the relay pauses and resumes from what the bus holds", "number", r.chain.reached().Number, "error", err)
		if r.chain.reached() != begun {
			wait.reset()
		}
		wait.wait(ctx)
	}
}

// session claims the stream, finds where to go on, and follows the log until something fails.
func (r *relay) session(ctx context.Context) error {
	s, err := r.bus.claim(ctx, r.log, r.id, !r.claimed)
	if err != nil {
		return err
	}
	r.claimed = true
	from, sequence, err := r.resume(ctx, s)
	if err != nil {
		return err
	}
	r.bus.metrics.sessions.Inc()
	r.bus.logger.Info("the relay goes on", "number", from.Number, "sequence", sequence)
	// A session publishes with a client of its own: what an earlier one left unanswered over an outage stays with it.
	js, err := jetstream.New(r.bus.nc, jetstream.WithDefaultTimeout(callTimeout),
		jetstream.WithPublishAsyncTimeout(callTimeout), jetstream.WithPublishAsyncMaxPending(2*maxPending))
	if err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	p := newPublisher(r, js, sequence)
	r.board.show(r.chain.known(), from)
	err = p.run(ctx, from)
	if r.bus.options.Mismatch(err) {
		r.bus.logger.Warn("what the bus holds is not of this log; it is filled from the start", "error", err)
		return errors.Join(err, r.startOver(ctx))
	}
	return err
}

// watch answers ErrStuck where the bus takes nothing for as long as giveUp.
func (r *relay) watch(ctx context.Context, giveUp time.Duration) error {
	if giveUp == 0 {
		return nil
	}
	tick := time.NewTicker(giveUp / 10)
	defer tick.Stop()
	at, since := r.chain.reached(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			switch reached := r.chain.reached(); {
			case reached != at, r.bus.nc.IsConnected() && r.board.still(reached.Number):
				at, since = reached, now
			case now.Sub(since) >= giveUp:
				return ErrStuck
			}
		}
	}
}

// startOver throws away what the bus holds and what this run knows.
func (r *relay) startOver(ctx context.Context) error {
	r.scratch, r.claimed = true, false
	r.chain.forget()
	_, err := r.bus.renew(ctx)
	return err
}

// keep saves how far the bus has taken the log, every five seconds and at the end.
func (r *relay) keep(ctx context.Context) error {
	if r.checkpoints == nil {
		return nil
	}
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	var saved event.Checkpoint
	for {
		select {
		case <-tick.C:
			saved = r.save(ctx, saved)
		case <-ctx.Done():
			r.save(context.WithoutCancel(ctx), saved)
			return nil
		}
	}
}

func (r *relay) save(ctx context.Context, saved event.Checkpoint) event.Checkpoint {
	now := r.chain.reached()
	if now == saved || now.Number == 0 {
		return saved
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := r.checkpoints.Save(ctx, now); err != nil {
		r.bus.logger.Warn("the relay's checkpoint was not saved", "number", now.Number, "error", fmt.Errorf("save: %w", err))
		return saved
	}
	return now
}
