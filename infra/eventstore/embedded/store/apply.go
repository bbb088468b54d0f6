package store

import (
	"encoding/binary"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// prepare loads the heads that apply will need, so that nothing can fail once it has begun to add.
func (q *sequencer) prepare(r *request, d decision) error {
	if r.kind == softDeleting || d.revive {
		_, err := q.heads.of(metastreamOf(r.stream))
		return err
	}
	if isMetastream(r.stream) {
		_, err := q.heads.of(originalOf(r.stream))
		return err
	}
	return nil
}

// apply adds what an accepted request writes to the group.
func (q *sequencer) apply(g *group, r *request, h *head, d decision) (Result, error) {
	switch r.kind {
	case softDeleting:
		return q.writeMetadata(g, r.stream, h, softDelete())
	case tombstoning:
		e := Proposed{ID: uuid.New(), Type: TombstoneType}
		h.last = Tombstone - 1
		result := q.add(g, r.stream, h, e)
		q.set(g, endedKey(r.stream), nil)
		return result, nil
	}
	before := h.last
	result := q.add(g, r.stream, h, r.events...)
	if isMetastream(r.stream) {
		return result, q.metadataWritten(g, r)
	}
	if d.revive {
		return result, q.revive(g, r.stream, h, h.rawMeta, before+1)
	}
	return result, nil
}

// metadataWritten lets the head of the stream know its new metadata. Writing metadata to a soft-deleted stream brings
// it back, numbered on from where it stopped.
func (q *sequencer) metadataWritten(g *group, r *request) error {
	original, err := q.heads.of(originalOf(r.stream))
	if err != nil || len(r.events) == 0 || isMetastream(originalOf(r.stream)) {
		return err
	}
	last := r.events[len(r.events)-1]
	wasDeleted := original.deleted
	original.setMeta(last.JSON, last.Data)
	if !wasDeleted {
		return nil
	}
	return q.revive(g, originalOf(r.stream), original, last.Data, original.last+1)
}

// revive writes the stream's metadata again with everything below from truncated, instead of all. What is no JSON
// object cannot be written so, and EventStoreDB leaves it as it is.
func (q *sequencer) revive(g *group, stream string, h *head, raw []byte, from int64) error {
	set, ok := withBefore(raw, from)
	if !ok {
		return nil
	}
	_, err := q.writeMetadata(g, stream, h, metadataEvent(set))
	return err
}

func (q *sequencer) writeMetadata(g *group, stream string, h *head, e Proposed) (Result, error) {
	meta, err := q.heads.of(metastreamOf(stream))
	if err != nil {
		return Result{}, err
	}
	result := q.add(g, metastreamOf(stream), meta, e)
	if !isMetastream(stream) { // of metadata streams it hides nothing
		h.setMeta(e.JSON, e.Data)
	}
	return result, nil
}

// add gives the events their places behind h and writes them to the group's batch.
func (q *sequencer) add(g *group, stream string, h *head, events ...Proposed) Result {
	if len(events) == 0 {
		return Result{Revision: h.last}
	}
	if g.batch == nil {
		g.batch = q.store.db.NewBatch()
	}
	if h.id == 0 {
		q.streams++
		h.id = q.streams
		q.store.metas.add(stream)
		q.set(g, nameKey(stream), positionValue(h.id))
	}
	created := q.store.options.Now().UnixNano() / 100
	name := []byte(stream)
	g.records = slices.Grow(g.records, len(events))
	for i := range events {
		e := &events[i]
		q.position++
		h.last++
		q.put(g, Record{
			Position: q.position, Revision: h.last, ID: e.ID, Created: created, JSON: e.JSON, Stream: name, Type: []byte(e.Type),
			Metadata: e.Metadata, Data: e.Data, Index: uint32(i), Count: uint32(len(events)), streamID: h.id,
		})
	}
	return Result{Revision: h.last, Position: q.position}
}

// put writes the record to the batch. Its index entry waits for the end of the group: a memtable takes keys in one
// place one after the other in half the time.
func (q *sequencer) put(g *group, r Record) {
	size := recordSize(&r)
	set := g.batch.SetDeferred(logKeyLen, size)
	set.Key[0] = logSpace
	binary.BigEndian.PutUint64(set.Key[1:], r.Position)
	appendRecord(set.Value[:0], &r)
	q.finish(set)
	g.bytes += size
	g.records = append(g.records, r)
	q.recent.add(r.ID, place{stream: r.streamID, revision: r.Revision, position: r.Position})
}

// index writes the index entries of the group's records.
func (q *sequencer) index(g *group) {
	for i := range g.records {
		r := &g.records[i]
		set := g.batch.SetDeferred(indexKeyLen, positionLen)
		set.Key[0] = indexSpace
		binary.BigEndian.PutUint64(set.Key[1:], r.streamID)
		binary.BigEndian.PutUint64(set.Key[9:], uint64(r.Revision))
		binary.BigEndian.PutUint64(set.Value, r.Position)
		q.finish(set)
	}
}

// set adds to the batch; in memory it cannot fail, and were it to, nothing of the group may be acknowledged.
func (q *sequencer) set(g *group, key, value []byte) {
	if err := g.batch.Set(key, value, nil); err != nil {
		q.store.fail(err)
	}
}

func (q *sequencer) finish(set *pebble.DeferredBatchOp) {
	if err := set.Finish(); err != nil {
		q.store.fail(err)
	}
}
