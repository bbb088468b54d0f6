package embedded

import (
	"context"
	"time"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// Snapshot writes the store as it is now to dir, which must not exist and should lie on the same disk. No writer waits.
func (s *Server) Snapshot(dir string) error { return s.store.Snapshot(dir) }

// Scavenge removes what stream metadata and deletions have hidden, and gives its space back. It ends early when ctx or
// the server does; the next one goes on.
func (s *Server) Scavenge(ctx context.Context) (store.Scavenged, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.running, cancel)()
	return s.store.Scavenge(ctx)
}

// firstScavenge is how long after its start a server scavenges first, if it does so at all.
const firstScavenge = 10 * time.Minute

// scavengeAtTimes scavenges at intervals until the server stops. What fails is tried again at the next one.
func (s *Server) scavengeAtTimes(every time.Duration) {
	next := time.NewTimer(min(every, firstScavenge))
	defer next.Stop()
	for {
		select {
		case <-next.C:
			if _, err := s.Scavenge(s.running); err != nil && s.running.Err() == nil {
				s.options.Logger.Error("event store: not scavenged", "error", err)
			}
			next.Reset(every)
		case <-s.running.Done():
			return
		}
	}
}
