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

// mark writes an event of its own stream and answers its position, to begin at.
func (k *kit) mark(t testing.TB) esdb.Position {
	t.Helper()
	return at(k.append(t, stream("mark"), esdb.NoStream{}, events("mark", 1)...))
}

func at(r *esdb.WriteResult) esdb.Position {
	return esdb.Position{Commit: r.CommitPosition, Prepare: r.PreparePosition}
}

// window writes to two streams in turn and answers $all from a mark to the last of it, with what others wrote between.
func (k *kit) window(t testing.TB) (found []*esdb.ResolvedEvent) {
	t.Helper()
	from := k.mark(t)
	a, b := stream("elder"), stream("child")
	var last esdb.Position
	for i, s := range []string{a, b, b, a, b, a, a, b} {
		last = at(k.append(t, s, esdb.Any{}, events("x", i%3+1)...))
	}
	for _, e := range k.readAll(t, esdb.ReadAllOptions{From: from}, math.MaxUint64) {
		if found = append(found, e); e.OriginalEvent().Position == last {
			return found
		}
	}
	require.Fail(t, "$all does not hold the last event appended")
	return nil
}

// allOf answers what $all holds of a stream from a position on.
func (k *kit) allOf(t testing.TB, from esdb.AllPosition, s string) []*esdb.ResolvedEvent {
	t.Helper()
	return slices.DeleteFunc(k.readAll(t, esdb.ReadAllOptions{From: from}, math.MaxUint64), func(e *esdb.ResolvedEvent) bool {
		return e.OriginalEvent().StreamID != s
	})
}

// firstOf reads $all until it has met n events of a stream.
func (k *kit) firstOf(t testing.TB, opts esdb.ReadAllOptions, s string, n int) (found []*esdb.ResolvedEvent) {
	t.Helper()
	reading, err := k.client.ReadAll(deadline(t), opts, math.MaxUint64)
	require.NoError(t, err)
	defer reading.Close()
	for len(found) < n {
		e, err := reading.Recv()
		require.NoError(t, err)
		if e.OriginalEvent().StreamID == s {
			found = append(found, e)
		}
	}
	return found
}

func testAllPositions(t *testing.T, k *kit) {
	window := k.window(t)
	order := ids(window)
	for _, i := range []int{0, 1, 7, len(window) - 1} {
		from := window[i].OriginalEvent().Position
		for _, limit := range []int{1, 2, 5, len(window)} {
			t.Run(fmt.Sprintf("forwards from the event %d, at most %d", i, limit), func(t *testing.T) {
				want := order[i:min(len(order), i+limit)]
				found := ids(k.readAll(t, esdb.ReadAllOptions{From: from}, uint64(len(want))))
				require.Equal(t, want, found)
			})
			t.Run(fmt.Sprintf("backwards from the event %d, at most %d", i, limit), func(t *testing.T) {
				want := slices.Clone(order[max(0, i-limit):i])
				slices.Reverse(want)
				found := ids(k.readAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: from}, uint64(limit)))
				require.GreaterOrEqual(t, len(found), len(want))
				require.LessOrEqual(t, len(found), limit)
				require.Equal(t, want, found[:len(want)])
			})
		}
	}
	t.Run("backwards from the end comes to the last event first", func(t *testing.T) {
		last := window[len(window)-1].OriginalEvent()
		found := k.firstOf(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, last.StreamID, 1)
		require.Equal(t, last.EventID, found[0].OriginalEvent().EventID)
		requireFalling(t, k.readAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, 50))
	})
	t.Run("a long read backwards is the same forwards, turned", func(t *testing.T) {
		end := window[len(window)-1].OriginalEvent().Position
		back := k.readAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: end}, 2000)
		forward := k.readAll(t, esdb.ReadAllOptions{From: back[len(back)-1].OriginalEvent().Position}, uint64(len(back)))
		slices.Reverse(back)
		require.Equal(t, ids(forward), ids(back))
	})
	t.Run("the ends", func(t *testing.T) {
		// Others may write meanwhile, so that the end moves: nothing of before it may come.
		for _, e := range k.readAll(t, esdb.ReadAllOptions{From: esdb.End{}}, 5) {
			require.NotContains(t, order, e.OriginalEvent().EventID)
		}
		require.Empty(t, k.readAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.Start{}}, 5))
		two := k.readAll(t, esdb.ReadAllOptions{From: esdb.Start{}}, 2)
		require.Len(t, two, 2)
		require.Empty(t, k.readAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: two[0].OriginalEvent().Position}, 5), "nothing is before the first")
		require.Equal(t, ids(two), ids(k.readAll(t, esdb.ReadAllOptions{From: two[0].OriginalEvent().Position}, 2)))
	})
	t.Run("nothing asked for, nothing answered", func(t *testing.T) {
		// EventStoreDB 24.10 refuses a count of 0 for a stream (IndexReader: Ensure.Positive) and never ends such a read
		// of $all: whatever is answered, it must hold no event.
		found, _ := k.tryAll(t, esdb.ReadAllOptions{From: esdb.Start{}, Deadline: &moment}, 0)
		require.Empty(t, found)
		found, _ = k.read(t, window[1].OriginalEvent().StreamID, esdb.ReadStreamOptions{From: esdb.Start{}}, 0)
		require.Empty(t, found)
	})
	t.Run("a position that no event has", func(t *testing.T) { testOddPositions(t, k, window) })
}

// testOddPositions: a cluster's positions are bytes of its log, and one within a record may be refused. What must not
// happen is an answer that holds what is before a position, or leaves out what comes after.
func testOddPositions(t *testing.T, k *kit, window []*esdb.ResolvedEvent) {
	i := len(window) / 2
	here := window[i].OriginalEvent().Position
	odd := esdb.Position{Commit: here.Commit + 1, Prepare: here.Prepare + 1}
	t.Run("forwards from behind an event", func(t *testing.T) {
		found, err := k.tryAll(t, esdb.ReadAllOptions{From: odd}, 3)
		require.True(t, err != nil || slices.Equal(ids(window[i+1:i+4]), ids(found)), "%v %v", err, found)
	})
	t.Run("backwards from behind an event", func(t *testing.T) {
		found, err := k.tryAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: odd}, 2)
		require.True(t, err != nil || slices.Equal([]uuid.UUID{ids(window)[i], ids(window)[i-1]}, ids(found)), "%v %v", err, found)
	})
	beyond := esdb.Position{Commit: math.MaxInt64 - 1, Prepare: math.MaxInt64 - 1}
	t.Run("forwards from far behind the end", func(t *testing.T) {
		found, _ := k.tryAll(t, esdb.ReadAllOptions{From: beyond}, 3)
		require.Empty(t, found)
	})
	t.Run("backwards from far behind the end", func(t *testing.T) {
		found, err := k.tryAll(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: beyond}, 20)
		requireFalling(t, found)
		require.True(t, err != nil || len(found) > 0 && found[0].OriginalEvent().Position.Commit >= window[len(window)-1].OriginalEvent().Position.Commit)
	})
}

func requireFalling(t *testing.T, found []*esdb.ResolvedEvent) {
	t.Helper()
	for i := 1; i < len(found); i++ {
		require.Less(t, found[i].OriginalEvent().Position.Commit, found[i-1].OriginalEvent().Position.Commit)
	}
}

// testOnePosition: the answer of an append, the stream and $all name one position for one event.
func testOnePosition(t *testing.T, k *kit) {
	s, from := stream("elder"), k.mark(t)
	results := map[uint64]esdb.Position{} // by the revision of the last event
	for _, n := range []int{1, 4, 2} {
		r := k.append(t, s, esdb.Any{}, events("x", n)...)
		results[r.NextExpectedVersion] = at(r)
	}
	inAll := map[uuid.UUID]*esdb.RecordedEvent{}
	for _, e := range k.readAll(t, esdb.ReadAllOptions{From: from}, math.MaxUint64) {
		inAll[e.Event.EventID] = e.Event
		require.NotNil(t, e.Commit)
		require.Equal(t, e.Event.Position.Commit, *e.Commit)
	}
	last := from.Commit
	for _, e := range k.whole(t, s) {
		here := e.Event.Position
		require.Greater(t, here.Commit, last, "positions rise, also within one append")
		last = here.Commit
		require.Equal(t, inAll[e.Event.EventID], e.Event, "the stream and $all hold one and the same event")
		if result, ends := results[e.Event.EventNumber]; ends {
			require.Equal(t, result, here)
		}
	}
}
