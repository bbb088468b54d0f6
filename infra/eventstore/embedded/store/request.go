package store

import (
	"context"

	"github.com/google/uuid"
)

// Expected is the revision a stream must be at: a number from 0, or one of the constants.
type Expected int64

// What else can be expected of a stream.
const (
	NoStream     Expected = -1
	Any          Expected = -2
	StreamExists Expected = -4
)

// Proposed is an event to append. Type and ID are never empty.
type Proposed struct {
	ID       uuid.UUID
	Type     string
	JSON     bool
	Metadata []byte
	Data     []byte
}

// Result says where an append ended: the revision of its last event (-1 where the stream has none) and its position
// (0 where nothing was ever written).
type Result struct {
	Revision int64
	Position uint64
}

type kind uint8

const (
	appending kind = iota
	softDeleting
	tombstoning
)

type request struct {
	ctx      context.Context
	kind     kind
	stream   string
	expected Expected
	events   []Proposed
	size     int // bytes it adds to the log, at most
	done     chan outcome
}

type outcome struct {
	result Result
	err    error
}

// Append writes the events to the end of stream, all or none, durable when it returns nil. An error of ctx, or
// ErrFailed, leaves open whether it was kept: the same event ids with the same explicit revision can be sent again.
func (s *Store) Append(ctx context.Context, stream string, expected Expected, events []Proposed) (Result, error) {
	return s.submit(&request{ctx: ctx, kind: appending, stream: stream, expected: expected, events: events})
}

// Begin is the first half of Append: the append has its place in the order behind all that began before it, so that
// one caller can have many under way. ctx holds for both halves.
func (s *Store) Begin(ctx context.Context, stream string, expected Expected, events []Proposed) (*Pending, error) {
	return s.begin(&request{ctx: ctx, kind: appending, stream: stream, expected: expected, events: events})
}

// Pending is an append that has begun.
type Pending struct {
	store   *Store
	request *request
}

// Delete hides the events of stream; appending to it later goes on numbering where it stopped.
func (s *Store) Delete(ctx context.Context, stream string, expected Expected) (Result, error) {
	return s.submit(&request{ctx: ctx, kind: softDeleting, stream: stream, expected: expected})
}

// Tombstone ends stream for ever.
func (s *Store) Tombstone(ctx context.Context, stream string, expected Expected) (Result, error) {
	return s.submit(&request{ctx: ctx, kind: tombstoning, stream: stream, expected: expected})
}

func (s *Store) submit(r *request) (Result, error) {
	p, err := s.begin(r)
	if err != nil {
		return Result{}, err
	}
	return p.Wait()
}

func (s *Store) begin(r *request) (*Pending, error) {
	r.done = make(chan outcome, 1)
	r.size = 256 + recordMaximum + len(r.stream)
	for i := range r.events {
		e := &r.events[i]
		r.size += recordMaximum + len(r.stream) + len(e.Type) + len(e.Metadata) + len(e.Data)
	}
	if err := s.enqueue(r); err != nil {
		return nil, err
	}
	return &Pending{store: s, request: r}, nil
}

// Wait is the second half of Append.
func (p *Pending) Wait() (Result, error) {
	select {
	case o := <-p.request.done:
		return o.result, o.err
	case <-p.request.ctx.Done():
		return Result{}, p.request.ctx.Err()
	case <-p.store.failed:
		return Result{}, ErrFailed
	}
}

func (s *Store) enqueue(r *request) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.ballast.waiting.Load() > 0:
		return ErrNoSpace // nor would it be answered before there is space
	}
	select {
	case s.queue <- r:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-s.failed:
		return ErrFailed
	}
}
