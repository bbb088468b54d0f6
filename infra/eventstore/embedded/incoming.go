package embedded

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// The field numbers of streams.proto that events come with; those of ids are the same in both directions.
const (
	appendProposed = 2

	proposedID, proposedMeta, proposedCustomMeta, proposedData = 1, 2, 3, 4
)

// incoming is one message of an append. An event as clients write it is read straight from the wire, which takes a
// fifth of the time that the generated code does; all else is left to that.
type incoming struct {
	event   *store.Proposed
	request *streams.AppendReq // where event is nil
}

func (m *incoming) unmarshal(b []byte) error {
	if e, ok := readEvent(b); ok {
		m.event = &e
		return nil
	}
	m.request = &streams.AppendReq{}
	return proto.Unmarshal(b, m.request)
}

// readEvent reads a message that holds one whole event and each of its fields once; ok is false for any other, valid
// or not. The event's data and metadata point into b.
func readEvent(b []byte) (e store.Proposed, ok bool) {
	body, rest, ok := take(b, appendProposed)
	if !ok || len(rest) > 0 {
		return e, false
	}
	var content string
	var seen [proposedData + 1]bool
	for len(body) > 0 {
		number, kind, n := protowire.ConsumeTag(body)
		if n < 0 || kind != protowire.BytesType || number > proposedData || seen[number] && number != proposedMeta {
			return e, false
		}
		seen[number] = true
		value, size := protowire.ConsumeBytes(body[n:])
		if size < 0 {
			return e, false
		}
		body = body[n+size:]
		switch number {
		case proposedID:
			e.ID, ok = readID(value)
		case proposedMeta:
			ok = readProperty(value, &e.Type, &content)
		case proposedCustomMeta:
			e.Metadata = value[:len(value):len(value)]
		case proposedData:
			e.Data = value[:len(value):len(value)]
		}
		if !ok {
			return e, false
		}
	}
	e.JSON = content == jsonContent
	return e, e.ID != uuid.Nil && e.Type != "" && content != ""
}

// take reads a field of bytes at the beginning of b.
func take(b []byte, field protowire.Number) (value, rest []byte, ok bool) {
	number, kind, n := protowire.ConsumeTag(b)
	if n < 0 || number != field || kind != protowire.BytesType {
		return nil, nil, false
	}
	value, size := protowire.ConsumeBytes(b[n:])
	if size < 0 {
		return nil, nil, false
	}
	return value, b[n+size:], true
}

func readID(b []byte) (id uuid.UUID, ok bool) {
	if text, rest, ok := take(b, uuidString); ok {
		id, err := uuid.ParseBytes(text)
		return id, err == nil && len(rest) == 0
	}
	parts, rest, ok := take(b, uuidStructured)
	if !ok || len(rest) > 0 {
		return id, false
	}
	for len(parts) > 0 {
		number, kind, n := protowire.ConsumeTag(parts)
		if n < 0 || number > uuidLeast || kind != protowire.VarintType {
			return id, false
		}
		half, size := protowire.ConsumeVarint(parts[n:])
		if size < 0 {
			return id, false
		}
		binary.BigEndian.PutUint64(id[8*(number-uuidMost):], half)
		parts = parts[n+size:]
	}
	return id, true
}

// readProperty reads an entry of the event's properties into the one it names; others are of no use to the store.
func readProperty(b []byte, eventType, content *string) bool {
	key, b, ok := take(b, mapKey)
	if !ok {
		return false
	}
	value, rest, ok := take(b, mapValue)
	if !ok || len(rest) > 0 || !utf8.Valid(key) || !utf8.Valid(value) {
		return false
	}
	to := eventType
	switch string(key) {
	case "type":
	case "content-type":
		to = content
	default:
		return true
	}
	if *to != "" {
		return false
	}
	switch string(value) {
	case jsonContent:
		*to = jsonContent
	default:
		*to = string(value)
	}
	return true
}
