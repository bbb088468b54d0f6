package command

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
)

// The refusals of the handler itself.
var (
	ErrKeyReused = fault.New(fault.Invalid, "idempotency-key-reused",
		"该幂等键已用于内容不同的另一条指令，请换一个新的 Idempotency-Key。",
		"This idempotency key was used with another body; send a new Idempotency-Key.")
	ErrStale = fault.New(fault.Stale, "stale-revision",
		"记录已被他人更新，请重新读取后再提交。",
		"The record has moved on since you read it; read it again and resend.")
	ErrContended = fault.New(fault.Unavailable, "stream-contended",
		"该记录正被频繁写入，请稍后用同一幂等键重试。",
		"Too many writers on this record at once; retry with the same key shortly.")
)

// Context says who sent a command, when and as what. ID is IDFor(principal, key); BodyHash a keyed hash of the
// canonical body. IfMatch, when set, is the stream revision the sender has seen.
type Context struct {
	ID            uuid.UUID
	BodyHash      string
	Actor         string
	Device        string
	CorrelationID uuid.UUID
	CausationID   uuid.UUID
	ReceivedAt    time.Time
	IfMatch       *uint64
}

// Caused is the context of a step that a command causes in another stream. The step has an id of its own, since the
// same command may have to take it again after it was undone.
func (c Context) Caused() Context {
	return Context{
		ID: uuid.New(), Actor: c.Actor, Device: c.Device, CorrelationID: c.CorrelationID, CausationID: c.ID, ReceivedAt: c.ReceivedAt,
	}
}

// ProcessContext is the context of a command that one of the product's own processes sends.
func ProcessContext(process string, now time.Time) Context {
	id := uuid.New()
	return Context{ID: id, CorrelationID: id, CausationID: id, Actor: "process:" + process, ReceivedAt: now}
}

// Item is one command for a stream. Entity is the id of what the command makes or changes, the same on every retry.
// OccurredOn is the day on which it happened.
type Item[C any] struct {
	Context
	Entity     uuid.UUID
	OccurredOn calendar.Day
	Command    C
}

// Result is what a command did: Revision is the stream's after it.
type Result struct {
	Entity    uuid.UUID
	Stream    string
	Revision  uint64
	Doubts    []string
	Duplicate bool
}

// Outcome is a Result, or the reason there is none.
type Outcome struct {
	Result
	Err error
}

// IDFor is the command id of a principal's idempotency key.
func IDFor(principal uuid.UUID, key string) uuid.UUID { return uuid.NewSHA1(principal, []byte(key)) }

// EntityFor is the id of an entity or record that a command makes when the client gave none.
func EntityFor(commandID uuid.UUID, noun string) uuid.UUID {
	return uuid.NewSHA1(commandID, []byte("entity/"+noun))
}

// EventID is the id of the index-th event that a command causes in a stream.
func EventID(commandID uuid.UUID, stream string, index int) uuid.UUID {
	return uuid.NewSHA1(commandID, fmt.Appendf(nil, "%s/%d", stream, index))
}

// StreamName is category-prefecture-id, e.g. elder-5326-018f….
func StreamName(category, prefecture string, id uuid.UUID) string {
	return category + "-" + prefecture + "-" + id.String()
}
