package httpapi

import (
	"fmt"
	"net/http"
	"time"

	"github.com/careledger/careledger/domain/access"
)

// live tells an open page what has changed, as server-sent events, until it leaves or the server drains.
func (s *server) live(w http.ResponseWriter, r *http.Request) {
	if _, err := s.caller(r.Context(), access.ReadNumbers); err != nil {
		writeProblem(w, problemOf(r.Context(), s.Logger, err))
		return
	}
	messages, cancel := s.Live.Subscribe()
	defer cancel()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	say := func(text string) bool {
		if err := out.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
			return false
		}
		_, err := fmt.Fprint(w, text)
		return err == nil && out.Flush() == nil
	}
	if !say(fmt.Sprintf("retry: 1000\nevent: hello\ndata: {\"head\":\"%d\"}\n\n", s.Head())) {
		return
	}
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			if !say(": still here\n\n") {
				return
			}
		case m, open := <-messages:
			if !open || !say("event: "+m.Event+"\ndata: "+string(m.Data)+"\n\n") {
				return
			}
		}
	}
}
