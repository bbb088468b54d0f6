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

func TestAParkedMergeMayTouchEveryNumberOfThePrefecture(t *testing.T) {
	s, e := newStore(), beds(1)
	e.Type, e.Event, e.Metadata.OccurredOn = "RegistrationMerged.v1", nil, 0
	e.Data = []byte(`{"person":"` + uuid.NewString() + `","kind":"elder","survivor":"` + uuid.NewString() + `","area":"532600"}`)
	require.ErrorIs(t, projectingWith(t, s, 1, from(e), func(*projector.Projector) {}), context.Canceled)
	require.Len(t, s.parked(), 1)
	require.Contains(t, s.parked()[0].Areas, "532600")
	require.Zero(t, s.parked()[0].Since)
}
