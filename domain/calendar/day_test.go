package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
)

func TestADayEndsAtMidnightOfThePlansZone(t *testing.T) {
	day := calendar.Date(2022, 12, 31)
	require.Equal(t, time.Date(2022, 12, 31, 15, 59, 59, 999_999_000, time.UTC), day.End().UTC())
	require.Equal(t, day, calendar.DayOf(day.End()))
	require.Equal(t, day+1, calendar.DayOf(day.End().Add(time.Microsecond)))
}
