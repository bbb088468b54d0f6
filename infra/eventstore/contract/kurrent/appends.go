package kurrent

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/kurrent-io/KurrentDB-Client-Go/kurrentdb"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func testAppend(t *testing.T, k *kit) {
	t.Run("a new stream begins at revision 0 and goes on", func(t *testing.T) {
		s := stream("elder")
		first := k.append(t, s, kurrentdb.NoStream{}, events("a", 1)...)
		second := k.append(t, s, kurrentdb.Revision(0), events("b", 3)...)
		require.EqualValues(t, 0, first.NextExpectedVersion)
		require.EqualValues(t, 3, second.NextExpectedVersion)
		require.Greater(t, second.CommitPosition, first.CommitPosition)
		found := k.whole(t, s)
		require.Equal(t, span(0, 3), revisions(found))
		require.Equal(t, second.CommitPosition, found[3].Event.Position.Commit)
	})
	for name, expected := range map[string]kurrentdb.StreamState{
		"any": kurrentdb.Any{}, "exists": kurrentdb.StreamExists{}, "revision": kurrentdb.Revision(1), "none said": nil,
	} {
		t.Run("right: "+name, func(t *testing.T) {
			s := stream("elder")
			k.append(t, s, kurrentdb.NoStream{}, events("a", 2)...)
			require.EqualValues(t, 2, k.append(t, s, expected, events("b", 1)...).NextExpectedVersion)
		})
	}
	for name, expected := range map[string]kurrentdb.StreamState{
		"no stream": kurrentdb.NoStream{}, "too low": kurrentdb.Revision(0), "too high": kurrentdb.Revision(9),
	} {
		t.Run("wrong: "+name, func(t *testing.T) {
			s := stream("elder")
			k.append(t, s, kurrentdb.NoStream{}, events("a", 2)...)
			_, err := k.send(t, s, expected, events("b", 1)...)
			requireCode(t, kurrentdb.ErrorCodeWrongExpectedVersion, err)
			require.ErrorContains(t, err, "got '1'")
			require.Len(t, k.whole(t, s), 2)
		})
	}
	for name, expected := range map[string]kurrentdb.StreamState{"exists": kurrentdb.StreamExists{}, "revision": kurrentdb.Revision(0)} {
		t.Run("wrong on a missing stream: "+name, func(t *testing.T) {
			_, err := k.send(t, stream("elder"), expected, events("b", 1)...)
			requireCode(t, kurrentdb.ErrorCodeWrongExpectedVersion, err)
			require.ErrorContains(t, err, "got 'no_stream'")
		})
	}
	t.Run("of those who expect the same, one gets it", func(t *testing.T) {
		s := stream("elder")
		k.append(t, s, kurrentdb.NoStream{}, events("a", 1)...)
		won := make([]bool, 16)
		var g errgroup.Group
		for i := range won {
			g.Go(func() error {
				_, err := k.send(t, s, kurrentdb.Revision(0), events(strconv.Itoa(i), 2)...)
				won[i] = err == nil
				return nil
			})
		}
		require.NoError(t, g.Wait())
		count := 0
		for _, w := range won {
			if w {
				count++
			}
		}
		require.Equal(t, 1, count)
		require.Equal(t, span(0, 2), revisions(k.whole(t, s)))
	})
}

func testIdempotency(t *testing.T, k *kit) {
	given := func(t *testing.T) (string, []kurrentdb.EventData, *kurrentdb.WriteResult) {
		s, sent := stream("elder"), events("a", 3)
		return s, sent, k.append(t, s, kurrentdb.NoStream{}, sent...)
	}
	for name, expected := range map[string]kurrentdb.StreamState{
		"no stream": kurrentdb.NoStream{}, "any": kurrentdb.Any{}, "exists": kurrentdb.StreamExists{},
	} {
		t.Run("the same again answers the first result: "+name, func(t *testing.T) {
			s, sent, first := given(t)
			require.Equal(t, first, k.append(t, s, expected, sent...))
			require.Equal(t, sentIDs(sent), ids(k.whole(t, s)))
		})
	}
	t.Run("the tail again, at its own revision", func(t *testing.T) {
		s, sent, first := given(t)
		require.Equal(t, first.NextExpectedVersion, k.append(t, s, kurrentdb.Revision(0), sent[1:]...).NextExpectedVersion)
		require.Len(t, k.whole(t, s), 3)
	})
	t.Run("a part known and a part new is a wrong revision", func(t *testing.T) {
		s, sent, _ := given(t)
		k.refused(t, kurrentdb.ErrorCodeWrongExpectedVersion, s, kurrentdb.NoStream{}, append(sent[:3:3], events("b", 1)...)...)
		require.Len(t, k.whole(t, s), 3)
	})
}

func testContent(t *testing.T, k *kit) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for name, e := range map[string]kurrentdb.EventData{
		"JSON":              {EventType: "Tested.v1", ContentType: kurrentdb.ContentTypeJson, Data: []byte(`{"名":"照护台账"}`), Metadata: []byte(`{}`)},
		"binary":            {EventType: "Tested.v1", ContentType: kurrentdb.ContentTypeBinary, Data: every, Metadata: every},
		"empty":             {EventType: "入住 👵🏽", ContentType: kurrentdb.ContentTypeBinary},
		"nearly a mebibyte": {EventType: "Tested.v1", ContentType: kurrentdb.ContentTypeBinary, Data: bytes.Repeat(every, 3900)},
	} {
		t.Run(name, func(t *testing.T) {
			e.EventID = uuid.New()
			s := stream("张三/护理 👵🏽")
			k.append(t, s, kurrentdb.NoStream{}, e)
			found := k.whole(t, s)[0].Event
			contentType := map[kurrentdb.ContentType]string{kurrentdb.ContentTypeJson: "application/json", kurrentdb.ContentTypeBinary: "application/octet-stream"}
			require.Equal(t, contentType[e.ContentType], found.ContentType)
			require.Equal(t, []any{s, e.EventID, e.EventType}, []any{found.StreamID, found.EventID, found.EventType})
			require.True(t, bytes.Equal(e.Data, found.Data))
			require.True(t, bytes.Equal(e.Metadata, found.UserMetadata))
			require.WithinDuration(t, time.Now(), found.CreatedDate, time.Hour)
		})
	}
}
