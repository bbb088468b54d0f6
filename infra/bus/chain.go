package bus

import (
	"maps"
	"sync"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
)

// A tip is the last event of a prefecture. Number is UnknownPrevious where there may be one that is not known.
type tip struct {
	number uint64
	id     uuid.UUID
}

// chain is what the bus has taken: the last event of each prefecture, and how far in the log. A prefecture that is not
// in it had no event before where complete, else it is not known whether it had.
type chain struct {
	mu       sync.Mutex
	tips     map[string]tip
	at       event.Checkpoint
	complete bool
}

func newChain() *chain { return &chain{tips: map[string]tip{}} }

// reached is the last event that the bus has taken in this run, or from which it resumed.
func (c *chain) reached() event.Checkpoint {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *chain) known() map[string]tip {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.tips)
}

// forget begins anew.
func (c *chain) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tips, c.at, c.complete = map[string]tip{}, event.Checkpoint{}, false
}

// took notes that the bus holds an event.
func (c *chain) took(prefecture string, at event.Checkpoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
	c.tips[prefecture] = tip{number: at.Number, id: at.EventID}
}

// resume goes on behind from, with held being what the stream holds. What is known beyond from was lost with the
// stream's tail; such a prefecture's last event is then not known.
func (c *chain) resume(held map[string]tip, from event.Checkpoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = from
	if from.Number == 0 {
		c.tips, c.complete = map[string]tip{}, true
		return
	}
	for prefecture, t := range c.tips {
		if t.number > from.Number {
			c.tips[prefecture] = tip{number: UnknownPrevious}
		}
	}
	maps.Copy(c.tips, held)
}

// previous answers a prefecture's last number, for a fresh session.
func (c *chain) previous() (numbers map[string]uint64, other uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	numbers = map[string]uint64{}
	for prefecture, t := range c.tips {
		numbers[prefecture] = t.number
	}
	if c.complete {
		return numbers, 0
	}
	return numbers, UnknownPrevious
}
