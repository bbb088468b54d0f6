package kurrent

import (
	"slices"
	"testing"
	"time"

	"github.com/kurrent-io/KurrentDB-Client-Go/kurrentdb"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func testMetadata(t *testing.T, k *kit) {
	s := stream("elder")
	k.append(t, s, kurrentdb.NoStream{}, events("a", 10)...)
	set := func(t *testing.T, change func(m *kurrentdb.StreamMetadata)) {
		var m kurrentdb.StreamMetadata
		change(&m)
		_, err := k.SetStreamMetadata(deadline(t), s, kurrentdb.AppendToStreamOptions{}, m)
		require.NoError(t, err)
	}
	t.Run("what is set is got", func(t *testing.T) {
		set(t, func(m *kurrentdb.StreamMetadata) {
			m.SetMaxCount(100)
			m.SetMaxAge(time.Hour)
			m.AddCustomProperty("备注", "附注")
		})
		got, err := k.GetStreamMetadata(deadline(t), s, kurrentdb.ReadStreamOptions{Direction: kurrentdb.Backwards, From: kurrentdb.End{}})
		require.NoError(t, err)
		require.EqualValues(t, 100, *got.MaxCount())
		require.Equal(t, time.Hour, *got.MaxAge())
		require.Equal(t, "附注", got.CustomProperty("备注"))
		require.Len(t, k.whole(t, s), 10)
	})
	t.Run("max count hides", func(t *testing.T) {
		set(t, func(m *kurrentdb.StreamMetadata) { m.SetMaxCount(3) })
		require.Equal(t, span(7, 9), revisions(k.whole(t, s)))
	})
	t.Run("truncate before hides", func(t *testing.T) {
		set(t, func(m *kurrentdb.StreamMetadata) { m.SetTruncateBefore(4) })
		require.Equal(t, span(4, 9), revisions(k.whole(t, s)))
	})
}

func testDelete(t *testing.T, k *kit) {
	s := stream("elder")
	k.append(t, s, kurrentdb.NoStream{}, events("a", 3)...)
	_, err := k.DeleteStream(deadline(t), s, kurrentdb.DeleteStreamOptions{StreamState: kurrentdb.Revision(1)})
	var e *kurrentdb.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, codes.FailedPrecondition, status.Code(e.Err()), "the client has no word for it here")
	require.Len(t, k.whole(t, s), 3)
	before := k.mark(t)
	for _, expected := range []kurrentdb.StreamState{kurrentdb.Revision(2), kurrentdb.Any{}} {
		result, err := k.DeleteStream(deadline(t), s, kurrentdb.DeleteStreamOptions{StreamState: expected})
		require.NoError(t, err)
		require.Greater(t, result.Position.Commit, before.Commit)
		_, err = k.read(t, s, kurrentdb.ReadStreamOptions{}, all)
		requireCode(t, kurrentdb.ErrorCodeResourceNotFound, err)
	}
	require.EqualValues(t, 4, k.append(t, s, kurrentdb.NoStream{}, events("b", 2)...).NextExpectedVersion)
	require.Equal(t, span(3, 4), revisions(k.whole(t, s)))
}

func testTombstone(t *testing.T, k *kit) {
	s := stream("elder")
	k.append(t, s, kurrentdb.NoStream{}, events("a", 3)...)
	_, err := k.TombstoneStream(deadline(t), s, kurrentdb.TombstoneStreamOptions{StreamState: kurrentdb.Revision(1)})
	require.Error(t, err)
	before := k.mark(t)
	result, err := k.TombstoneStream(deadline(t), s, kurrentdb.TombstoneStreamOptions{StreamState: kurrentdb.Revision(2)})
	require.NoError(t, err)
	require.Greater(t, result.Position.Commit, before.Commit)
	for _, expected := range []kurrentdb.StreamState{kurrentdb.Any{}, kurrentdb.NoStream{}, kurrentdb.StreamExists{}, kurrentdb.Revision(2)} {
		k.refused(t, kurrentdb.ErrorCodeStreamDeleted, s, expected, events("b", 1)...)
	}
	_, err = k.read(t, s, kurrentdb.ReadStreamOptions{}, all)
	requireCode(t, kurrentdb.ErrorCodeStreamDeleted, err)
	_, err = k.DeleteStream(deadline(t), s, kurrentdb.DeleteStreamOptions{})
	requireCode(t, kurrentdb.ErrorCodeStreamDeleted, err)
}

// testNewer: an append to several streams at once, which came with 25.1, works or is refused in the client's own words.
func testNewer(t *testing.T, k *kit) {
	sent := events("a", 2)
	for i := range sent {
		sent[i].Metadata = []byte(`{"by":"contract"}`)
	}
	a, b := stream("elder"), stream("child")
	_, err := k.MultiStreamAppend(deadline(t), slices.Values([]kurrentdb.AppendStreamRequest{
		{StreamName: a, Events: slices.Values(sent[:1]), ExpectedStreamState: kurrentdb.NoStream{}},
		{StreamName: b, Events: slices.Values(sent[1:]), ExpectedStreamState: kurrentdb.NoStream{}},
	}))
	if err == nil {
		require.Len(t, append(k.whole(t, a), k.whole(t, b)...), 2)
		return
	}
	requireCode(t, kurrentdb.ErrorCodeUnsupportedFeature, err)
}
