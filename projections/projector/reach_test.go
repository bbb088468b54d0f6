package projector_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/projections/projector"
)

func TestAParkedChildMayTouchTheMonthOfItsBirth(t *testing.T) {
	s, e := newStore(), beds(1)
	e.Event = child.Registered{Child: uuid.New(), Area: "532601001", RegisteredOn: calendar.Date(2021, 6, 5), BirthMonth: calendar.MonthOf(2021, 2)}
	e.Data = []byte(`{"area":"532601001","registered_on":"2021-06-05","birth_month":"2021-02"}`)
	require.ErrorIs(t, projectingWith(t, s, 1, from(e), func(p *projector.Projector) { p.Fold = broken }), context.Canceled)
	require.Len(t, s.parked(), 1)
	require.Equal(t, calendar.MonthOf(2021, 2), calendar.Month(s.parked()[0].Since))
}
