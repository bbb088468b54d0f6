package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/careledger/careledger/domain/access"
)

const livePath = "/api/v1/live"

const (
	heartbeat = 15 * time.Second
	slowest   = 10 * time.Second // a page that takes longer for one message is sent away; it comes back by itself
	mostPages = 2_000
)

func (s *server) registerLive(api huma.API, r chi.Router) {
	op := &huma.Operation{
		OperationID: "live", Method: http.MethodGet, Path: livePath, Tags: []string{"questions"},
		Summary:     "What changes, as server-sent events",
		Description: "`hello` {log, prefecture, frontier, head} at the start (another log than before: read everything again); `head` {prefecture, head}, `cells` {prefecture, frontier, slabs} and `alerts` {id} as they change.",
		Responses:   problems(api),
	}
	op.Responses["200"] = &huma.Response{
		Description: "An endless stream",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	api.OpenAPI().AddOperation(op)
	pages := make(chan struct{}, mostPages)
	r.Get(op.Path, func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.caller(r.Context(), access.ReadNumbers); err != nil {
			s.refuse(w, r, err)
			return
		}
		select {
		case pages <- struct{}{}:
			defer func() { <-pages }()
			s.live(w, r)
		default:
			s.refuse(w, r, errBusy)
		}
	})
}

// live tells an open page what has changed until it leaves or the server drains.
func (s *server) live(w http.ResponseWriter, r *http.Request) {
	messages, cancel := s.Live.Subscribe()
	defer cancel()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // proxies pass it on at once
	say := func(text string) bool {
		if err := out.SetWriteDeadline(time.Now().Add(slowest)); err != nil {
			return false
		}
		_, err := w.Write([]byte(text))
		return err == nil && out.Flush() == nil
	}
	if !say("retry: 1000\n" + eventText("hello", s.hello(r))) {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-s.Draining:
			return
		case <-beat.C:
			if !say(": still here\n\n") {
				return
			}
		case m, open := <-messages:
			if !open || !say(eventText(m.Event, m.Data)) {
				return
			}
		}
	}
}

// hello says where the numbers stand, and of which log they are, so that a page knows what it may have missed.
func (s *server) hello(r *http.Request) []byte {
	status := s.Status(r.Context())
	at := struct {
		Log        string `json:"log"`
		Prefecture string `json:"prefecture"`
		Frontier   uint64 `json:"frontier,string"`
		Head       uint64 `json:"head,string"`
	}{Log: fmt.Sprintf("%s/%d", status.Ledger, status.Epoch), Prefecture: s.Plan.Prefecture, Head: s.Head()}
	at.Frontier = status.of(s.Plan.Prefecture).Frontier
	text, err := json.Marshal(at)
	if err != nil {
		return []byte("{}")
	}
	return text
}

func eventText(name string, data []byte) string {
	return "event: " + name + "\ndata: " + string(data) + "\n\n"
}
