package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

// testMetadataReading: EventStoreDB takes each property by its exact name, drops a number out of range alone, and the
// whole where the JSON type of any system property is wrong (StreamMetadata.FromJsonReader, 23.10 and 24.10).
func testMetadataReading(t *testing.T, k *kit) {
	whole, rest := span(0, 9), span(4, 9)
	for _, c := range []struct {
		metadata string
		want     []uint64
	}{
		{`{"$MaxCount":1,"$TB":9}`, whole},
		{`{"$maxCount":-1,"$tb":4}`, rest},
		{`{"$maxCount":0,"$maxAge":0,"$tb":4}`, rest},
		{`{"$maxAge":-5,"$cacheControl":-5,"$tb":4}`, rest},
		{`{"$tb":-1,"$maxCount":2}`, span(8, 9)},
		{`{"$tb":4,"$maxCount":null}`, whole},
		{`{"$tb":4.0}`, whole},
		{`{"$tb":4e0}`, whole},
		{`{"$tb":"4"}`, whole},
		{`{"$tb":true}`, whole},
		{`{"$tb":4,"$maxCount":9223372036854775808}`, whole},
		{`{"$tb":4,"$maxAge":922337203686}`, whole},
		{`{"$tb":4,"$maxAge":922337203685}`, rest},
		{`{"$tb":4,"$cacheControl":"1"}`, whole},
		{`{"$tb":4,"$tempStream":1}`, whole},
		{`{"$tb":4,"$tempStream":true,"$cacheControl":9}`, rest},
		{`{"$tb":4,"$acl":"nobody"}`, whole},
		{`{"$tb":4,"$acl":null}`, whole},
		{`{"$tb":4,"$acl":{"$r":1}}`, whole},
		{`{"$tb":4,"$acl":{"$r":["$admins",1]}}`, whole},
		{`{"$tb":4,"$acl":{"$x":"$admins"}}`, whole},
		{`{"$tb":4,"$acl":{"$r":["$admins","ops"],"$w":"ops","$d":[],"$mr":"$all","$mw":"ops"}}`, rest},
		{`{"$tb":9,"$tb":4}`, rest},
		{`{"house":{"$tb":9},"$tb":4,"rooms":[{"$tb":9}]}`, rest},
		{`{"$tb":4} and more`, rest},
		{`{"$tb":4`, whole},
		{`{"$tb":4,"house":}`, whole},
		{`[{"$tb":4}]`, whole},
		{`{}`, whole},
		{``, whole},
		{"\xef\xbb\xbf" + `{"$tb":4}`, rest},
	} {
		t.Run(c.metadata, func(t *testing.T) {
			s := stream("elder")
			k.append(t, s, esdb.NoStream{}, events("x", 10)...)
			k.append(t, "$$"+s, esdb.NoStream{}, metadataEvent(c.metadata))
			require.Equal(t, c.want, revisions(k.whole(t, s)))
		})
	}
	t.Run("bytes that do not say they are JSON are none", func(t *testing.T) {
		s, sent := stream("elder"), metadataEvent(`{"$tb":4}`)
		k.append(t, s, esdb.NoStream{}, events("x", 10)...)
		sent.ContentType = esdb.ContentTypeBinary
		k.append(t, "$$"+s, esdb.NoStream{}, sent)
		require.Equal(t, whole, revisions(k.whole(t, s)))
	})
}
