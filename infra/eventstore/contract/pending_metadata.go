package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

// PendingMetadata is what the embedded server does not hold to yet; Run leaves it out.
//
// EventStoreDB takes each property by its exact name, drops a number out of range alone, and the whole where the JSON
// type of any system property is wrong (StreamMetadata.FromJsonReader, 23.10 and 24.10).
func PendingMetadata(t *testing.T, url string) {
	t.Helper()
	k := &kit{client: Dial(t, url), url: url}
	for _, c := range []struct {
		metadata string
		want     []uint64
	}{
		{`{"$MaxCount":1,"$TB":9}`, span(0, 9)},
		{`{"$maxCount":-1,"$tb":4}`, span(4, 9)},
		{`{"$maxCount":0,"$maxAge":0,"$tb":4}`, span(4, 9)},
		{`{"$tb":-1,"$maxCount":2}`, span(8, 9)},
		{`{"$tb":4,"$maxCount":null}`, span(0, 9)},
		{`{"$tb":4,"$cacheControl":"1"}`, span(0, 9)},
		{`{"$tb":4,"$acl":"nobody"}`, span(0, 9)},
		{`{"$tb":4,"$tempStream":1}`, span(0, 9)},
	} {
		t.Run(c.metadata, func(t *testing.T) {
			s := stream("elder")
			k.append(t, s, esdb.NoStream{}, events("x", 10)...)
			k.append(t, "$$"+s, esdb.NoStream{}, metadataEvent(c.metadata))
			require.Equal(t, c.want, revisions(k.whole(t, s)))
		})
	}
}
