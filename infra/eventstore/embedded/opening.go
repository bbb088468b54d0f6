package embedded

import (
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// The field numbers of streams.proto that an append begins with.
const (
	appendOptions = 1

	optionsStream, optionsRevision                   = 1, 2
	optionsNoStream, optionsAny, optionsStreamExists = 3, 4, 5
)

// opening is the first message of an append, read as an incoming event is: straight from the wire as clients write it,
// else by the generated code.
type opening struct {
	stream   string
	expected store.Expected
	wire     []byte
	request  *streams.AppendReq // nil where wire could be read
}

func (m *opening) unmarshal(b []byte) (err error) {
	m.wire = b
	var ok bool
	if m.stream, m.expected, ok = readOptions(b); !ok {
		m.request, err = m.generated()
	}
	return err
}

func (m *opening) generated() (*streams.AppendReq, error) {
	request := &streams.AppendReq{}
	return request, proto.Unmarshal(m.wire, request)
}

// target is the stream that is appended to, and what it is expected to be at.
func (m *opening) target() (stream string, expected store.Expected, err error) {
	if m.request != nil {
		o := m.request.GetOptions()
		if m.stream, err = writableStream(o.GetStreamIdentifier()); err != nil {
			return m.stream, 0, err
		}
		if o.GetExpectedStreamRevision() == nil {
			return m.stream, 0, errNoExpectation
		}
		m.expected = expectedRevision(o)
	}
	return m.stream, m.expected, nil
}

// options are needed where the answer says what was expected.
func (m *opening) options() (*streams.AppendReq_Options, error) {
	if m.request != nil {
		return m.request.GetOptions(), nil
	}
	request, err := m.generated()
	return request.GetOptions(), err
}

// readOptions reads options that name a stream which may be written to, and then what is expected of it, each once; ok
// is false for any other, valid or not.
func readOptions(b []byte) (stream string, expected store.Expected, ok bool) {
	body, rest, ok := take(b, appendOptions)
	if !ok || len(rest) > 0 {
		return "", 0, false
	}
	id, body, ok := take(body, optionsStream)
	if !ok {
		return "", 0, false
	}
	name, rest, ok := take(id, streamName)
	if !ok || len(rest) > 0 {
		return "", 0, false
	}
	if stream = string(name); !writable(stream) {
		return "", 0, false
	}
	number, kind, n := protowire.ConsumeTag(body)
	if n < 0 {
		return "", 0, false
	}
	if number == optionsRevision && kind == protowire.VarintType {
		revision, size := protowire.ConsumeVarint(body[n:])
		return stream, store.Expected(revision), size > 0 && size == len(body)-n && revision < math.MaxInt64
	}
	if string(body[n:]) != "\x00" || kind != protowire.BytesType { // an empty message
		return "", 0, false
	}
	switch number {
	case optionsNoStream:
		return stream, store.NoStream, true
	case optionsAny:
		return stream, store.Any, true
	case optionsStreamExists:
		return stream, store.StreamExists, true
	}
	return "", 0, false
}
