package contract

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// passage is what a filtered subscription told from its beginning on: events and checkpoints as they came.
type passage struct {
	events      []*esdb.ResolvedEvent
	checkpoints []checkpoint
}

// checkpoint is a position to go on from, and how many of the events came before it.
type checkpoint struct {
	at     esdb.Position
	behind int
}

// passage listens until the subscription is live.
func (h heard) passage() (p passage) {
	h.t.Helper()
	for {
		e := h.sub.Recv()
		require.Nil(h.t, e.SubscriptionDropped, "dropped: %+v", e.SubscriptionDropped)
		switch {
		case e.EventAppeared != nil:
			p.events = append(p.events, e.EventAppeared)
		case e.CheckPointReached != nil:
			p.checkpoints = append(p.checkpoints, checkpoint{*e.CheckPointReached, len(p.events)})
		case e.CaughtUp != nil:
			return p
		}
	}
}

func testCheckpoints(t *testing.T, k *kit) {
	from := k.mark(t)
	tag := "c" + uuid.NewString()[:8]
	wanted, other := tag+"-wanted", tag+"-other"
	filter := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{wanted}}
	sent := events("x", 40)
	for i := 0; i < len(sent); i += 4 { // one wanted to five others, the last event is a wanted one
		k.append(t, other, esdb.Any{}, events("o", 20)...)
		k.append(t, wanted, esdb.Any{}, sent[i:i+4]...)
	}
	for _, c := range []struct{ window, interval int }{{1, 1}, {4, 3}, {32, 1}, {esdb.NoMaxSearchWindow, 2}} {
		t.Run(fmt.Sprintf("catching up, window %d, interval %d", c.window, c.interval), func(t *testing.T) {
			p := k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: filter, MaxSearchWindow: c.window, CheckpointInterval: c.interval}).passage()
			require.Equal(t, sentIDs(sent), ids(p.events))
			p.requireInOrder(t)
			window := c.window
			if window == esdb.NoMaxSearchWindow {
				window = 32
			}
			k.requireSpacing(t, from, p, window*c.interval)
		})
	}
	t.Run("going live, before the caught-up message", func(t *testing.T) {
		old, checkpoints := k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: filter, CheckpointInterval: 1000}).untilCaughtUp()
		require.Equal(t, sentIDs(sent), ids(old))
		require.Len(t, checkpoints, 1)
		require.GreaterOrEqual(t, checkpoints[0].Commit, old[len(old)-1].OriginalEvent().Position.Commit)
	})
	t.Run("live", func(t *testing.T) { testLiveCheckpoints(t, k) })
	t.Run("from each a subscription goes on with no loss and no repetition", func(t *testing.T) {
		p := k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: filter, MaxSearchWindow: 10, CheckpointInterval: 1}).passage()
		require.Greater(t, len(p.checkpoints), 10)
		for _, c := range p.checkpoints {
			h := k.toAll(t, esdb.SubscribeToAllOptions{From: c.at, Filter: filter})
			require.Equal(t, ids(p.events[c.behind:]), ids(h.events(len(p.events)-c.behind)))
			require.NoError(t, h.sub.Close())
		}
	})
}

// requireInOrder: checkpoints rise, each lies at or behind the events that came before it and before those that came after.
func (p passage) requireInOrder(t *testing.T) {
	t.Helper()
	for i, c := range p.checkpoints {
		if i > 0 {
			require.Greater(t, c.at.Commit, p.checkpoints[i-1].at.Commit)
		}
		if c.behind > 0 {
			require.GreaterOrEqual(t, c.at.Commit, p.events[c.behind-1].OriginalEvent().Position.Commit)
		}
		if c.behind < len(p.events) {
			require.Less(t, c.at.Commit, p.events[c.behind].OriginalEvent().Position.Commit)
		}
	}
}

// requireSpacing: no more than window × interval events of $all are considered without a checkpoint. EventStoreDB puts
// one at the beginning of the page it has just read, of up to that many events again (AllSubscriptionFiltered.CatchUp).
func (k *kit) requireSpacing(t *testing.T, from esdb.Position, p passage, every int) {
	t.Helper()
	end := p.events[len(p.events)-1].OriginalEvent().Position
	var positions []uint64
	for _, e := range k.readAll(t, esdb.ReadAllOptions{From: from}, math.MaxUint64) {
		if at := e.OriginalEvent().Position; at.Commit <= end.Commit {
			positions = append(positions, at.Commit)
		}
	}
	before := 0
	for _, c := range p.checkpoints {
		here, _ := slices.BinarySearch(positions, c.at.Commit)
		require.LessOrEqual(t, here-before, 2*every)
		before = here
	}
	require.LessOrEqual(t, len(positions)-before, 2*every)
	require.GreaterOrEqual(t, len(p.checkpoints), len(positions)/every-1)
}

// testLiveCheckpoints: also when nothing passes the filter, who follows learns how far the log has gone.
func testLiveCheckpoints(t *testing.T, k *kit) {
	s := stream("elder")
	f := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"nobody-" + s}}
	h := k.toAll(t, esdb.SubscribeToAllOptions{From: esdb.End{}, Filter: f, MaxSearchWindow: 3, CheckpointInterval: 2})
	h.untilCaughtUp()
	for range 4 {
		k.append(t, s, esdb.Any{}, events("live", 6)...)
	}
	var before uint64
	for heardOf := 0; heardOf < 3; heardOf++ {
		e := h.next(func(e *esdb.SubscriptionEvent) bool { return e.CheckPointReached == nil })
		require.NotNil(t, e.CheckPointReached)
		require.Greater(t, e.CheckPointReached.Commit, before)
		before = e.CheckPointReached.Commit
	}
}
