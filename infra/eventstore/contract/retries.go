package contract

import (
	"bytes"
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// testRetries holds the exact rules on event ids met again. Source: EventStoreDB 24.10, IndexWriter.CheckCommit.
func testRetries(t *testing.T, k *kit) {
	given := func(t *testing.T) (s string, sent []esdb.EventData, first, after esdb.Position) {
		s, sent = stream("elder"), events("x", 6)
		first = at(k.append(t, s, esdb.NoStream{}, sent[:3]...))
		after = at(k.append(t, s, esdb.Revision(2), sent[3:]...))
		return s, sent, first, after
	}
	for _, c := range []struct {
		name     string
		expected esdb.ExpectedRevision
		from, to int // of what was sent
		first    bool
	}{
		{"the first, no stream", esdb.NoStream{}, 0, 3, true},
		{"the first, any", esdb.Any{}, 0, 3, true},
		{"the first, exists", esdb.StreamExists{}, 0, 3, true},
		{"the second, its revision", esdb.Revision(2), 3, 6, false},
		{"the second, any", esdb.Any{}, 3, 6, false},
		{"both as one, no stream", esdb.NoStream{}, 0, 6, false},
		{"both as one, any", esdb.Any{}, 0, 6, false},
		{"a part from the middle, its revision", esdb.Revision(0), 1, 3, true},
		{"a part from the middle, any", esdb.Any{}, 1, 3, true},
		{"only the beginning, no stream", esdb.NoStream{}, 0, 1, false},
	} {
		t.Run("the same again: "+c.name, func(t *testing.T) {
			s, sent, first, after := given(t)
			again := k.append(t, s, c.expected, sent[c.from:c.to]...)
			require.EqualValues(t, c.to-1, again.NextExpectedVersion)
			switch {
			case c.first:
				require.Equal(t, first, at(again))
			case c.to == 6:
				require.Equal(t, after, at(again))
			}
			require.Equal(t, sentIDs(sent), ids(k.whole(t, s)))
		})
	}
	for _, c := range []struct {
		name     string
		expected esdb.ExpectedRevision
		made     func(sent, fresh []esdb.EventData) []esdb.EventData
	}{
		{"known, then new, any", esdb.Any{}, func(sent, fresh []esdb.EventData) []esdb.EventData { return append(sent[4:6:6], fresh...) }},
		{"known, then new, exists", esdb.StreamExists{}, func(sent, fresh []esdb.EventData) []esdb.EventData { return append(sent[:1:1], fresh...) }},
		{"known to the end, then new", esdb.Revision(3), func(sent, fresh []esdb.EventData) []esdb.EventData { return append(sent[4:6:6], fresh...) }},
		{"known in another order", esdb.NoStream{}, func(sent, _ []esdb.EventData) []esdb.EventData { return []esdb.EventData{sent[1], sent[0]} }},
		{"known at another revision", esdb.Revision(1), func(sent, _ []esdb.EventData) []esdb.EventData { return sent[1:2] }},
		{"new behind the head", esdb.Revision(4), func(_, fresh []esdb.EventData) []esdb.EventData { return fresh }},
		{"new, no stream", esdb.NoStream{}, func(_, fresh []esdb.EventData) []esdb.EventData { return fresh }},
		{"none, behind the head", esdb.Revision(4), func(_, _ []esdb.EventData) []esdb.EventData { return nil }},
		{"none, no stream", esdb.NoStream{}, func(_, _ []esdb.EventData) []esdb.EventData { return nil }},
	} {
		t.Run("a wrong revision: "+c.name, func(t *testing.T) {
			s, sent, _, _ := given(t)
			k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, c.expected, c.made(sent, events("y", 2))...)
			require.Equal(t, sentIDs(sent), ids(k.whole(t, s)))
		})
	}
	t.Run("new, then known, any: all of it is new", func(t *testing.T) {
		s, sent, _, _ := given(t)
		mixed := append(events("y", 1), sent[5])
		require.EqualValues(t, 7, k.append(t, s, esdb.Any{}, mixed...).NextExpectedVersion)
		require.Equal(t, append(sentIDs(sent), sentIDs(mixed)...), ids(k.whole(t, s)))
	})
	t.Run("only the id counts", func(t *testing.T) {
		s, sent, first, _ := given(t)
		changed := slices.Clone(sent[:3])
		for i := range changed {
			changed[i].Data, changed[i].EventType = []byte(`{"other":true}`), "Other.v1"
		}
		require.Equal(t, first, at(k.append(t, s, esdb.NoStream{}, changed...)))
		require.True(t, bytes.Equal(sent[0].Data, k.whole(t, s)[0].Event.Data))
	})
	t.Run("none change nothing where the revision is right", func(t *testing.T) {
		s, sent, _, _ := given(t)
		for _, expected := range []esdb.ExpectedRevision{esdb.Any{}, esdb.StreamExists{}, esdb.Revision(5)} {
			require.NoError(t, k.send(t, s, expected))
		}
		require.Equal(t, sentIDs(sent), ids(k.whole(t, s)))
		other := stream("nobody")
		require.NoError(t, k.send(t, other, esdb.NoStream{}))
		_, err := k.read(t, other, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
		requireCode(t, esdb.ErrorCodeResourceNotFound, err)
	})
	t.Run("one id twice in an append is two events, and a retry none", func(t *testing.T) {
		for _, expected := range []esdb.ExpectedRevision{esdb.NoStream{}, esdb.Any{}} {
			s, twice := stream("elder"), events("x", 2)
			twice[1].EventID = twice[0].EventID
			for range 3 {
				k.append(t, s, expected, twice...)
				require.Equal(t, []uuid.UUID{twice[0].EventID, twice[0].EventID}, ids(k.whole(t, s)))
			}
		}
	})
}
