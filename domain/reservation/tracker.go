package reservation

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
)

// Step says what happened to a reservation.
type Step uint8

// The steps that events tell.
const (
	Reserved  Step = iota + 1 // held, waiting for its commit
	Committed                 // the other stream committed
	Ended                     // over or given up: must be released
	Released                  // free again
)

// Key names a reservation: Holder reserved by Claim (an institution and a stay, a childcare institution and an enrolment).
type Key struct {
	Holder uuid.UUID `json:"holder"`
	Claim  uuid.UUID `json:"claim"`
}

// Change is what one event says about a reservation. Owner is the entity whose stream commits; the prefectures say where
// the two streams are.
type Change struct {
	Key
	Step             Step
	Owner            uuid.UUID
	OwnerPrefecture  string
	HolderPrefecture string
}

// One is the change that an event tells about one reservation. A prefecture may be given as any area code inside it.
func One(step Step, holder, claim, owner uuid.UUID, ownerArea, holderArea string) []Change {
	return []Change{{
		Key: Key{Holder: holder, Claim: claim}, Step: step, Owner: owner,
		OwnerPrefecture:  event.Metadata{Area: ownerArea}.Prefecture(),
		HolderPrefecture: event.Metadata{Area: holderArea}.Prefecture(),
	}}
}

// Open is a reservation that is not at rest.
type Open struct {
	Change
	Since time.Time `json:"since"`
}

// Kind is what a tracker needs to know of one sort of reservation.
type Kind interface {
	// Types are the wire types of the events that tell something.
	Types() []string
	// Changes reads an event.
	Changes(r event.Recorded) []Change
	// Abandon gives the reservation up in the committing stream; committed is true where it was too late for that.
	Abandon(ctx context.Context, o Open) (committed bool, err error)
	// Release frees it; releasing what is free is no error.
	Release(ctx context.Context, o Open) error
}

// Log is the ledger to watch.
type Log interface {
	Watch(ctx context.Context, from event.Position, types []string, take func(ctx context.Context, events []event.Recorded, at event.Position) error) error
}

// Store keeps the tracker's notes between runs.
type Store interface {
	Read(ctx context.Context, value any) (bool, error)
	Write(ctx context.Context, value any) error
}

// Tracker finds reservations that hang and finishes or undoes them.
type Tracker struct {
	Kind    Kind
	Log     Log
	Store   Store
	Timeout time.Duration // how long a reservation may wait for its commit
	Grace   time.Duration // how long an ended one may wait for its release by whoever ended it
	Now     func() time.Time
	Logger  *slog.Logger

	mu    sync.Mutex
	notes notes
}

type notes struct {
	At   event.Position `json:"position"`
	Open []Open         `json:"open"`
}

// Run watches the log until ctx ends or the log breaks.
func (t *Tracker) Run(ctx context.Context) error {
	if _, err := t.Store.Read(ctx, &t.notes); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var swept sync.WaitGroup
	swept.Go(func() { t.sweepEvery(ctx, time.Second) })
	defer swept.Wait()
	defer cancel()
	return t.Log.Watch(ctx, t.notes.At, t.Kind.Types(), func(_ context.Context, events []event.Recorded, at event.Position) error {
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, r := range events {
			for _, c := range t.Kind.Changes(r) {
				t.apply(c, r.Metadata.RecordedAt)
			}
		}
		t.notes.At = at
		return nil
	})
}

func (t *Tracker) apply(c Change, at time.Time) {
	t.notes.Open = slices.DeleteFunc(t.notes.Open, func(o Open) bool { return o.Key == c.Key })
	if c.Step == Reserved || c.Step == Ended {
		t.notes.Open = append(t.notes.Open, Open{Change: c, Since: at})
	}
}

func (t *Tracker) sweepEvery(ctx context.Context, pause time.Duration) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	var saved event.Position
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		due, now := t.due()
		for _, o := range due {
			if err := t.settle(ctx, o); err != nil && ctx.Err() == nil {
				t.Logger.Warn("a reservation that hangs could not be settled; it is tried again", "holder", o.Holder, "claim", o.Claim, "error", err)
			}
		}
		if now.At != saved {
			if err := t.Store.Write(ctx, now); err == nil {
				saved = now.At
			}
		}
	}
}

func (t *Tracker) due() ([]Open, notes) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var due []Open
	for _, o := range t.notes.Open {
		limit := t.Timeout
		if o.Step == Ended {
			limit = t.Grace
		}
		if t.Now().Sub(o.Since) > limit {
			due = append(due, o)
		}
	}
	return due, notes{At: t.notes.At, Open: slices.Clone(t.notes.Open)}
}

// settle gives up a reservation whose commit never came, and releases it. The events that this appends come back
// through the log and close the case.
func (t *Tracker) settle(ctx context.Context, o Open) error {
	if o.Step == Reserved {
		committed, err := t.Kind.Abandon(ctx, o)
		if err != nil || committed {
			return err
		}
	}
	return t.Kind.Release(ctx, o)
}
