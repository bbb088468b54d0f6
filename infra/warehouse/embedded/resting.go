package embedded

import (
	"slices"
	"strings"
	"sync"
)

// resting are sessions between two requests. Opening a connection and setting it up costs three times what a short statement
// does, and nearly all requests ask for one of a few setups.
type resting struct {
	mu       sync.Mutex
	sessions []*session // the longest at rest first
}

// mostResting bounds them: each holds some memory.
const mostResting = 2 * statementsAtOnce

// take answers a session that is set up so; nil where there is none.
func (r *resting) take(setup string) *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, s := range slices.Backward(r.sessions) {
		if s.setup == setup {
			r.sessions = slices.Delete(r.sessions, i, i+1)
			return s
		}
	}
	return nil
}

// rest gives up the session's slot and keeps its connection for a request with the same setup. Only for one that is as it
// was set up: whose statements all ended well and could not change it.
func (s *session) rest() {
	r := &s.engine.rest
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sessions = append(r.sessions, s)
	if len(r.sessions) > mostResting {
		s.engine.lib.close(r.sessions[0].conn)
		r.sessions = slices.Delete(r.sessions, 0, 1)
	}
	<-s.engine.slots
}

// end closes all. No session may be in use.
func (r *resting) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.sessions {
		s.engine.lib.close(s.conn)
	}
	r.sessions = nil
}

// setup is what a session is set up with, as one text.
func (r request) setup() string {
	parts := []string{r.database, r.readonly}
	for _, p := range r.settings {
		parts = append(parts, p.name, p.value)
	}
	return strings.Join(parts, "\x00")
}
