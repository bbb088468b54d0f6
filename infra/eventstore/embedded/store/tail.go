package store

import (
	"context"
	"sync"
)

// The tail keeps at most so many of the latest events, and so many of their bytes.
const (
	tailEvents = 4096
	tailBytes  = 8 << 20
)

// tail is the end of the log in memory, for those who follow it. Who falls behind it reads from Pebble.
type tail struct {
	mu      sync.RWMutex
	ring    [tailEvents]Record
	first   uint64 // number of the oldest kept, counted from 0
	next    uint64 // number of the next to come
	bytes   int
	changed chan struct{} // closed when there is more
}

func newTail() *tail { return &tail{changed: make(chan struct{})} }

func weight(r *Record) int { return len(r.Stream) + len(r.Type) + len(r.Metadata) + len(r.Data) + 64 }

func (t *tail) add(records []Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(records) > tailEvents {
		records = records[len(records)-tailEvents:]
	}
	for i := range records {
		if t.next-t.first == tailEvents {
			t.drop()
		}
		t.ring[t.next%tailEvents] = records[i]
		t.next++
		t.bytes += weight(&records[i])
	}
	for t.bytes > tailBytes && t.next-t.first > 1 {
		t.drop()
	}
}

func (t *tail) drop() {
	oldest := &t.ring[t.first%tailEvents]
	t.bytes -= weight(oldest)
	*oldest = Record{}
	t.first++
}

// wake lets all who wait look again.
func (t *tail) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *tail) waiting() <-chan struct{} {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.changed
}

// after answers up to limit events behind position, as far as until; ok is false when the next of them may no longer be kept.
func (t *tail) after(position, until uint64, limit int) (records []Record, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.first == t.next || t.ring[t.first%tailEvents].Position > position+1 {
		return nil, false
	}
	low, high := t.first, t.next
	for low < high { // the first behind position
		if middle := (low + high) / 2; t.ring[middle%tailEvents].Position <= position {
			low = middle + 1
		} else {
			high = middle
		}
	}
	for ; low < t.next && len(records) < limit && t.ring[low%tailEvents].Position <= until; low++ {
		records = append(records, t.ring[low%tailEvents])
	}
	return records, true
}

// Wait returns nil when there is something behind position, or stop is closed; else why it will not come.
func (s *Store) Wait(ctx context.Context, position uint64, stop <-chan struct{}) error {
	for {
		changed := s.tail.waiting()
		switch {
		case s.Head() > position:
			return nil
		case s.closing():
			return ErrClosed
		}
		select {
		case <-changed:
		case <-stop:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-s.failed:
			return ErrFailed
		}
	}
}

func (s *Store) closing() bool {
	s.gate.RLock()
	defer s.gate.RUnlock()
	return s.closed
}

// Tail answers up to limit of the events behind position from memory; ok is false for a reader that has fallen behind
// and must read from disk. No events and ok means that position is the head.
func (s *Store) Tail(position uint64, limit int) (records []Record, ok bool) {
	until := s.Head()
	if position >= until {
		return nil, true
	}
	return s.tail.after(position, until, limit)
}
