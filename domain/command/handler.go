package command

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
)

// ErrWrongRevision is what a Ledger answers when the stream is not at the expected revision.
var ErrWrongRevision = errors.New("the stream is not at the expected revision")

// NoStream is the expected revision of a stream without events.
const NoStream int64 = -1

// Ledger is the log as the handler needs it. Load returns the stream's events from a revision on, in order; none where
// there is no such stream. Append is durable when it returns nil and all or nothing; it sets recorded_at.
type Ledger interface {
	Load(ctx context.Context, stream string, from uint64) ([]event.Recorded, error)
	Append(ctx context.Context, stream string, expected int64, events []event.Pending) error
}

// Handler runs commands against the ledger. Commands on one stream run one after the other in this process; between
// processes the expected revision decides.
type Handler struct {
	ledger Ledger
	id     uuid.UUID
	cache  *cache
	seed   maphash.Seed
	locks  [512]sync.Mutex
}

// NewHandler serves the ledger with the given id.
func NewHandler(ledger Ledger, id uuid.UUID) *Handler {
	return &Handler{ledger: ledger, id: id, cache: newCache(400_000), seed: maphash.MakeSeed()}
}

const attempts = 12

// Execute runs items in order on one stream and appends what they cause in one write. A refused item changes nothing
// and holds nobody up. Err of an outcome is a fault.Error, or an error of the ledger: then the command may or may not
// have happened, and the same command again finds out.
func Execute[S, C any](ctx context.Context, h *Handler, d decider.Decider[S, C], stream string, items []Item[C]) []Outcome {
	lock := h.lock(stream)
	lock.Lock()
	defer lock.Unlock()

	for range attempts {
		f, current, err := fetch(ctx, h, d, stream)
		if err != nil {
			return failAll(items, err)
		}
		base := f.revision
		outcomes, pending := decideAll(h, d, stream, f, items)
		if len(pending) == 0 {
			if !current && slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Err != nil }) {
				continue // refused by a remembered state: drop it and ask the log before saying no
			}
			if f.revision >= 0 {
				h.cache.put(stream, f)
			}
			return outcomes
		}
		err = h.ledger.Append(ctx, stream, base, pending)
		if err == nil {
			h.cache.put(stream, f)
			return outcomes
		}
		if !errors.Is(err, ErrWrongRevision) {
			return failAll(items, fmt.Errorf("append %s: %w", stream, err))
		}
		// f holds what did not happen: drop it and read the stream again.
	}
	return failAll(items, ErrContended)
}

// View shows the state of a stream (revision -1: it has no events). look must not keep or change the state.
func View[S, C any](ctx context.Context, h *Handler, d decider.Decider[S, C], stream string, look func(s S, revision int64)) error {
	lock := h.lock(stream)
	lock.Lock()
	defer lock.Unlock()
	f, current, err := fetch(ctx, h, d, stream)
	if err == nil && !current {
		f, err = refresh(ctx, h, d, stream, f)
	}
	if err != nil {
		return err
	}
	look(f.state.(S), f.revision)
	if f.revision >= 0 {
		h.cache.put(stream, f)
	}
	return nil
}

// Remembered answers the first result of a command that the stream has already taken.
func Remembered[S, C any](ctx context.Context, h *Handler, d decider.Decider[S, C], stream string, c Context, entity uuid.UUID) (Outcome, bool, error) {
	lock := h.lock(stream)
	lock.Lock()
	defer lock.Unlock()
	f, _, err := fetch(ctx, h, d, stream)
	if err != nil {
		return Outcome{}, false, err
	}
	if f.revision >= 0 {
		defer h.cache.put(stream, f)
	}
	outcome, known := f.remembers(c, stream, entity)
	return outcome, known, nil
}

func (h *Handler) lock(stream string) *sync.Mutex {
	return &h.locks[maphash.String(h.seed, stream)%uint64(len(h.locks))]
}

// fetch takes the stream from the cache, or reads it: only then is it current.
func fetch[S, C any](ctx context.Context, h *Handler, d decider.Decider[S, C], stream string) (f *folded, current bool, err error) {
	if f, ok := h.cache.take(stream); ok {
		return f, false, nil
	}
	f, err = refresh(ctx, h, d, stream, &folded{state: d.Zero(), revision: NoStream, seen: map[uuid.UUID]seen{}})
	return f, true, err
}

// refresh folds what the stream has gained since f.
func refresh[S, C any](ctx context.Context, h *Handler, d decider.Decider[S, C], stream string, f *folded) (*folded, error) {
	events, err := h.ledger.Load(ctx, stream, uint64(f.revision+1))
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", stream, err)
	}
	for _, r := range events {
		if r.Event != nil {
			f.state = d.Evolve(f.state.(S), r.Event)
		}
		f.remember(r.Metadata.CommandID, r.Metadata.BodyHash, r.Revision, doubtsOf(r.Event))
	}
	return f, nil
}

func (f *folded) remember(id uuid.UUID, hash string, revision uint64, doubts []string) {
	s := f.seen[id]
	f.seen[id] = seen{hash: hash, revision: revision, doubts: slices.Concat(s.doubts, doubts)}
	f.revision = int64(revision)
}

func (f *folded) remembers(c Context, stream string, entity uuid.UUID) (Outcome, bool) {
	s, known := f.seen[c.ID]
	switch {
	case !known:
		return Outcome{}, false
	case s.hash != c.BodyHash:
		return Outcome{Err: ErrKeyReused}, true
	}
	return Outcome{Result: Result{Entity: entity, Stream: stream, Revision: s.revision, Doubts: s.doubts, Duplicate: true}}, true
}

func decideAll[S, C any](h *Handler, d decider.Decider[S, C], stream string, f *folded, items []Item[C]) ([]Outcome, []event.Pending) {
	outcomes := make([]Outcome, len(items))
	var pending []event.Pending
	for i, it := range items {
		if outcome, known := f.remembers(it.Context, stream, it.Entity); known {
			outcomes[i] = outcome
			continue
		}
		if it.IfMatch != nil && int64(*it.IfMatch) != f.revision {
			outcomes[i].Err = ErrStale
			continue
		}
		events, err := d.Decide(f.state.(S), it.Command, calendar.DayOf(it.ReceivedAt))
		if err != nil {
			outcomes[i].Err = err
			continue
		}
		var doubts []string
		for index, e := range events {
			f.state = d.Evolve(f.state.(S), e)
			f.remember(it.ID, it.BodyHash, uint64(f.revision+1), doubtsOf(e))
			doubts = append(doubts, doubtsOf(e)...)
			pending = append(pending, h.pending(it.Context, it.OccurredOn, d.Area(f.state.(S)), stream, index, e))
		}
		outcomes[i].Result = Result{Entity: it.Entity, Stream: stream, Revision: uint64(f.revision), Doubts: doubts}
	}
	return outcomes, pending
}

func (h *Handler) pending(c Context, occurredOn calendar.Day, area, stream string, index int, e event.Event) event.Pending {
	return event.Pending{
		ID:    EventID(c.ID, stream, index),
		Event: e,
		Metadata: event.Metadata{
			Ledger: h.id, CommandID: c.ID, BodyHash: c.BodyHash, CorrelationID: c.CorrelationID, CausationID: c.CausationID,
			Actor: c.Actor, Device: c.Device, Area: area, OccurredOn: occurredOn, ReceivedAt: c.ReceivedAt.UTC().Truncate(time.Microsecond),
			Schema: event.SchemaVersion,
		},
	}
}

func doubtsOf(e event.Event) []string {
	if d, ok := e.(event.Doubtful); ok {
		return d.EventDoubts()
	}
	return nil
}

func failAll[C any](items []Item[C], err error) []Outcome {
	outcomes := make([]Outcome, len(items))
	for i := range outcomes {
		outcomes[i].Err = err
	}
	return outcomes
}
