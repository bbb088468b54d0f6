package projector_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/projector"
)

// store notes what is asked of it, in order. Beds are what it measures: the beds of the rows that it holds.
type store struct {
	mu         sync.Mutex
	steps      []string
	rows       []facts.Row
	at         event.Checkpoint
	term       uint64
	totals     facts.Totals
	facts      int
	failAtOnce map[string]error
	kept       [][]indicators.Number
	counted    chan uint64
	askedUpTo  uint64 // the bound of the last question for parked events
	told       []projector.Written
	upTo       []uint64
}

func newStore() *store {
	return &store{failAtOnce: map[string]error{}, counted: make(chan uint64, 100)}
}

// Wrote and Counted make the store its projector's meter.
func (s *store) Wrote(w projector.Written) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, w)
}

func (s *store) Counted(upTo uint64, _ time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.upTo = append(s.upTo, upTo)
}

func (s *store) step(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, name)
	err := s.failAtOnce[name]
	delete(s.failAtOnce, name)
	return err
}

func (s *store) Progress(context.Context, string) (projector.Progress, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return projector.Progress{At: s.at, Term: s.term, Facts: s.facts, Totals: s.totals}, nil
}

func (s *store) Count(_ context.Context, _ string, upTo uint64) (facts.Totals, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counted, all, seen := facts.Totals{}, []facts.Row{}, map[facts.Row]bool{}
	for _, r := range s.rows {
		if _, parked := r.(facts.Parked); parked {
			all = append(all, r)
		} else if !seen[r] && r.LedgerNumber() <= upTo {
			seen[r] = true
			all = append(all, r)
		}
	}
	counted.Add(all)
	return counted, nil
}

func (s *store) TakeBack(_ context.Context, _ string, above uint64) error {
	var stay []facts.Row
	for _, r := range s.rows {
		if b, ok := r.(facts.BedChange); !ok || b.Number <= above {
			stay = append(stay, r)
		}
	}
	s.rows = stay
	return s.step("take back")
}

func (s *store) Write(_ context.Context, rows []facts.Row) error {
	name := "rows"
	if len(rows) > 0 {
		if p, ok := rows[0].(facts.Parked); ok && !p.SettledAt.Equal(facts.Never()) {
			name = "settle"
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, name)
	if err := s.failAtOnce[name]; err != nil {
		delete(s.failAtOnce, name)
		return err
	}
	s.rows = append(s.rows, rows...)
	return nil
}

func (s *store) Advance(_ context.Context, _ string, to projector.Progress) error {
	s.mu.Lock()
	step := "checkpoint"
	if to.Term > s.term {
		step = "claim"
	}
	s.mu.Unlock()
	if err := s.step(step); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if to.Term >= s.term {
		s.at, s.term, s.facts, s.totals = to.At, to.Term, to.Facts, to.Totals
	}
	return nil
}

func (s *store) AllKept(context.Context, string) ([]indicators.Number, error) { return nil, nil }

func (s *store) Keep(_ context.Context, _ string, changed []indicators.Number, _ []projector.Slab, counted uint64) error {
	s.mu.Lock()
	s.kept = append(s.kept, changed)
	s.mu.Unlock()
	err := s.step("cells")
	s.counted <- counted
	return err
}

func (s *store) Forget(context.Context, string) error { return s.step("forget") }

func (s *store) Measure(_ context.Context, g indicators.Group, b indicators.Bounds) ([]indicators.Measured, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var measured []indicators.Measured
	counted := map[uint64]bool{} // rows written twice are one row
	for _, r := range s.rows {
		if bed, ok := r.(facts.BedChange); ok && g == indicators.Beds && bed.Number <= b.Number && !counted[bed.Number] {
			counted[bed.Number] = true
			for _, m := range b.Months {
				measured = append(measured, indicators.Measured{Month: m, Area: bed.Area, Measure: "beds_total", Value: float64(bed.Beds)})
			}
		}
	}
	return measured, nil
}

func beds(number uint64) event.Recorded {
	return event.Recorded{
		ID: uuid.New(), Number: number, Type: "BedsOpened.v1", Metadata: event.Metadata{Area: "532601001"},
		Event: institution.BedsOpened{Institution: uuid.New(), Beds: 10, OpenedOn: calendar.Date(2021, 6, 1)},
	}
}

var errBroken = errors.New("broken")

// projecting runs a projector over events until everything is counted up to a number, or it ends by itself.
func projecting(t *testing.T, s *store, upTo uint64, feed projector.Feed) error {
	t.Helper()
	return projectingWith(t, s, upTo, feed, func(*projector.Projector) {})
}

func projectingWith(t *testing.T, s *store, upTo uint64, feed projector.Feed, change func(*projector.Projector)) error {
	t.Helper()
	p, err := plan.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pr := projector.Projector{
		Engine: indicators.Engine{Plan: p, Areas: areas, Store: s}, Store: s, Feed: feed, Epoch: 1, Meter: s,
		Mismatch: func(err error) bool { return errors.Is(err, errBroken) },
		Announce: func(context.Context, projector.Notice) error { return nil },
		Now:      func() time.Time { return time.Date(2022, 1, 10, 0, 0, 0, 0, time.UTC) }, Logger: slog.New(slog.DiscardHandler),
	}
	change(&pr)
	ended := make(chan error, 1)
	go func() { ended <- pr.Run(ctx) }()
	counted := s.counted
	if upTo == 0 {
		counted = nil // the test reads it
	}
	for {
		select {
		case n := <-counted:
			if n >= upTo {
				cancel()
				return <-ended
			}
		case err := <-ended:
			return err
		case <-time.After(20 * time.Second):
			t.Fatal("nothing was counted")
		}
	}
}

// from feeds the events behind the checkpoint, and then waits.
func from(events ...event.Recorded) projector.Feed {
	return func(ctx context.Context, at event.Checkpoint, take func(context.Context, []event.Recorded, bool) error) error {
		for i, e := range events {
			if e.Number > at.Number {
				if err := take(ctx, []event.Recorded{e}, i == len(events)-1); err != nil {
					return err
				}
			}
		}
		<-ctx.Done()
		return ctx.Err()
	}
}

func (s *store) value(code, area, month string) float64 {
	value := -1.0
	for _, changed := range s.kept {
		for _, n := range changed {
			if n.Code == code && n.Variant == plan.Official && n.Area == area && n.Month.String() == month && n.Value != nil {
				value = *n.Value
			}
		}
	}
	return value
}

func TestRowsThenTheCheckpointThenCells(t *testing.T) {
	s := newStore()
	require.ErrorIs(t, projecting(t, s, 2, from(beds(1), beds(2))), context.Canceled)
	require.Equal(t, []string{"forget", "claim", "take back"}, s.steps[:3])
	for i, step := range s.steps {
		if step == "cells" && slices.Contains(s.steps[:i], "rows") {
			require.Contains(t, s.steps[slices.Index(s.steps, "rows"):i], "checkpoint")
		}
	}
	require.InDelta(t, 20, s.value("elder-beds", "532600", "2021-12"), 0)
	require.InDelta(t, 20, s.value("elder-beds", "532601", "2021-06"), 0)
	require.EqualValues(t, 2, s.at.Number)
}

// Rows of an earlier version stay what they are, also when this build adds more.
func TestASetKeepsTheVersionItWasBegunWith(t *testing.T) {
	s := newStore()
	require.ErrorIs(t, projecting(t, s, 1, from(beds(1))), context.Canceled)
	require.Equal(t, facts.Version, s.facts)
	s.facts = facts.Version - 1
	require.ErrorIs(t, projecting(t, s, 2, from(beds(1), beds(2))), context.Canceled)
	require.Equal(t, facts.Version-1, s.facts)
}

func TestRowsWithoutTheirCheckpointAreTakenBack(t *testing.T) {
	s := newStore()
	first := beds(1)
	s.failAtOnce["checkpoint"] = errors.New("the warehouse was killed")
	require.Error(t, projecting(t, s, 0, from(first)))
	require.Zero(t, s.at.Number)
	require.ErrorIs(t, projecting(t, s, 1, from(first)), context.Canceled)
	require.InDelta(t, 10, s.value("elder-beds", "532600", "2021-12"), 0, "once, not twice")
}

func TestWhoeverMeasuresIsTold(t *testing.T) {
	s := newStore()
	require.ErrorIs(t, projecting(t, s, 2, from(beds(1), beds(2))), context.Canceled)
	require.Len(t, s.told, 2)
	require.Equal(t, []int{1, 1}, []int{s.told[0].Events, s.told[1].Events})
	require.EqualValues(t, 2, s.told[1].Last)
	require.EqualValues(t, 2, s.upTo[len(s.upTo)-1])
}

// The warehouse is deleted, or replaced by an older one, while no event comes.
func TestAnIdleProjectorSeesThatItsRowsAreGone(t *testing.T) {
	s := newStore()
	go func() {
		for <-s.counted < 2 {
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.at, s.term, s.rows = event.Checkpoint{}, 0, nil
	}()
	require.ErrorIs(t, projecting(t, s, 0, from(beds(1), beds(2))), projector.ErrLost)
	require.ErrorIs(t, projecting(t, s, 2, from(beds(1), beds(2))), context.Canceled)
	require.InDelta(t, 20, s.value("elder-beds", "532600", "2021-12"), 0)
}

// Another projector claims the prefecture while this one does not know it yet.
func TestAFencedProjectorEndsAndItsCheckpointsDoNotCount(t *testing.T) {
	s := newStore()
	go func() {
		for <-s.counted < 2 {
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.term++
	}()
	require.ErrorIs(t, projecting(t, s, 0, from(beds(1), beds(2))), projector.ErrFenced)
	claimed := s.term
	require.ErrorIs(t, projecting(t, s, 2, from(beds(1), beds(2))), context.Canceled)
	require.Equal(t, claimed+1, s.term, "the next term begins")
}

// A power cut, or the disk, has taken rows that were there.
func TestRowsThatWereLostAreNoticed(t *testing.T) {
	s := newStore()
	require.ErrorIs(t, projecting(t, s, 3, from(beds(1), beds(2), beds(3))), context.Canceled)
	for i, r := range s.rows {
		if b, ok := r.(facts.BedChange); ok && b.Number == 2 {
			s.rows = slices.Delete(s.rows, i, i+1)
			break
		}
	}
	require.ErrorIs(t, projecting(t, s, 0, from(beds(1), beds(2), beds(3))), projector.ErrDamaged)
	require.Equal(t, "forget", s.steps[len(s.steps)-1])
}

func TestAnotherLogMeansToBeginAnew(t *testing.T) {
	s := newStore()
	err := projecting(t, s, 0, func(context.Context, event.Checkpoint, func(context.Context, []event.Recorded, bool) error) error {
		return errBroken
	})
	require.ErrorIs(t, err, errBroken)
	require.Contains(t, s.steps, "forget")
}

// The log was restored: nothing is counted from what was built before.
func TestACheckpointOfAnotherEpochMeansToBeginAnew(t *testing.T) {
	s := newStore()
	s.at = event.Checkpoint{Epoch: 7, Number: 9, EventID: uuid.New()}
	require.ErrorIs(t, projecting(t, s, 1, from(beds(1))), context.Canceled)
	require.Equal(t, []string{"forget", "claim"}, s.steps[:2])
	require.EqualValues(t, 1, s.at.Number)
	require.InDelta(t, 10, s.value("elder-beds", "532600", "2021-12"), 0)
}

func TestWhatDidNotChangeIsNotWrittenAgain(t *testing.T) {
	s := newStore()
	silent := beds(2)
	silent.Event = institution.BedReserved{Institution: uuid.New(), Stay: uuid.New(), Elder: uuid.New()}
	require.ErrorIs(t, projecting(t, s, 2, from(beds(1), silent)), context.Canceled)
	written := map[string]int{}
	for _, changed := range s.kept {
		for _, n := range changed {
			written[n.Code+n.Variant+n.Area+n.Month.String()]++
		}
	}
	for cell, times := range written {
		require.Equal(t, 1, times, cell)
	}
}
