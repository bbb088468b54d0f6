package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// check reads all of an open store and answers everything that contradicts: all that was acknowledged is there where it
// was said to be, positions have no hole, no append is halved, none is before one that was acknowledged when it was
// sent, revisions are dense in each stream, index and log agree, and nothing is there that nobody sent.
func (l *ledger) check(s *Store, acked []*attempt) error {
	c := &checker{ledger: l, acked: acked, streams: map[string]*checkedStream{}, at: map[uint64]*Record{}}
	records, err := everything(s)
	if err != nil {
		return err
	}
	if head := s.Head(); head != uint64(len(records)) {
		c.problem("the head is %d and there are %d events", head, len(records))
	}
	for i := range records {
		c.at[records[i].Position] = &records[i]
		c.record(uint64(i+1), &records[i])
	}
	if n := len(records); n > 0 && records[n-1].Index+1 != records[n-1].Count {
		c.problem("half an append at the end of the log")
	}
	for _, a := range acked {
		c.acknowledged(a)
	}
	return errors.Join(append(c.problems, s.read(func() error { return c.index(s.db) }))...)
}

func everything(s *Store) (all []Record, err error) {
	for from := uint64(1); ; from = all[len(all)-1].Position + 1 {
		page, err := s.AllForward(from, s.Head(), 1000)
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
	}
}

type checker struct {
	*ledger
	acked    []*attempt
	streams  map[string]*checkedStream
	at       map[uint64]*Record
	last     *Record
	problems []error
}

type checkedStream struct {
	id     uint64
	events []*Record
}

func (c *checker) problem(format string, args ...any) {
	if len(c.problems) < 10 {
		c.problems = append(c.problems, fmt.Errorf(format, args...))
	}
}

func (c *checker) record(position uint64, r *Record) {
	if r.Position != position {
		c.problem("position %d where %d was to come", r.Position, position)
	}
	if before := c.last; before != nil && before.Index+1 < before.Count {
		if r.Index != before.Index+1 || r.Count != before.Count || !bytes.Equal(r.Stream, before.Stream) {
			c.problem("half an append before position %d", position)
		}
	} else if r.Index != 0 {
		c.problem("an append without its beginning at position %d", position)
	}
	c.last = r
	s := c.streams[string(r.Stream)]
	if s == nil {
		s = &checkedStream{id: r.streamID}
		c.streams[string(r.Stream)] = s
	}
	if want := int64(len(s.events)); r.Revision != want && r.Revision != Tombstone {
		c.problem("revision %d of %s at position %d where %d was to come", r.Revision, r.Stream, position, want)
	}
	s.events = append(s.events, r)
	c.invented(r)
}

// invented finds events that nobody sent. What the store writes itself has new ids.
func (c *checker) invented(r *Record) {
	c.mu.Lock()
	a := c.sent[r.ID]
	c.mu.Unlock()
	if a == nil {
		if string(r.Type) != TombstoneType && string(r.Type) != MetadataType {
			c.problem("nobody sent the event at position %d", r.Position)
		}
		return
	}
	if e := a.events[r.Index]; a.stream != string(r.Stream) || e.ID != r.ID || e.Type != string(r.Type) || e.JSON != r.JSON ||
		!bytes.Equal(e.Data, r.Data) || !bytes.Equal(e.Metadata, r.Metadata) {
		c.problem("the event at position %d is not as it was sent", r.Position)
	}
}

func (c *checker) acknowledged(a *attempt) {
	last := c.at[a.result.Position]
	switch {
	case last == nil:
		c.problem("position %d was acknowledged and is not there", a.result.Position)
	case last.Position <= a.after:
		c.problem("position %d was given after %d was acknowledged", last.Position, a.after)
	case a.kind == appending && last.Revision != a.result.Revision:
		c.problem("position %d was acknowledged as revision %d and is %d", last.Position, a.result.Revision, last.Revision)
	}
	for i := range a.events {
		r := c.at[a.result.Position-uint64(len(a.events)-1-i)]
		if r == nil || r.ID != a.events[i].ID {
			c.problem("event %d of %d acknowledged at position %d is not there", i+1, len(a.events), a.result.Position)
		}
	}
}

// index compares all names and index entries with the log.
func (c *checker) index(db pebble.Reader) error {
	entries := 0
	err := iterate(db, []byte{indexSpace}, afterSpace(indexSpace), func(it *pebble.Iterator) error {
		for ok := it.First(); ok; ok = it.Next() {
			entries++
			r := c.at[binary.BigEndian.Uint64(it.Value())]
			if r == nil || r.streamID != binary.BigEndian.Uint64(it.Key()[1:]) || uint64(r.Revision) != binary.BigEndian.Uint64(it.Key()[9:]) {
				c.problem("an index entry names position %d for something else", binary.BigEndian.Uint64(it.Value()))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if entries != len(c.at) {
		c.problem("%d events and %d index entries", len(c.at), entries)
	}
	names := 0
	err = iterate(db, []byte{nameSpace}, afterSpace(nameSpace), func(it *pebble.Iterator) error {
		for ok := it.First(); ok; ok = it.Next() {
			names++
			if s := c.streams[string(it.Key()[1:])]; s == nil || s.id != binary.BigEndian.Uint64(it.Value()) {
				c.problem("the name %s has id %d, its events another", it.Key()[1:], binary.BigEndian.Uint64(it.Value()))
			}
		}
		return nil
	})
	if names != len(c.streams) {
		c.problem("%d streams and %d names", len(c.streams), names)
	}
	return errors.Join(append(c.problems, err)...)
}
