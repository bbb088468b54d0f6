package kurrent

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/kurrent-io/KurrentDB-Client-Go/kurrentdb"
	"github.com/stretchr/testify/require"
)

func testReadStream(t *testing.T, k *kit) {
	s := stream("elder")
	k.append(t, s, kurrentdb.NoStream{}, events("a", 10)...)
	for _, c := range []struct {
		name  string
		dir   kurrentdb.Direction
		from  kurrentdb.StreamPosition
		count uint64
		want  []uint64
	}{
		{"all", kurrentdb.Forwards, kurrentdb.Start{}, all, span(0, 9)},
		{"a few", kurrentdb.Forwards, kurrentdb.Start{}, 3, span(0, 2)},
		{"from a revision", kurrentdb.Forwards, kurrentdb.Revision(4), 2, span(4, 5)},
		{"from behind the last", kurrentdb.Forwards, kurrentdb.Revision(10), 5, []uint64{}},
		{"from the end", kurrentdb.Forwards, kurrentdb.End{}, 5, []uint64{}},
		{"backwards", kurrentdb.Backwards, kurrentdb.End{}, all, span(9, 0)},
		{"backwards, the last", kurrentdb.Backwards, kurrentdb.End{}, 1, span(9, 9)},
		{"backwards from a revision", kurrentdb.Backwards, kurrentdb.Revision(4), 2, span(4, 3)},
		{"backwards from behind the last", kurrentdb.Backwards, kurrentdb.Revision(99), all, span(9, 0)},
		{"backwards from the start", kurrentdb.Backwards, kurrentdb.Start{}, 5, span(0, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := k.read(t, s, kurrentdb.ReadStreamOptions{Direction: c.dir, From: c.from}, c.count)
			require.NoError(t, err)
			require.Equal(t, c.want, revisions(found))
		})
	}
	t.Run("a missing stream is said to be so", func(t *testing.T) {
		_, err := k.read(t, stream("nobody"), kurrentdb.ReadStreamOptions{}, all)
		requireCode(t, kurrentdb.ErrorCodeResourceNotFound, err)
	})
	t.Run("a long one, left half-way, and whole", func(t *testing.T) {
		s := stream("long")
		for i := range 3 {
			k.append(t, s, kurrentdb.Any{}, events(fmt.Sprint(i), 1000)...)
		}
		reading, err := k.ReadStream(deadline(t), s, kurrentdb.ReadStreamOptions{}, all)
		require.NoError(t, err)
		_, err = reading.Recv()
		require.NoError(t, err)
		reading.Close()
		require.Equal(t, span(0, 2999), revisions(k.whole(t, s)))
	})
}

func testReadAll(t *testing.T, k *kit) {
	from := k.mark(t)
	a, b, sent := stream("elder"), stream("child"), events("a", 10)
	for i := range sent {
		k.append(t, []string{a, b}[i%2], kurrentdb.Any{}, sent[i])
	}
	until := k.mark(t)
	forwards := k.readAll(t, kurrentdb.ReadAllOptions{From: from}, all)
	require.Equal(t, from, forwards[0].Event.Position, "a forward read brings the position it begins at")
	require.Equal(t, sentIDs(sent), ids(ofStream(forwards, a, b)))
	for i := 1; i < len(forwards); i++ {
		require.Greater(t, forwards[i].Event.Position.Commit, forwards[i-1].Event.Position.Commit)
	}
	backwards := k.readAll(t, kurrentdb.ReadAllOptions{Direction: kurrentdb.Backwards, From: until}, uint64(len(forwards)-2))
	require.Less(t, backwards[0].Event.Position.Commit, until.Commit, "a backward read leaves out the position it begins at")
	turned := slices.Clone(sent)
	slices.Reverse(turned)
	require.Equal(t, sentIDs(turned), ids(ofStream(backwards, a, b)))
	require.Len(t, k.readAll(t, kurrentdb.ReadAllOptions{From: from}, 4), 4)
	require.Len(t, k.readAll(t, kurrentdb.ReadAllOptions{From: kurrentdb.Start{}}, 1), 1)
	require.Len(t, k.readAll(t, kurrentdb.ReadAllOptions{Direction: kurrentdb.Backwards, From: kurrentdb.End{}}, 3), 3)
	require.Empty(t, k.readAll(t, kurrentdb.ReadAllOptions{From: kurrentdb.End{}}, 3))
	require.Empty(t, k.readAll(t, kurrentdb.ReadAllOptions{Direction: kurrentdb.Backwards, From: kurrentdb.Start{}}, 3))
}

func testLinks(t *testing.T, k *kit) {
	target, gone, s := stream("target"), stream("target"), stream("links")
	k.append(t, target, kurrentdb.NoStream{}, events("a", 3)...)
	k.append(t, gone, kurrentdb.NoStream{}, events("a", 3)...)
	_, err := k.DeleteStream(deadline(t), gone, kurrentdb.DeleteStreamOptions{})
	require.NoError(t, err)
	k.append(t, s, kurrentdb.NoStream{}, link(2, target), link(0, gone), events("plain", 1)[0])
	for _, resolve := range []bool{true, false} {
		found, err := k.read(t, s, kurrentdb.ReadStreamOptions{ResolveLinkTos: resolve}, all)
		require.NoError(t, err)
		require.Equal(t, span(0, 2), revisions(found))
		require.Nil(t, found[2].Link)
		for _, e := range found[:2] {
			require.Equal(t, resolve, e.Link != nil)
		}
		if resolve {
			require.Equal(t, k.whole(t, target)[2].Event, found[0].Event)
			require.Nil(t, found[1].Event, "what it leads to is gone")
		}
	}
}

func link(number uint64, to string) kurrentdb.EventData {
	return kurrentdb.EventData{EventID: uuid.New(), EventType: "$>", Data: fmt.Appendf(nil, "%d@%s", number, to)}
}
