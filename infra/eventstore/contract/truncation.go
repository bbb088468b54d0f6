package contract

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

func testTruncation(t *testing.T, k *kit) {
	for _, c := range []struct {
		name     string
		metadata string
		want     []uint64
	}{
		{"max count above truncate before", `{"$maxCount":3,"$tb":2}`, span(7, 9)},
		{"truncate before above max count", `{"$maxCount":8,"$tb":5}`, span(5, 9)},
		{"both hide all", `{"$maxCount":1,"$tb":10}`, nil},
		{"a max count beyond what there is", `{"$maxCount":100}`, span(0, 9)},
		{"truncate before 0", `{"$tb":0}`, span(0, 9)},
		{"all three", `{"$maxCount":6,"$tb":2,"$maxAge":3600}`, span(4, 9)},
		{"no system property", `{"maxCount":1,"tb":9}`, span(0, 9)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stream("elder")
			k.append(t, s, esdb.NoStream{}, events("x", 10)...)
			k.append(t, "$$"+s, esdb.NoStream{}, metadataEvent(c.metadata))
			require.Equal(t, c.want, nilIfEmpty(revisions(k.whole(t, s))))
			for _, limit := range []uint64{1, 2, 50} {
				found, err := k.read(t, s, esdb.ReadStreamOptions{From: esdb.Start{}}, limit)
				require.NoError(t, err)
				require.Equal(t, c.want[:min(len(c.want), int(limit))], nilIfEmpty(revisions(found)), "limit %d", limit)
			}
			back, err := k.read(t, s, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.Revision(4)}, 50)
			require.NoError(t, err)
			for _, e := range back {
				require.Contains(t, c.want, e.OriginalEvent().EventNumber)
			}
		})
	}
	t.Run("taken back, what was hidden is seen again", func(t *testing.T) {
		// Until a cluster scavenges; this suite starts no scavenge.
		s := stream("elder")
		k.append(t, s, esdb.NoStream{}, events("x", 10)...)
		k.append(t, "$$"+s, esdb.Any{}, metadataEvent(`{"$tb":9}`))
		require.Equal(t, span(9, 9), revisions(k.whole(t, s)))
		k.append(t, "$$"+s, esdb.Any{}, metadataEvent(`{}`))
		require.Equal(t, span(0, 9), revisions(k.whole(t, s)))
	})
	t.Run("metadata of a stream that is not there yet holds for it", func(t *testing.T) {
		s := stream("elder")
		k.append(t, "$$"+s, esdb.NoStream{}, metadataEvent(`{"$maxCount":2}`))
		_, err := k.read(t, s, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
		requireCode(t, esdb.ErrorCodeResourceNotFound, err)
		k.append(t, s, esdb.NoStream{}, events("x", 5)...)
		require.Equal(t, span(3, 4), revisions(k.whole(t, s)))
	})
	t.Run("hidden events count: revisions and ids are as they were", func(t *testing.T) {
		s, sent := stream("elder"), events("x", 3)
		first := k.append(t, s, esdb.NoStream{}, sent...)
		k.append(t, "$$"+s, esdb.Any{}, metadataEvent(`{"$tb":3}`))
		k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.NoStream{}, events("y", 1)...)
		require.Equal(t, at(first), at(k.append(t, s, esdb.NoStream{}, sent...)))
		require.EqualValues(t, 3, k.append(t, s, esdb.Revision(2), events("y", 1)...).NextExpectedVersion)
	})
}

// ageing gives a stream that keeps its events for a second; at the end of the suite they must be gone.
func ageing(t *testing.T, k *kit) func(t *testing.T, k *kit) {
	t.Helper()
	s, whole := stream("aged"), stream("aged")
	from := k.mark(t)
	for _, name := range []string{s, whole} {
		k.append(t, name, esdb.NoStream{}, events("old", 4)...)
		k.setMetadata(t, name, func(m *esdb.StreamMetadata) { m.SetMaxAge(time.Second) })
	}
	return func(t *testing.T, k *kit) {
		t.Run("an old event is hidden, the young one is seen", func(t *testing.T) {
			k.append(t, s, esdb.Revision(3), events("young", 1)...)
			young := func() ([]uint64, []uint64) {
				back, err := k.read(t, s, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, 9)
				require.NoError(t, err)
				return revisions(k.whole(t, s)), revisions(back)
			}
			require.Eventually(t, func() bool {
				forward, back := young()
				return len(forward) < 5 && len(back) < 5
			}, patience, 10*time.Millisecond)
			k.setMetadata(t, s, func(m *esdb.StreamMetadata) { m.SetMaxAge(time.Hour) })
			forward, back := young()
			require.Equal(t, span(0, 4), forward)
			require.Equal(t, down(4, 0), back)
		})
		t.Run("with all of them old the stream is empty, yet there", func(t *testing.T) {
			require.Eventually(t, func() bool { return len(k.whole(t, whole)) == 0 }, patience, 10*time.Millisecond)
			h := k.toStream(t, whole, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
			old, _ := h.untilCaughtUp()
			require.Empty(t, old)
			k.append(t, whole, esdb.Revision(3), events("young", 1)...)
			require.EqualValues(t, 4, h.event().OriginalEvent().EventNumber)
			require.Equal(t, span(4, 4), revisions(k.whole(t, whole)))
		})
		t.Run("$all still shows them", func(t *testing.T) {
			require.Len(t, k.allOf(t, from, whole), 5)
		})
	}
}
