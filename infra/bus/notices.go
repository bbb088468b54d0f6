package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

const maxNotices = 4096 // waiting for a taker; more are dropped

// Announce tells the product's other processes something small, as JSON, on notices.<kind>.<prefecture>. A notice may be
// lost and is not kept: it may say that there is something to look at, never what must not be missed. No personal data.
func (b *Bus) Announce(ctx context.Context, kind, prefecture string, body any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("announce %s: %w", kind, err)
	}
	if err := b.nc.Publish(notices+"."+token(kind)+"."+token(prefecture), text); err != nil {
		return fmt.Errorf("announce %s: %w (%w)", kind, ErrUnavailable, err)
	}
	return nil
}

// Notices calls take with each notice of a kind, one after another, until ctx ends or take fails. body is take's only
// until it returns.
func (b *Bus) Notices(ctx context.Context, kind string, take func(prefecture string, body []byte) error) error {
	prefix := notices + "." + token(kind) + "."
	return b.subscribe(ctx, prefix+"*", func(subject string, body []byte) error {
		return take(strings.TrimPrefix(subject, prefix), body)
	})
}

// subscribe calls take with each message on subject; the subscription outlives reconnections.
func (b *Bus) subscribe(ctx context.Context, subject string, take func(subject string, body []byte) error) error {
	messages := make(chan *nats.Msg, maxNotices)
	s, err := b.nc.ChanSubscribe(subject, messages)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", subject, err)
	}
	defer func() {
		if err := s.Unsubscribe(); err != nil && !errors.Is(err, nats.ErrConnectionClosed) && !errors.Is(err, nats.ErrBadSubscription) {
			b.logger.Debug("unsubscribe", "subject", subject, "error", err)
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m, open := <-messages:
			if !open {
				return fmt.Errorf("listen on %s: %w", subject, ErrUnavailable)
			}
			if err := take(m.Subject, m.Data); err != nil {
				return fmt.Errorf("take %s: %w", subject, err)
			}
		}
	}
}
