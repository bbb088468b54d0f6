package store

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// A group takes what waits, up to these bounds; one request may exceed them alone. groupEvents stays below recentKept,
// so that every id of a group is known to the requests after it.
const (
	groupRequests = 1024
	groupEvents   = 8 << 10
	groupBytes    = 8 << 20
	recentKept    = 48 << 10
	recentAtStart = 8 << 10
)

// sequencer gives every append its place in the one order. Its fields belong to its goroutine.
type sequencer struct {
	store    *Store
	heads    *heads
	recent   *recent
	space    space
	position uint64 // the last one given out
	streams  uint64 // the last stream id given out
	held     *request
}

// group is what one sync makes durable, with the answers that wait for it.
type group struct {
	batch   *pebble.Batch // nil: nothing to write, only answers to give in their turn
	records []Record
	bytes   int
	answers []answer
	begun   time.Time
}

type answer struct {
	to *request
	outcome
}

func newSequencer(s *Store) (*sequencer, error) {
	q := &sequencer{store: s, recent: newRecent(), space: space{options: &s.options, ballast: s.ballast}}
	var err error
	if s.metas, err = newMetastreams(s.db); err != nil {
		return nil, fmt.Errorf("read the names of the metadata streams: %w", err)
	}
	if q.heads, err = newHeads(s.db, s.metas); err != nil {
		return nil, err
	}
	if q.position, err = lastNumber(s.db, []byte{logSpace}, afterSpace(logSpace)); err != nil {
		return nil, fmt.Errorf("read the end of the log: %w", err)
	}
	if q.streams, err = lastNumber(s.db, []byte{indexSpace}, afterSpace(indexSpace)); err != nil {
		return nil, fmt.Errorf("read the last stream id: %w", err)
	}
	s.visible.Store(q.position)
	return q, q.remember()
}

// lastNumber reads the number behind the first byte of the last key between lower and upper, 0 without any.
func lastNumber(db pebble.Reader, lower, upper []byte) (n uint64, err error) {
	err = iterate(db, lower, upper, func(it *pebble.Iterator) error {
		if it.Last() {
			n = binary.BigEndian.Uint64(it.Key()[1:])
		}
		return nil
	})
	return n, err
}

// remember fills the recent ids from the end of the log. What is damaged there is left for its readers to find.
func (q *sequencer) remember() error {
	from := uint64(1)
	if q.position > recentAtStart {
		from = q.position - recentAtStart + 1
	}
	err := iterate(q.store.db, logKey(from), afterSpace(logSpace), func(it *pebble.Iterator) error {
		var r Record
		for ok := it.First(); ok; ok = it.Next() {
			if readRecord(binary.BigEndian.Uint64(it.Key()[1:]), it.Value(), &r) == nil {
				q.recent.add(r.ID, place{stream: r.streamID, revision: r.Revision, position: r.Position})
			}
		}
		return nil
	})
	if pebble.IsCorruptionError(err) {
		q.store.options.Logger.Error("event store: some of the last events cannot be read", "error", err)
		return nil
	}
	return err
}

// run takes requests until the queue is closed, a group at a time.
func (q *sequencer) run(groups chan<- *group) {
	defer close(groups)
	for {
		first := q.next()
		if first == nil {
			return
		}
		groups <- q.gather(first)
	}
}

func (q *sequencer) next() *request {
	if r := q.held; r != nil {
		q.held = nil
		return r
	}
	return <-q.store.queue
}

// gather makes a group of first and what else waits, and writes it to Pebble without waiting for the sync.
func (q *sequencer) gather(first *request) *group {
	g := &group{begun: time.Now()}
	q.take(g, first)
	for len(g.answers) < groupRequests && len(g.records) < groupEvents && g.bytes < groupBytes {
		r := q.waiting()
		if r == nil {
			break
		}
		if g.bytes > 0 && g.bytes+r.size > groupBytes {
			q.held = r
			break
		}
		q.take(g, r)
	}
	return q.write(g)
}

// waiting answers a request that is there already, nil without any. Before it gives up it lets others run: who is about
// to hand over a request can do so and share the sync.
func (q *sequencer) waiting() *request {
	for range 3 {
		select {
		case r := <-q.store.queue:
			return r
		default:
			runtime.Gosched()
		}
	}
	return nil
}

func (q *sequencer) take(g *group, r *request) {
	a := answer{to: r}
	a.result, a.err = q.handle(g, r)
	a.err = damage(0, a.err)
	g.answers = append(g.answers, a)
}

func (q *sequencer) handle(g *group, r *request) (Result, error) {
	switch {
	case q.store.hasFailed():
		return Result{}, ErrFailed
	case r.ctx.Err() != nil:
		return Result{}, r.ctx.Err()
	case !q.space.allows(r.size):
		return Result{}, ErrNoSpace
	}
	h, err := q.heads.of(r.stream)
	if err != nil {
		return Result{}, err
	}
	d, err := q.decide(r, h)
	if d.done || err != nil {
		return d.result, err
	}
	if err := q.prepare(r, d); err != nil {
		return Result{}, err
	}
	return q.apply(g, r, h, d)
}

// write hands the group's batch to Pebble. An error there is fatal: what it left in memory cannot be taken back.
func (q *sequencer) write(g *group) *group {
	if g.batch == nil || q.store.hasFailed() {
		return g
	}
	q.index(g)
	if err := q.store.db.ApplyNoSyncWait(g.batch, pebble.Sync); err != nil {
		q.store.fail(fmt.Errorf("write to the log: %w", err))
		g.batch = nil
		g.records = nil
	}
	return g
}
