package embedded

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

func proposedMessage(id *shared.UUID, properties map[string]string, metadata, data []byte) *streams.AppendReq {
	return &streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{ProposedMessage: &streams.AppendReq_ProposedMessage{
		Id: id, Metadata: properties, CustomMetadata: metadata, Data: data,
	}}}
}

func textID(id string) *shared.UUID { return &shared.UUID{Value: &shared.UUID_String_{String_: id}} }

func drawID(t *rapid.T) *shared.UUID {
	if rapid.Bool().Draw(t, "structured") {
		return &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
			MostSignificantBits: rapid.Int64().Draw(t, "most"), LeastSignificantBits: rapid.Int64().Draw(t, "least"),
		}}}
	}
	return textID(uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")).String())
}

// generated reads a message by the generated code alone.
func generated(b []byte) (store.Proposed, error) {
	m := incoming{request: &streams.AppendReq{}}
	if err := proto.Unmarshal(b, m.request); err != nil {
		return store.Proposed{}, err
	}
	return m.proposed()
}

// requireSame: what is read straight from the wire is what the generated code reads, where it is read at all.
func requireSame(t require.TestingT, b []byte) (read bool) {
	straight, ok := readEvent(b)
	if !ok {
		return false
	}
	e, err := generated(b)
	require.NoError(t, err)
	require.Equal(t, e.ID, straight.ID)
	require.Equal(t, e.Type, straight.Type)
	require.Equal(t, e.JSON, straight.JSON)
	require.Equal(t, string(e.Metadata), string(straight.Metadata))
	require.Equal(t, string(e.Data), string(straight.Data))
	return true
}

func TestAnEventIsReadFromTheWireAsTheGeneratedCodeReadsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		properties := map[string]string{
			"type":         rapid.StringN(1, 40, -1).Draw(t, "type"),
			"content-type": rapid.SampledFrom([]string{jsonContent, binaryContent, "text/plain"}).Draw(t, "content"),
		}
		if rapid.Bool().Draw(t, "more") {
			properties["more"] = "of no use"
		}
		bytes := rapid.SliceOfN(rapid.Byte(), 0, 300)
		b, err := proto.Marshal(proposedMessage(drawID(t), properties, bytes.Draw(t, "metadata"), bytes.Draw(t, "data")))
		require.NoError(t, err)
		_, err = generated(b)
		require.Equal(t, err == nil, requireSame(t, b), "an id of zeros is refused, and by the generated code's way")

		// what is bent on the way is refused or read alike
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		b[at] = rapid.Byte().Draw(t, "bent")
		requireSame(t, b)
		requireSame(t, b[:at])
	})
}

func TestAnEventThatIsNotWholeIsLeftToTheGeneratedCode(t *testing.T) {
	id, properties := textID("11111111-1111-4111-8111-111111111111"), map[string]string{"type": "Tested.v1", "content-type": jsonContent}
	whole, err := proto.Marshal(proposedMessage(id, properties, nil, []byte(`{}`)))
	require.NoError(t, err)
	require.True(t, requireSame(t, whole))
	for name, m := range map[string]*streams.AppendReq{
		"options":         {Content: &streams.AppendReq_Options_{Options: &streams.AppendReq_Options{}}},
		"nothing":         {},
		"no id":           proposedMessage(nil, properties, nil, nil),
		"an id of zeros":  proposedMessage(textID(uuid.Nil.String()), properties, nil, nil),
		"no UUID":         proposedMessage(textID("one"), properties, nil, nil),
		"no type":         proposedMessage(id, map[string]string{"content-type": jsonContent}, nil, nil),
		"no content type": proposedMessage(id, map[string]string{"type": "Tested.v1"}, nil, nil),
	} {
		b, err := proto.Marshal(m)
		require.NoError(t, err)
		_, ok := readEvent(b)
		require.False(t, ok, name)
	}
	_, ok := readEvent(append(whole, whole...))
	require.False(t, ok, "an event said twice is the two joined")
}
