package store

import (
	"fmt"
	"time"
)

// publish waits for each group's sync, in order, makes the group visible and answers its requests. What fails once is
// not tried again: after a failed sync nobody knows what the disk holds, so nothing more is acknowledged.
func (s *Store) publish(groups <-chan *group) {
	defer close(s.settled)
	for g := range groups {
		s.settle(g)
		for _, a := range g.answers {
			if s.hasFailed() {
				a.outcome = outcome{err: ErrFailed}
			}
			s.metrics.count(a.outcome)
			a.to.done <- a.outcome // buffered for one
		}
	}
}

func (s *Store) settle(g *group) {
	s.metrics.groupSize.Observe(float64(len(g.answers)))
	if g.batch == nil || s.hasFailed() {
		return
	}
	if err := g.batch.SyncWait(); err != nil {
		s.fail(fmt.Errorf("sync the log: %w", err))
		return
	}
	if s.hasFailed() {
		return
	}
	if err := g.batch.Close(); err != nil {
		s.fail(fmt.Errorf("sync the log: %w", err))
		return
	}
	s.metrics.sync.Observe(time.Since(g.begun).Seconds())
	s.metrics.events.Add(float64(len(g.records)))
	s.metrics.bytes.Add(float64(g.bytes))
	s.tail.add(g.records)
	s.visible.Store(g.records[len(g.records)-1].Position)
	s.tail.wake()
}
