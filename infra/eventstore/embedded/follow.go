package embedded

import (
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// source is what a subscription follows.
type source interface {
	// behind sends from disk what lies up to the position until.
	behind(until uint64) error
	// offer sends one event of the tail if it is of the source.
	offer(e *store.Record) error
	// caughtUp is called each time the subscription goes live at position.
	caughtUp(position uint64) error
	// place encodes where a client that has had all up to position would go on; nil before the first event.
	place(position uint64) []byte
}

// follow serves a subscription: from disk until the tail in memory takes over, then live; a reader that falls behind
// the tail goes back to the disk. One position runs through all of it, so that nothing is missed, repeated or reordered,
// and what waits for a slow reader waits on disk.
func (r *reader) follow() error {
	src, position, err := r.source() // first: what is written after the confirmation is heard, from the end too
	if err := r.confirm(); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	for {
		if position, err = r.catchUp(src, position); err != nil {
			return err
		}
		if err := src.caughtUp(position); err != nil {
			return err
		}
		if err := r.call.SendMsg(turn(respCaughtUp, time.Now(), src.place(position))); err != nil {
			return err
		}
		if position, err = r.live(src, position); err != nil {
			return err
		}
		if err := r.call.SendMsg(turn(respFellBehind, time.Now(), src.place(position))); err != nil {
			return err
		}
	}
}

func (r *reader) confirm() error {
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{
		Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: uuid.NewString()},
	}})
}

// catchUp reads from disk until the tail in memory holds all that comes after.
func (r *reader) catchUp(src source, position uint64) (uint64, error) {
	for {
		if until := r.store.Head(); until > position {
			if err := src.behind(until); err != nil {
				return position, err
			}
			position = until
		}
		if _, ok := r.store.Tail(position, 0); ok {
			return position, nil
		}
		if err := r.interrupted(); err != nil {
			return position, err
		}
	}
}

// live sends what comes until the reader has fallen behind the tail.
func (r *reader) live(src source, position uint64) (uint64, error) {
	for {
		page, ok := r.store.Tail(position, pageEvents)
		if !ok {
			return position, nil
		}
		for i := range page {
			if err := src.offer(&page[i]); err != nil {
				return position, err
			}
			position = page[i].Position
		}
		if len(page) > 0 {
			continue
		}
		if err := r.wait(position); err != nil {
			return position, err
		}
	}
}

func (r *reader) wait(position uint64) error {
	err := r.store.Wait(r.ctx, position, r.stopping)
	if stopped := r.interrupted(); stopped != nil {
		return stopped
	}
	return err
}

// interrupted answers why a subscription must end now, nil if it need not.
func (r *reader) interrupted() error {
	select {
	case <-r.stopping:
		return status.Error(codes.Unavailable, "the event store is stopping: subscribe again from the last position")
	case <-r.ctx.Done():
		return r.ctx.Err()
	default:
		return nil
	}
}

func (r *reader) source() (source, uint64, error) {
	if r.all {
		position := r.from.at
		if r.from.end {
			position = r.store.Head()
		}
		if head := r.store.Head(); position > head {
			return nil, 0, invalid(fmt.Sprintf("the log ends at position %d: the subscription would begin behind it", head))
		}
		return &allSource{reader: r, position: position}, position, nil
	}
	s := &streamSource{reader: r, next: 0}
	if !r.from.start && !r.from.end {
		s.next = r.from.revision() + 1
	}
	if !r.from.end {
		return s, 0, nil
	}
	head := r.store.Head()
	v, err := r.store.Stream(r.stream, head)
	s.next = v.Last + 1
	return s, head, err
}

// allSource follows $all, filtered or not.
type allSource struct {
	*reader
	position   uint64
	considered uint64 // events since the last checkpoint
	told       uint64 // the position of the last checkpoint, which none repeats
}

func (a *allSource) behind(until uint64) error {
	for a.position < until {
		page, err := a.store.AllForward(a.position+1, until, pageEvents)
		if err != nil {
			return err
		}
		for i := range page {
			if err := a.offer(&page[i]); err != nil {
				return err
			}
		}
		if len(page) == 0 {
			a.position = until
		}
		if err := a.interrupted(); err != nil {
			return err
		}
	}
	return nil
}

func (a *allSource) offer(e *store.Record) error {
	a.position = e.Position
	if a.filter.takes(e) {
		if err := a.send(e); err != nil {
			return err
		}
	}
	if a.filter == nil {
		return nil
	}
	if a.considered++; a.considered < a.filter.every {
		return nil
	}
	return a.checkpoint(e.Position)
}

func (a *allSource) caughtUp(position uint64) error {
	if a.filter == nil {
		return nil
	}
	return a.checkpoint(position)
}

func (a *allSource) place(position uint64) []byte { return placeInAll(position) }

func (a *allSource) checkpoint(position uint64) error {
	a.considered = 0
	if position <= a.told {
		return nil
	}
	a.told = position
	return a.call.Send(&streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{
		Checkpoint: &streams.ReadResp_Checkpoint{CommitPosition: position, PreparePosition: position},
	}})
}

// streamSource follows one stream, which need not exist yet.
type streamSource struct {
	*reader
	next int64
}

func (s *streamSource) behind(until uint64) error {
	v, err := s.store.Stream(s.stream, until)
	if err != nil || !v.Exists {
		return err
	}
	for s.next <= v.Last {
		page, next, err := s.store.Forward(v, s.next, pageEvents)
		if err != nil {
			return err
		}
		if err := s.sendPage(page); err != nil {
			return err
		}
		s.next = next
		if err := s.interrupted(); err != nil {
			return err
		}
	}
	return nil
}

func (s *streamSource) offer(e *store.Record) error {
	if string(e.Stream) != s.stream || e.Revision < s.next {
		return nil
	}
	s.next = e.Revision + 1
	if err := s.send(e); err != nil {
		return err
	}
	if e.Revision == store.Tombstone { // sent as EventStoreDB does, and then the end
		return &store.StreamDeleted{Stream: s.stream}
	}
	return nil
}

func (s *streamSource) caughtUp(uint64) error { return nil }

func (s *streamSource) place(uint64) []byte { return placeInStream(s.next - 1) }
