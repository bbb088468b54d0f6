package command

import (
	"container/list"
	"sync"

	"github.com/google/uuid"
)

// folded is what is known of a stream: its state, the revision of its last event (-1: none) and the commands it
// remembers. Whoever takes it out of the cache owns it.
type folded struct {
	state    any
	revision int64
	seen     map[uuid.UUID]seen
}

type seen struct {
	hash     string
	revision uint64
	doubts   []string
}

// cache holds the streams used last, at most limit remembered commands in all. An entry is owned by one command at a
// time: take removes it, put gives it back. Losing one costs a read of its stream, never correctness: an append names
// the revision it builds on.
type cache struct {
	mu      sync.Mutex
	limit   int
	weight  int
	order   *list.List
	streams map[string]*list.Element
}

type cached struct {
	stream string
	folded *folded
	weight int
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), streams: map[string]*list.Element{}}
}

func (c *cache) take(stream string) (*folded, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.streams[stream]
	if !ok {
		return nil, false
	}
	return c.remove(e).folded, true
}

func (c *cache) put(stream string, f *folded) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.streams[stream]; ok {
		c.remove(e)
	}
	entry := cached{stream, f, 4 + len(f.seen)}
	c.streams[stream] = c.order.PushFront(entry)
	c.weight += entry.weight
	for c.weight > c.limit {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(e *list.Element) cached {
	entry := c.order.Remove(e).(cached)
	delete(c.streams, entry.stream)
	c.weight -= entry.weight
	return entry
}
