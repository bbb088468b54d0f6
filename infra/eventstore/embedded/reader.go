package embedded

import (
	"bytes"
	"context"
	"math"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

const pageEvents = 512

// Read answers reads and subscriptions, of a stream and of $all.
func (s *streamsService) Read(request *streams.ReadReq, call streams.Streams_ReadServer) error {
	p, err := newPlan(request.GetOptions())
	if err != nil {
		return err
	}
	r := &reader{plan: p, store: s.store, stopping: s.stopping, call: call, ctx: call.Context(), encoder: newEncoder(p.uuidText)}
	switch {
	case p.live:
		err = r.follow()
	case p.all:
		err = r.readAll()
	default:
		err = r.readStream()
	}
	return answer(r.ctx, p.stream, err)
}

// reader serves one call of Read.
type reader struct {
	*plan
	store    *store.Store
	stopping <-chan struct{}
	call     streams.Streams_ReadServer
	ctx      context.Context //nolint:containedctx // it is the call's, and lives as long
	encoder  *encoder
	sent     uint64
}

func (r *reader) done() bool { return r.sent >= r.limit }

// room is how many more events the next page may bring. Where events are dropped afterwards, a full page is read.
func (r *reader) room() int {
	if r.filter != nil {
		return pageEvents
	}
	return int(min(pageEvents, r.limit-r.sent))
}

// send sends an event, and with links resolved what it leads to.
func (r *reader) send(e *store.Record) error {
	event, link := e, (*store.Record)(nil)
	if r.resolve && string(e.Type) == store.LinkType {
		link = e
		var err error
		if event, err = r.target(e); err != nil {
			return err
		}
	}
	r.sent++
	return r.call.SendMsg(r.encoder.readEvent(event, link))
}

// target finds the event a link names ("revision@stream"), nil where there is none to be seen.
func (r *reader) target(link *store.Record) (*store.Record, error) {
	number, stream, ok := bytes.Cut(link.Data, []byte("@"))
	revision, err := strconv.ParseInt(string(number), 10, 64)
	if !ok || err != nil || revision < 0 || len(stream) == 0 {
		return nil, nil //nolint:nilnil // a broken link leads nowhere, which is no error
	}
	found, ok, err := r.store.Event(string(stream), revision, r.store.Head())
	if !ok || err != nil {
		return nil, err
	}
	return &found, nil
}

func (r *reader) readAll() error {
	if r.backwards {
		return r.readAllBackward()
	}
	position, until := r.from.at, r.store.Head()
	if r.from.end {
		return nil
	}
	if !r.resolve {
		return r.passAll(position, until)
	}
	for !r.done() {
		page, err := r.store.AllForward(position, until, r.room())
		if err != nil || len(page) == 0 {
			return err
		}
		if err := r.sendPage(page); err != nil {
			return err
		}
		position = page[len(page)-1].Position + 1
	}
	return nil
}

// passAll encodes events where they lie, without a copy of its own.
func (r *reader) passAll(position, until uint64) error {
	var messages []*frame
	for !r.done() && position <= until {
		messages = messages[:0]
		next, err := r.store.VisitForward(position, until, r.room(), func(e *store.Record) {
			if r.filter.takes(e) && r.sent < r.limit {
				r.sent++
				messages = append(messages, r.encoder.readEvent(e, nil))
			}
		})
		if err != nil || next == position {
			return err
		}
		for _, m := range messages {
			if err := r.call.SendMsg(m); err != nil {
				return err
			}
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
		position = next
	}
	return nil
}

func (r *reader) readAllBackward() error {
	before := r.from.at
	if r.from.end {
		before = math.MaxUint64
	}
	for !r.done() && !r.from.start {
		page, err := r.store.AllBackward(before, r.room())
		if err != nil || len(page) == 0 {
			return err
		}
		if err := r.sendPage(page); err != nil {
			return err
		}
		before = page[len(page)-1].Position
	}
	return nil
}

func (r *reader) sendPage(page []store.Record) error {
	for i := range page {
		if r.done() {
			return nil
		}
		if !r.filter.takes(&page[i]) {
			continue
		}
		if err := r.send(&page[i]); err != nil {
			return err
		}
	}
	return r.ctx.Err()
}

func (r *reader) readStream() error {
	v, err := r.store.Stream(r.stream, r.store.Head())
	if err != nil {
		return err
	}
	if !v.Exists {
		return r.notFound()
	}
	if r.backwards {
		return r.readBackward(v)
	}
	return r.readForward(v)
}

func (r *reader) readForward(v store.Stream) error {
	next := r.from.revision()
	switch {
	case r.from.start:
		next = 0
	case r.from.end:
		next = v.Last + 1
	}
	start := next
	if err := r.sendFirst(v, start, false); err != nil {
		return err
	}
	for !r.done() && next <= v.Last {
		page, after, err := r.store.Forward(v, next, r.room())
		if err != nil {
			return err
		}
		if err := r.sendPage(page); err != nil {
			return err
		}
		next = after
	}
	if err := r.sendFirst(v, start, true); err != nil {
		return err
	}
	return r.sendLast(v)
}

func (r *reader) readBackward(v store.Stream) error {
	next := r.from.revision()
	switch {
	case r.from.start:
		next = 0
	case r.from.end:
		next = v.Last
	}
	for !r.done() && next >= v.First && next >= 0 {
		page, after, err := r.store.Backward(v, next, r.room())
		if err != nil {
			return err
		}
		if err := r.sendPage(page); err != nil {
			return err
		}
		next = after
	}
	return r.sendLast(v)
}

// clusterPage is how many events EventStoreDB reads at once for a client.
const clusterPage = 32

// sendFirst tells a client that can take it where what is left of the stream begins: before the events where a
// cluster's first page would hold none of them, after a read that brought nothing the end.
func (r *reader) sendFirst(v store.Stream, start int64, ended bool) error {
	before := v.First-start >= int64(min(clusterPage, r.limit))
	if !r.edges || before == ended {
		return nil
	}
	first := v.First
	if ended {
		if first = v.Last + 1; r.sent > 0 || start == first {
			return nil
		}
	}
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_FirstStreamPosition{FirstStreamPosition: uint64(first)}})
}

// sendLast ends a read with where the stream ends, for a client that can take it.
func (r *reader) sendLast(v store.Stream) error {
	if !r.edges {
		return nil
	}
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_LastStreamPosition{LastStreamPosition: uint64(v.Last)}})
}

func (r *reader) notFound() error {
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{
		StreamNotFound: &streams.ReadResp_StreamNotFound{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(r.stream)}},
	}})
}
