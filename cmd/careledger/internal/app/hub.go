package app

import (
	"sync"

	"github.com/careledger/careledger/infra/httpapi"
)

// hub hands messages to open pages. A page that does not keep up loses its connection and asks anew.
type hub struct {
	mu     sync.Mutex
	pages  map[chan httpapi.LiveMessage]struct{}
	closed bool
}

const waitingMessages = 64

func newHub() *hub { return &hub{pages: map[chan httpapi.LiveMessage]struct{}{}} }

// Subscribe implements httpapi.Live.
func (h *hub) Subscribe() (<-chan httpapi.LiveMessage, func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	page := make(chan httpapi.LiveMessage, waitingMessages)
	if h.closed {
		close(page)
		return page, func() {}
	}
	h.pages[page] = struct{}{}
	return page, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.drop(page)
	}
}

func (h *hub) publish(event string, data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for page := range h.pages {
		select {
		case page <- httpapi.LiveMessage{Event: event, Data: data}:
		default:
			h.drop(page)
		}
	}
}

func (h *hub) drop(page chan httpapi.LiveMessage) {
	if _, open := h.pages[page]; open {
		delete(h.pages, page)
		close(page)
	}
}

// close lets every page go, so that the server can drain.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for page := range h.pages {
		h.drop(page)
	}
}
