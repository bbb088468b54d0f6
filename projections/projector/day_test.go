package projector_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/projections/projector"
)

// A month begins while no event comes: what holds on is counted for it too.
func TestADayThatBeginsIsCounted(t *testing.T) {
	s, turned, enough := newStore(), atomic.Bool{}, errors.New("enough")
	feed := func(ctx context.Context, at event.Checkpoint, take func(context.Context, []event.Recorded, bool) error) error {
		if err := take(ctx, []event.Recorded{beds(1), beds(2)}, true); err != nil {
			return err
		}
		for n := range s.counted {
			turned.Store(turned.Load() || n == 2)
			s.mu.Lock()
			counted := s.value("elder-beds", "532600", "2022-02") == 20
			s.mu.Unlock()
			if counted {
				return enough
			}
		}
		return nil
	}
	err := projectingWith(t, s, 0, feed, func(p *projector.Projector) {
		before := p.Now()
		p.Now = func() time.Time {
			if turned.Load() {
				return before.AddDate(0, 1, 0)
			}
			return before
		}
	})
	require.ErrorIs(t, err, enough)
	require.InDelta(t, 20, s.value("elder-beds", "532600", "2022-01"), 0)
}

func TestAParkedChildMayTouchTheMonthOfItsBirth(t *testing.T) {
	s, e := newStore(), beds(1)
	e.Event = child.Registered{Child: uuid.New(), Area: "532601001", RegisteredOn: calendar.Date(2021, 6, 5), BirthMonth: calendar.MonthOf(2021, 2)}
	e.Data = []byte(`{"area":"532601001","registered_on":"2021-06-05","birth_month":"2021-02"}`)
	require.ErrorIs(t, projectingWith(t, s, 1, from(e), func(p *projector.Projector) { p.Fold = broken }), context.Canceled)
	require.Len(t, s.parked(), 1)
	require.Equal(t, calendar.MonthOf(2021, 2), calendar.Month(s.parked()[0].Since))
}
