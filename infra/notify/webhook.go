package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/event"
)

// Log is the ledger to watch.
type Log interface {
	Watch(ctx context.Context, from event.Position, types []string, take func(ctx context.Context, events []event.Recorded, at event.Position) error) error
}

// Store keeps the webhook's note.
type Store interface {
	Read(ctx context.Context, value any) (bool, error)
	Write(ctx context.Context, value any) error
}

// Webhook posts every alert event, in order, each until the receiver answers 2xx. ID in the body is the same on every
// try, so that a receiver can drop a repeat.
type Webhook struct {
	URL    string
	Log    Log
	Store  Store
	Client *http.Client
	Now    func() time.Time
	Logger *slog.Logger
}

// Message is the body of a post. State is open or resolved.
type Message struct {
	ID         uuid.UUID `json:"id"`
	Alert      uuid.UUID `json:"alert"`
	State      string    `json:"state"`
	RecordedAt time.Time `json:"recorded_at"`
	Code       string    `json:"code,omitempty"`
	Variant    string    `json:"variant,omitempty"`
	Area       string    `json:"area,omitempty"`
	Period     string    `json:"period,omitempty"`
	Unit       string    `json:"unit,omitempty"`
	Value      *float64  `json:"value"`
	Expected   *float64  `json:"expected"`
	Reason     string    `json:"reason"`
}

type note struct {
	At    event.Position `json:"position"`
	Since time.Time      `json:"since"`
}

// Run tells until ctx ends or the log breaks. Alerts from before the webhook was first set are not told.
func (w *Webhook) Run(ctx context.Context) error {
	var n note
	known, err := w.Store.Read(ctx, &n)
	if err != nil {
		return fmt.Errorf("read how far the webhook is: %w", err)
	}
	if !known {
		n.Since = w.Now().UTC()
		if err := w.Store.Write(ctx, n); err != nil {
			return fmt.Errorf("note since when the webhook is set: %w", err)
		}
	}
	types := []string{alert.Raised{}.EventType(), alert.Resolved{}.EventType()}
	return w.Log.Watch(ctx, n.At, types, func(ctx context.Context, events []event.Recorded, at event.Position) error {
		for _, r := range events {
			m, tells := message(r)
			if !tells || r.Metadata.RecordedAt.Before(n.Since) {
				continue
			}
			if err := w.tell(ctx, m); err != nil {
				return err
			}
			if err := w.Store.Write(ctx, note{At: r.Position, Since: n.Since}); err != nil {
				return fmt.Errorf("note how far the webhook is: %w", err)
			}
		}
		return w.Store.Write(ctx, note{At: at, Since: n.Since}) // also where nothing was to be told
	})
}

func message(r event.Recorded) (Message, bool) {
	m := Message{ID: r.ID, RecordedAt: r.Metadata.RecordedAt}
	switch e := r.Event.(type) {
	case alert.Raised:
		m.Alert, m.State, m.Code, m.Variant, m.Area, m.Period, m.Unit = e.Alert, "open", e.Code, e.Variant, e.Area, e.Period, e.Unit
		m.Value, m.Expected, m.Reason = &e.Value, &e.Expected, "behind"
	case alert.Resolved:
		m.Alert, m.State, m.Value, m.Expected, m.Reason = e.Alert, "resolved", e.Value, e.Expected, string(e.Reason)
	default:
		return m, false
	}
	return m, true
}

// tell posts m until it is taken, with pauses from one second to a minute.
func (w *Webhook) tell(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode the webhook's message: %w", err)
	}
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		err := w.post(ctx, body)
		if err == nil {
			return nil
		}
		w.Logger.Warn("the webhook did not take an alert; it is tried again", "event", m.ID, "pause", pause, "error", err)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

func (w *Webhook) post(ctx context.Context, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := w.Client.Do(request)
	if err != nil {
		return fmt.Errorf("the receiver cannot be reached")
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)); err != nil {
		return fmt.Errorf("the receiver's answer broke off")
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("the receiver answered %d", response.StatusCode)
	}
	return nil
}
