package store

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// revisionsOf reads a stream forwards, nil where it is not to be seen.
func revisionsOf(t *testing.T, s *Store, stream string) (found []int64) {
	t.Helper()
	v, err := s.Stream(stream, s.Head())
	if err != nil || !v.Exists {
		return nil
	}
	records, _, err := s.Forward(v, 0, 1000)
	require.NoError(t, err)
	for _, r := range records {
		found = append(found, r.Revision)
	}
	return found
}

func TestScavenge(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2022, 11, 1, 8, 0, 0, 0, time.UTC)
	s, shut := openIn(t, dir, func() time.Time { return now })
	for _, stream := range []string{"whole", "counted", "cut", "aged", "deleted", "ended", "revived"} {
		write(t, s, stream, 10, 4)
	}
	now = now.Add(time.Hour)
	write(t, s, "aged", 2, 1)
	for range 3 {
		setMetadata(t, s, "counted", `{"$maxCount":3}`)
	}
	setMetadata(t, s, "cut", `{"$tb":6}`)
	setMetadata(t, s, "aged", `{"$maxAge":60}`)
	_, err := s.Delete(t.Context(), "deleted", Any)
	require.NoError(t, err)
	_, err = s.Tombstone(t.Context(), "ended", Any)
	require.NoError(t, err)
	_, err = s.Delete(t.Context(), "revived", Any)
	require.NoError(t, err)
	write(t, s, "revived", 2, 2)

	seen := map[string][]int64{}
	streams := []string{"whole", "counted", "cut", "aged", "deleted", "revived"}
	for _, stream := range streams {
		seen[stream] = revisionsOf(t, s, stream)
	}
	head := s.Head()
	all, err := s.AllForward(1, head, 1000)
	require.NoError(t, err)

	done, err := s.Scavenge(t.Context())
	require.NoError(t, err)
	// counted 7 and 2 of its metadata, cut 6, aged 10, deleted 9, ended 10, revived 10 and 1 of its metadata
	require.EqualValues(t, 7+2+6+10+9+10+10+1, done.Events)
	require.EqualValues(t, 2*5+1, done.Streams, "the five with metadata, that metadata, and the one that was ended: no other is looked at")
	for _, stream := range streams {
		require.Equal(t, seen[stream], revisionsOf(t, s, stream), stream)
	}
	_, err = s.Stream("ended", s.Head())
	require.ErrorAs(t, err, new(*StreamDeleted))
	left, err := s.AllForward(1, head, 1000)
	require.NoError(t, err)
	require.Len(t, left, len(all)-int(done.Events))
	byPosition := map[uint64]Record{}
	for _, r := range all {
		byPosition[r.Position] = r
	}
	for _, r := range left {
		require.Equal(t, byPosition[r.Position], r)
	}

	again, err := s.Scavenge(t.Context())
	require.NoError(t, err)
	require.Zero(t, again.Events)
	result, err := s.Append(t.Context(), "deleted", NoStream, []Proposed{metadataEvent(nil)})
	require.NoError(t, err)
	require.EqualValues(t, 10, result.Revision)
	require.Greater(t, result.Position, head)
	shut()
	summary, found, _ := verified(t, dir)
	require.Empty(t, found)
	require.EqualValues(t, done.Events, summary.Removed)
}

// A scavenge that removed the end of the log must not let a position be given out again.
func TestScavengeKeepsTheLastPosition(t *testing.T) {
	dir := t.TempDir()
	s, shut := openIn(t, dir, nil)
	write(t, s, "only", 5, 1)
	_, err := s.Delete(t.Context(), "only", Any)
	require.NoError(t, err)
	_, err = s.Scavenge(t.Context())
	require.NoError(t, err)
	head := s.Head()
	shut()
	s, _ = openIn(t, dir, nil)
	require.Equal(t, head, s.Head())
}

// TestScavengeFreesSpace: the files become smaller, while writers and readers go on.
func TestScavengeFreesSpace(t *testing.T) {
	s, _ := openIn(t, t.TempDir(), nil)
	setMetadata(t, s, "note", `{"$maxCount":2}`)
	write(t, s, "note", 60_000, 500)
	write(t, s, "kept", 10, 1)
	require.NoError(t, s.db.Flush())
	before := tableBytes(t, s)
	ctx, stop := context.WithCancel(t.Context())
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		for ctx.Err() == nil {
			write(t, s, "note", 10, 5)
			for _, stream := range []string{"note", "kept"} {
				require.NotEmpty(t, revisionsOf(t, s, stream))
			}
		}
	}()
	done, err := s.Scavenge(t.Context())
	stop()
	<-wrote
	require.NoError(t, err)
	require.GreaterOrEqual(t, done.Events, uint64(59_998))
	require.Less(t, tableBytes(t, s), before/4)
	require.Len(t, revisionsOf(t, s, "note"), 2)
	require.Len(t, revisionsOf(t, s, "kept"), 10)
}

func tableBytes(t *testing.T, s *Store) uint64 {
	t.Helper()
	bytes, err := s.db.EstimateDiskUsage([]byte{logSpace}, afterSpace(keptSpace))
	require.NoError(t, err)
	return bytes
}
