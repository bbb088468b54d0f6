package contract

import (
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// testNames: whatever text names a stream or an event type, it comes back as it was, and names nothing else.
func testNames(t *testing.T, k *kit) {
	tag := uuid.NewString()
	for name, text := range map[string]string{
		"chinese":          "老人-文山州-" + tag,
		"other scripts":    "ฝาก-дом-בית-🏠-" + tag,
		"combining":        "e\u0301le\u0300ve-" + tag,
		"composed":         "\u00e9l\u00e8ve-" + tag,
		"spaces":           " two  words " + tag + " ",
		"@ % / ? #":        "a@b%20c/../d?e=f#g&h+i-" + tag,
		"quotes":           `it's "quoted" \back\ ` + tag,
		"dollar":           "$county-" + tag,
		"like a link":      "0@stream-" + tag,
		"like a projector": "$ce-house-" + tag,
		"upper case":       "HOUSE-" + strings.ToUpper(tag),
		"lower case":       "house-" + tag,
		"1000 characters":  strings.Repeat("n", 1000-len(tag)) + tag,
		"1001 characters":  strings.Repeat("n", 1000-len(tag)) + tag + "n",
		"one dash":         tag + "-",
		"without":          tag,
	} {
		t.Run("stream, "+name, func(t *testing.T) { k.testName(t, text) })
		t.Run("type, "+name, func(t *testing.T) { k.testType(t, text) })
	}
}

func (k *kit) testName(t *testing.T, name string) {
	sent, from := events("x", 3), k.mark(t)
	k.append(t, name, esdb.NoStream{}, sent...)
	require.Equal(t, sentIDs(sent), ids(k.whole(t, name)))
	require.Equal(t, name, k.whole(t, name)[0].Event.StreamID)
	h := k.toStream(t, name, esdb.SubscribeToStreamOptions{From: esdb.Revision(0)})
	require.Equal(t, sentIDs(sent[1:]), ids(h.events(2)))
	all := k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{name}}})
	require.Equal(t, sentIDs(sent), ids(all.events(3)))
	k.setMetadata(t, name, func(m *esdb.StreamMetadata) { m.SetMaxCount(2) })
	require.Equal(t, span(1, 2), revisions(k.whole(t, name)))
	links := stream("links")
	k.append(t, links, esdb.NoStream{}, link(1, name))
	linked, err := k.read(t, links, esdb.ReadStreamOptions{From: esdb.Start{}, ResolveLinkTos: true}, 1)
	require.NoError(t, err)
	require.Equal(t, name, linked[0].Event.StreamID)
	k.delete(t, name, esdb.Revision(2))
	_, err = k.read(t, name, esdb.ReadStreamOptions{From: esdb.Start{}}, 1)
	requireCode(t, esdb.ErrorCodeResourceNotFound, err)
}

func (k *kit) testType(t *testing.T, name string) {
	s, sent, from := stream("typed"), events("x", 2), k.mark(t)
	sent[0].EventType = name
	k.append(t, s, esdb.NoStream{}, sent...)
	require.Equal(t, name, k.whole(t, s)[0].Event.EventType)
	all := k.toAll(t, esdb.SubscribeToAllOptions{From: from, Filter: &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{name}}})
	require.Equal(t, name, all.event().Event.EventType)
}
