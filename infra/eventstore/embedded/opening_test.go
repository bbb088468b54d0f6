package embedded

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

func optionsMessage(stream string, revision uint64, kind int) *streams.AppendReq {
	o := &streams.AppendReq_Options{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(stream)}}
	switch kind {
	case optionsRevision:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_Revision{Revision: revision}
	case optionsNoStream:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_NoStream{NoStream: &shared.Empty{}}
	case optionsAny:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_Any{Any: &shared.Empty{}}
	case optionsStreamExists:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_StreamExists{StreamExists: &shared.Empty{}}
	}
	return &streams.AppendReq{Content: &streams.AppendReq_Options_{Options: o}}
}

// requireSameOpening: what is read straight from the wire is what the generated code reads, where it is read at all.
func requireSameOpening(t require.TestingT, b []byte) (read bool) {
	stream, expected, ok := readOptions(b)
	if !ok {
		return false
	}
	m := opening{wire: b}
	var err error
	m.request, err = m.generated()
	require.NoError(t, err)
	wantStream, want, err := m.target()
	require.NoError(t, err)
	require.Equal(t, wantStream, stream)
	require.Equal(t, want, expected)
	return true
}

func TestOptionsAreReadFromTheWireAsTheGeneratedCodeReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := rapid.SampledFrom([]string{"elder-1", "$$elder-1", "$$$elder-1", "\xff", "a"}).Draw(t, "stream")
		revision := rapid.Uint64Max(math.MaxInt64-1).Draw(t, "revision")
		b, err := proto.Marshal(optionsMessage(stream, revision, rapid.IntRange(optionsRevision, optionsStreamExists).Draw(t, "kind")))
		require.NoError(t, err)
		require.True(t, requireSameOpening(t, b))

		// what is bent on the way is refused or read alike
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		b[at] = rapid.Byte().Draw(t, "bent")
		requireSameOpening(t, b)
		requireSameOpening(t, b[:at])
	})
}

func TestOptionsThatAreNotWholeAreLeftToTheGeneratedCode(t *testing.T) {
	for name, m := range map[string]*streams.AppendReq{
		"nothing":             {},
		"no stream":           optionsMessage("", 0, optionsAny),
		"the mark alone":      optionsMessage("$$", 0, optionsAny),
		"all":                 optionsMessage("$all", 0, optionsAny),
		"no expectation":      optionsMessage("elder-1", 0, 0),
		"no such revision":    optionsMessage("elder-1", math.MaxInt64, optionsRevision),
		"the last of numbers": optionsMessage("elder-1", math.MaxUint64, optionsRevision),
		"an event":            proposedMessage(textID("11111111-1111-4111-8111-111111111111"), nil, nil, nil),
	} {
		b, err := proto.Marshal(m)
		require.NoError(t, err)
		require.False(t, requireSameOpening(t, b), name)
	}
	once, err := proto.Marshal(optionsMessage("elder-1", 3, optionsRevision))
	require.NoError(t, err)
	require.True(t, requireSameOpening(t, once))
	require.False(t, requireSameOpening(t, append(once, once...)), "said twice")
}
