package projector_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/projector"
)

// Parked answers the newest row of each number that is not settled.
func (s *store) Parked(_ context.Context, _ string, q facts.ParkedQuery) ([]facts.Parked, error) {
	if err := s.step("parked"); err != nil {
		return nil, err
	}
	s.askedUpTo = q.UpTo
	var page []facts.Parked
	for _, p := range s.parked() {
		asked := len(q.Numbers) == 0
		for _, n := range q.Numbers {
			asked = asked || n == p.Number
		}
		if asked && p.Number > q.After && p.Number <= q.UpTo && p.Request != q.NotOf && len(page) < q.Limit {
			page = append(page, p)
		}
	}
	return page, nil
}

func (s *store) parked() []facts.Parked {
	s.mu.Lock()
	defer s.mu.Unlock()
	newest := map[uint64]facts.Parked{}
	last := uint64(0)
	for _, r := range s.rows {
		if p, ok := r.(facts.Parked); ok {
			newest[p.Number] = p
			last = max(last, p.Number)
		}
	}
	var all []facts.Parked
	for n := range last + 1 {
		if p, ok := newest[n]; ok && p.SettledAt.Equal(facts.Never()) {
			all = append(all, p)
		}
	}
	return all
}

// log answers events by revision; an unknown one as a build that does not know its type reads it.
type log map[uint64]event.Recorded

func (l log) lookup(_ context.Context, _ string, revision uint64) (event.Recorded, error) {
	return l[revision], nil
}

func unread(r event.Recorded) event.Recorded {
	r.Event = nil
	return r
}

func never(ctx context.Context, _ func(context.Context, projector.Replay) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestAnEventThatCannotBeReadIsParked(t *testing.T) {
	s := newStore()
	unknown := beds(1)
	unknown.Stream, unknown.Revision = "institution-5326-x", 7
	unknown.Metadata.OccurredOn = calendar.Date(2021, 6, 1)
	require.ErrorIs(t, projecting(t, s, 2, from(unread(unknown), beds(2))), context.Canceled)
	require.InDelta(t, 10, s.value("elder-beds", "532600", "2021-12"), 0, "the projection goes on")
	require.Equal(t, []facts.Parked{{
		Key: facts.Key{Prefecture: "5326", Number: 1}, EventID: unknown.ID, Type: "BedsOpened.v1", Reason: facts.ReasonUnknown, Stack: []string{},
		Stream: "institution-5326-x", Revision: 7, Area: "532601001", OccurredIn: int32(calendar.MonthOf(2021, 6)), Areas: []string{"532601001"},
		Since: int32(calendar.MonthOf(2021, 6)), ParkedAt: s.now(), TriedAt: s.now(), SettledAt: facts.Never(),
	}}, s.parked())
}

func (s *store) didSince(before int, step string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.steps[before:], step)
}

func (s *store) now() time.Time { return time.Date(2022, 1, 10, 0, 0, 0, 0, time.UTC) }

// broken is a fold with a mistake: what it panics with holds somebody's name.
func broken(r event.Recorded) []facts.Row {
	if r.Number == 1 {
		panic(errors.New("张桂芳 has no day of birth"))
	}
	return facts.Fold(r)
}

func TestAFoldThatPanicsSaysWhereAndNotWhat(t *testing.T) {
	s := newStore()
	require.ErrorIs(t, projectingWith(t, s, 2, from(beds(1), beds(2)), func(p *projector.Projector) { p.Fold = broken }), context.Canceled)
	all := s.parked()
	require.Len(t, all, 1)
	require.Equal(t, facts.ReasonBroken, all[0].Reason)
	require.Equal(t, "*errors.errorString", all[0].Panic)
	require.NotEmpty(t, all[0].Stack)
	require.Regexp(t, `^projections/projector_test\.broken \(parked_test\.go:\d+\)$`, all[0].Stack[0])
	written, err := json.Marshal(all)
	require.NoError(t, err)
	require.NotContains(t, string(written), "张桂芳")
	for _, frame := range all[0].Stack {
		require.False(t, strings.HasPrefix(frame, "runtime."), frame)
	}
	envelopes := 0
	for _, r := range s.rows {
		if e, ok := r.(facts.Event); ok && e.Number == 1 {
			envelopes++
		}
	}
	require.Equal(t, 1, envelopes, "its envelope is kept")
}

func TestWhatAParkedEventMayTouch(t *testing.T) {
	occurred := calendar.Date(2021, 6, 5)
	for behaviour, c := range map[string]struct {
		area, data string
		known      bool
		areas      []string
		since      string
	}{
		"its own area, from its month on":                    {"532601001", `{"x":1}`, false, []string{"532601001"}, "2021-06"},
		"the township of a community":                        {"532601001005", ``, false, []string{"532601001"}, "2021-06"},
		"the areas that stand in it":                         {"532601001", `{"to":{"institution_area":"532622000000"},"n":["532601"]}`, true, []string{"532601", "532601001", "532622"}, "2021-06"},
		"not the areas of others, nor other numbers":         {"532601001", `{"a":"530102","b":"532601199","c":"13987654321"}`, true, []string{"532601001"}, "2021-06"},
		"from the earliest day in it":                        {"532601001", `{"was_on":"2021-03-31","on":"2021-06-05"}`, true, []string{"532601001"}, "2021-03"},
		"not before the first month that has cells":          {"532601001", `{"on":"1948-03-11"}`, true, []string{"532601001"}, "2020-12"},
		"a period of a type that is not known is days":       {"532601001", `{"period":"2021-Q1"}`, false, []string{"532601001"}, "2021-01"},
		"a month of birth of a type that is known is no day": {"532601001", `{"birth_month":"1948-03"}`, true, []string{"532601001"}, "2021-06"},
		"everything, where its area is not in the table":     {"532699", `{}`, false, []string{}, ""},
		"everything, where it cannot be read at all":         {"532601001", `{`, false, []string{}, ""},
	} {
		t.Run(behaviour, func(t *testing.T) {
			s := newStore()
			e := beds(1)
			e.Metadata.Area, e.Data, e.Metadata.OccurredOn = c.area, []byte(c.data), occurred
			change := func(p *projector.Projector) { p.Fold = broken }
			if !c.known {
				e.Event = nil
			}
			require.ErrorIs(t, projectingWith(t, s, 1, from(e), change), context.Canceled)
			require.Len(t, s.parked(), 1)
			require.Equal(t, c.areas, s.parked()[0].Areas)
			since := ""
			if m := s.parked()[0].Since; m != 0 {
				since = calendar.Month(m).String()
			}
			require.Equal(t, c.since, since)
		})
	}
}

func TestABuildThatKnowsMoreCountsWhatWasParkedByItself(t *testing.T) {
	s := newStore()
	unknown := beds(1)
	require.ErrorIs(t, projecting(t, s, 2, from(unread(unknown), beds(2))), context.Canceled)
	require.Len(t, s.parked(), 1)
	before := len(s.steps)
	s.failAtOnce["parked"] = errors.New("the warehouse is away for a moment")

	require.ErrorIs(t, projectingWith(t, s, 3, later(s, beds(3)), func(p *projector.Projector) {
		p.Lookup, p.Replays = log{0: unknown}.lookup, never
	}), context.Canceled)
	require.Empty(t, s.parked())
	require.InDelta(t, 30, s.value("elder-beds", "532600", "2021-12"), 0)
	require.EqualValues(t, 2, s.askedUpTo, "what comes after the checkpoint is tried when it is folded")
	steps := s.steps[before:]
	written, settled := slices.Index(steps, "rows"), slices.Index(steps, "settle")
	require.Less(t, written, settled)
	require.Contains(t, steps[written:settled], "cells", "it is parked until what it touches is counted")
}

// later feeds an event once nothing is parked any more.
func later(s *store, e event.Recorded) projector.Feed {
	return func(ctx context.Context, _ event.Checkpoint, take func(context.Context, []event.Recorded, bool) error) error {
		for len(s.parked()) > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Millisecond):
			}
		}
		if err := take(ctx, []event.Recorded{e}, true); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	}
}

func TestACrashBeforeAReplayedEventIsSettledLeavesItParked(t *testing.T) {
	s := newStore()
	unknown := beds(1)
	require.ErrorIs(t, projecting(t, s, 2, from(unread(unknown), beds(2))), context.Canceled)
	with := func(p *projector.Projector) { p.Lookup, p.Replays = log{0: unknown}.lookup, never }
	crashed := errors.New("killed")
	s.failAtOnce["settle"] = crashed
	require.ErrorIs(t, projectingWith(t, s, 0, from(), with), crashed)
	require.Len(t, s.parked(), 1, "its cells are counted, and still said to be incomplete")
	require.ErrorIs(t, projectingWith(t, s, 3, later(s, beds(3)), with), context.Canceled)
	require.Empty(t, s.parked())
	require.InDelta(t, 30, s.value("elder-beds", "532600", "2021-12"), 0, "once, not twice")
}

func TestAReplayTriesWhatIsAskedForAndSaysWhatStaysParked(t *testing.T) {
	s := newStore()
	first, second, third := beds(1), beds(2), beds(3)
	second.Revision, third.Revision = 1, 2
	require.ErrorIs(t, projecting(t, s, 3, from(unread(first), unread(second), unread(third))), context.Canceled)
	knows, before := make(chan struct{}), len(s.steps)
	with := func(p *projector.Projector) {
		p.Now = func() time.Time { return s.now().Add(time.Hour) }
		p.Lookup = func(ctx context.Context, stream string, revision uint64) (event.Recorded, error) {
			select {
			case <-knows: // closed: the build knows more now
				return log{0: first, 1: unread(second)}.lookup(ctx, stream, revision)
			default:
				return unread(log{0: first, 1: second, 2: third}[revision]), nil
			}
		}
		p.Replays = func(ctx context.Context, take func(context.Context, projector.Replay) error) error {
			for !s.didSince(before, "cells") { // what is marked at the start is counted
				time.Sleep(time.Millisecond)
			}
			close(knows)
			require.NoError(t, take(ctx, projector.Replay{Request: uuid.UUID{1}, Numbers: []uint64{1}}))
			for len(s.parked()) > 2 {
				time.Sleep(time.Millisecond)
			}
			require.NoError(t, take(ctx, projector.Replay{Request: uuid.UUID{2}}))
			<-ctx.Done()
			return ctx.Err()
		}
	}
	go func() {
		for {
			if all := s.parked(); len(all) == 2 && all[1].Request == (uuid.UUID{2}) {
				s.counted <- 4
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	require.ErrorIs(t, projectingWith(t, s, 4, from(), with), context.Canceled)
	all := s.parked()
	require.Len(t, all, 2)
	require.Equal(t, facts.ReasonUnknown, all[0].Reason)
	require.Equal(t, s.now(), all[0].ParkedAt)
	require.Equal(t, s.now().Add(time.Hour), all[0].TriedAt)
	require.Equal(t, facts.ReasonMissing, all[1].Reason, "the log has another event there, or none")
	require.InDelta(t, 10, s.value("elder-beds", "532600", "2021-12"), 0)
}

func TestAFoldIsMendedByAnotherBuild(t *testing.T) {
	s := newStore()
	poison := beds(1)
	require.ErrorIs(t, projectingWith(t, s, 1, from(poison), func(p *projector.Projector) { p.Fold = broken }), context.Canceled)
	require.ErrorIs(t, projectingWith(t, s, 2, later(s, beds(2)), func(p *projector.Projector) {
		p.Lookup, p.Replays = log{0: poison}.lookup, never
	}), context.Canceled)
	require.InDelta(t, 20, s.value("elder-beds", "532600", "2021-12"), 0)
}
