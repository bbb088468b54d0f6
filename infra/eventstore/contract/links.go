package contract

import (
	"fmt"
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// linked is one event of a stream of links: what it is sent as, and what it leads to.
type linked struct {
	name   string
	sent   esdb.EventData
	stream string // of the event it leads to; empty: it leads nowhere
	number uint64
	plain  bool // no link
}

// linkedStream writes a stream of links of every kind and answers its name, what it holds, and a position before.
func (k *kit) linkedStream(t testing.TB) (string, []linked, esdb.Position) {
	t.Helper()
	whole, cut, gone, ended, odd := stream("target"), stream("target"), stream("target"), stream("target"), stream("a@b")
	for _, s := range []string{whole, cut, gone, ended, odd} {
		k.append(t, s, esdb.NoStream{}, events("x", 5)...)
	}
	k.setMetadata(t, cut, func(m *esdb.StreamMetadata) { m.SetTruncateBefore(3) })
	k.delete(t, gone, esdb.Any{})
	k.tombstone(t, ended, esdb.Any{})
	self, from := stream("links"), k.mark(t)
	all := []linked{
		{name: "there", stream: whole, number: 4},
		{name: "no such stream", sent: link(1, stream("nobody"))},
		{name: "no such revision", sent: link(5, whole)},
		{name: "truncated", sent: link(2, cut)},
		{name: "left by a truncation", stream: cut, number: 3},
		{name: "soft-deleted", sent: link(0, gone)},
		{name: "tombstoned", sent: link(0, ended)},
		{name: "no link", sent: events("x", 1)[0], plain: true},
		{name: "an @ in the name", stream: odd, number: 1},
		{name: "a link, which is not followed on", stream: self, number: 0},
	}
	var sent []esdb.EventData
	for i := range all {
		if all[i].stream != "" {
			all[i].sent = link(all[i].number, all[i].stream)
		}
		sent = append(sent, all[i].sent)
	}
	k.append(t, self, esdb.NoStream{}, sent...)
	return self, all, from
}

func link(number uint64, stream string) esdb.EventData {
	return esdb.EventData{EventID: uuid.New(), EventType: "$>", ContentType: esdb.ContentTypeBinary, Data: fmt.Appendf(nil, "%d@%s", number, stream)}
}

func testResolved(t *testing.T, k *kit) {
	s, all, from := k.linkedStream(t)
	n := uint64(len(all))
	for name, read := range map[string]func(t *testing.T, resolve bool) []*esdb.ResolvedEvent{
		"stream": func(t *testing.T, resolve bool) []*esdb.ResolvedEvent {
			found, err := k.read(t, s, esdb.ReadStreamOptions{From: esdb.Start{}, ResolveLinkTos: resolve}, n)
			require.NoError(t, err)
			return found
		},
		"stream backwards": func(t *testing.T, resolve bool) []*esdb.ResolvedEvent {
			found, err := k.read(t, s, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}, ResolveLinkTos: resolve}, n)
			require.NoError(t, err)
			slices.Reverse(found)
			return found
		},
		"$all": func(t *testing.T, resolve bool) []*esdb.ResolvedEvent {
			return k.firstOf(t, esdb.ReadAllOptions{From: from, ResolveLinkTos: resolve}, s, len(all))
		},
		"$all backwards": func(t *testing.T, resolve bool) []*esdb.ResolvedEvent {
			found := k.firstOf(t, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}, ResolveLinkTos: resolve}, s, len(all))
			slices.Reverse(found)
			return found
		},
		"subscription to the stream": func(t *testing.T, resolve bool) []*esdb.ResolvedEvent {
			return k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.Start{}, ResolveLinkTos: resolve}).events(len(all))
		},
		"subscription to $all": func(t *testing.T, resolve bool) []*esdb.ResolvedEvent {
			// The filter looks at the link, not at what it leads to.
			f := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{s}}
			return k.toAll(t, esdb.SubscribeToAllOptions{From: from, ResolveLinkTos: resolve, Filter: f}).events(len(all))
		},
	} {
		t.Run(name, func(t *testing.T) {
			requireUnresolved(t, all, read(t, false))
			k.requireResolved(t, all, read(t, true))
		})
	}
	t.Run("live", func(t *testing.T) {
		h := k.toStream(t, s, esdb.SubscribeToStreamOptions{From: esdb.End{}, ResolveLinkTos: true})
		h.untilCaughtUp()
		var again []esdb.EventData
		for i := range all {
			all[i].sent.EventID = uuid.New()
			again = append(again, all[i].sent)
		}
		k.append(t, s, esdb.Revision(n-1), again...)
		k.requireResolved(t, all, h.events(len(all)))
	})
}

func requireUnresolved(t *testing.T, all []linked, found []*esdb.ResolvedEvent) {
	t.Helper()
	require.Len(t, found, len(all))
	for i, l := range all {
		require.Nil(t, found[i].Link, l.name)
		require.Equal(t, l.sent.EventID, found[i].Event.EventID, l.name)
		require.Equal(t, l.sent.EventType, found[i].Event.EventType, l.name)
		require.Equal(t, l.sent.Data, found[i].Event.Data, l.name)
	}
}

func (k *kit) requireResolved(t *testing.T, all []linked, found []*esdb.ResolvedEvent) {
	t.Helper()
	require.Len(t, found, len(all))
	var last uint64
	for i, l := range all {
		require.Equal(t, l.sent.EventID, found[i].OriginalEvent().EventID, l.name)
		require.Greater(t, found[i].OriginalEvent().Position.Commit, last, "the place of a link is its own")
		last = found[i].OriginalEvent().Position.Commit
		switch {
		case l.plain:
			require.Nil(t, found[i].Link, l.name)
		case l.stream == "":
			require.NotNil(t, found[i].Link, l.name)
			require.Nil(t, found[i].Event, l.name)
		default:
			require.NotNil(t, found[i].Link, l.name)
			require.NotNil(t, found[i].Event, l.name)
			target, err := k.read(t, l.stream, esdb.ReadStreamOptions{From: esdb.Revision(l.number)}, 1)
			require.NoError(t, err)
			require.Equal(t, target[0].Event, found[i].Event, l.name)
		}
	}
}
