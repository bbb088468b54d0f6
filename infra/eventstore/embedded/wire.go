package embedded

import (
	"encoding/binary"
	"strconv"
	"time"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// The field numbers of streams.proto that events are written with.
const (
	respEvent, respCaughtUp, respFellBehind = 1, 8, 9

	respSuccess                                                          = 1
	successRevision, successNoStream, successPosition, successNoPosition = 1, 2, 3, 4

	turnTime, turnRevision, turnPosition = 1, 2, 3
	positionCommit, positionPrepare      = 1, 2
	timeSeconds, timeNanos               = 1, 2

	readEventEvent, readEventLink, readEventCommit = 1, 2, 3

	recordedID, recordedStream, recordedRevision  = 1, 2, 3
	recordedPrepare, recordedCommit, recordedMeta = 4, 5, 6
	recordedCustomMeta, recordedData              = 7, 8
	uuidStructured, uuidString                    = 1, 2
	uuidMost, uuidLeast                           = 1, 2
	streamName                                    = 3
	mapKey, mapValue                              = 1, 2
)

const (
	jsonContent   = "application/json"
	binaryContent = "application/octet-stream"
)

// encoder writes ReadResp messages that hold an event. It keeps its scratch space and belongs to one call.
type encoder struct {
	uuidText    bool // ids as text, not as two numbers
	event, link []byte
	space       []byte // many messages lie in it, one after the other
}

func newEncoder(uuidText bool) *encoder { return &encoder{uuidText: uuidText} }

// room is space for a message. It is let go with the last message in it.
func (e *encoder) room(size int) []byte {
	if cap(e.space)-len(e.space) < size {
		e.space = make([]byte, 0, max(size, min(64<<10, max(4<<10, 2*cap(e.space)))))
	}
	start := len(e.space)
	e.space = e.space[:start+size]
	return e.space[start : start : start+size]
}

// readEvent encodes event, which link led to where link is not nil. A link whose event is gone comes without event.
func (e *encoder) readEvent(event, link *store.Record) *frame {
	position := event
	if link != nil {
		position = link
	}
	e.event, e.link = e.event[:0], e.link[:0]
	body := 1 + protowire.SizeVarint(position.Position)
	if event != nil {
		e.event = e.appendRecorded(e.event, event)
		body += 1 + protowire.SizeBytes(len(e.event))
	}
	if link != nil {
		e.link = e.appendRecorded(e.link, link)
		body += 1 + protowire.SizeBytes(len(e.link))
	}
	b := appendTag(e.room(1+protowire.SizeBytes(body)), respEvent, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(body))
	if event != nil {
		b = appendBytes(b, readEventEvent, e.event)
	}
	if link != nil {
		b = appendBytes(b, readEventLink, e.link)
	}
	b = appendNumber(b, readEventCommit, position.Position)
	return &frame{mem.SliceBuffer(b)}
}

func (e *encoder) appendRecorded(b []byte, r *store.Record) []byte {
	b = e.appendID(b, r)
	b = appendTag(b, recordedStream, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(1+protowire.SizeBytes(len(r.Stream))))
	b = appendBytes(b, streamName, r.Stream)
	b = appendNumber(b, recordedRevision, uint64(r.Revision))
	b = appendNumber(b, recordedPrepare, r.Position)
	b = appendNumber(b, recordedCommit, r.Position)
	var created [20]byte
	content := binaryContent
	if r.JSON {
		content = jsonContent
	}
	b = appendEntry(b, "type", r.Type)
	b = appendEntry(b, "created", strconv.AppendInt(created[:0], r.Created, 10))
	b = appendEntry(b, "content-type", content)
	b = appendBytes(b, recordedCustomMeta, r.Metadata)
	return appendBytes(b, recordedData, r.Data)
}

func (e *encoder) appendID(b []byte, r *store.Record) []byte {
	if e.uuidText {
		text := r.ID.String()
		b = appendTag(b, recordedID, protowire.BytesType)
		b = protowire.AppendVarint(b, uint64(1+protowire.SizeBytes(len(text))))
		return appendBytes(b, uuidString, text)
	}
	most, least := binary.BigEndian.Uint64(r.ID[:8]), binary.BigEndian.Uint64(r.ID[8:])
	structured := 2 + protowire.SizeVarint(most) + protowire.SizeVarint(least)
	b = appendTag(b, recordedID, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(1+protowire.SizeBytes(structured)))
	b = appendTag(b, uuidStructured, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(structured))
	b = appendNumber(b, uuidMost, most)
	return appendNumber(b, uuidLeast, least)
}

func appendEntry[T string | []byte](b []byte, key string, value T) []byte {
	b = appendTag(b, recordedMeta, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(2+protowire.SizeBytes(len(key))+protowire.SizeBytes(len(value))))
	b = appendBytes(b, mapKey, key)
	return appendBytes(b, mapValue, value)
}

// appended encodes the answer to an append that was taken.
func appended(r store.Result) *frame {
	b := make([]byte, 0, 48)
	if r.Revision >= 0 {
		b = appendNumber(b, successRevision, uint64(r.Revision))
	} else {
		b = appendBytes(b, successNoStream, "")
	}
	if r.Position > 0 {
		at := appendNumber(make([]byte, 0, 24), positionCommit, r.Position)
		b = appendBytes(b, successPosition, appendNumber(at, positionPrepare, r.Position))
	} else {
		b = appendBytes(b, successNoPosition, "")
	}
	return &frame{mem.SliceBuffer(appendBytes(make([]byte, 0, len(b)+2), respSuccess, b))}
}

// turn encodes the message that a subscription has gone live or fallen behind, when and at which place. Clients of
// EventStoreDB know it empty and pass over what is in it; those of KurrentDB take the time for a promise of the place,
// so without a place there is neither.
func turn(kind protowire.Number, now time.Time, place []byte) *frame {
	var body []byte
	if place != nil {
		at := appendNumber(appendNumber(nil, timeSeconds, uint64(now.Unix())), timeNanos, uint64(now.Nanosecond()))
		body = append(appendBytes(nil, turnTime, at), place...)
	}
	return &frame{mem.SliceBuffer(appendBytes(nil, kind, body))}
}

func placeInStream(revision int64) []byte {
	if revision < 0 {
		return nil
	}
	return appendNumber(nil, turnRevision, uint64(revision))
}

func placeInAll(position uint64) []byte {
	if position == 0 {
		return nil
	}
	return appendBytes(nil, turnPosition, appendNumber(appendNumber(nil, positionCommit, position), positionPrepare, position))
}

func appendTag(b []byte, field protowire.Number, t protowire.Type) []byte {
	return protowire.AppendTag(b, field, t)
}

func appendNumber(b []byte, field protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), n)
}

func appendBytes[T string | []byte](b []byte, field protowire.Number, value T) []byte {
	b = protowire.AppendVarint(protowire.AppendTag(b, field, protowire.BytesType), uint64(len(value)))
	return append(b, value...)
}
