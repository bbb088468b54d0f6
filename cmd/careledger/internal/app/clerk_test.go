package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/infra/eventstore"
	storeserver "github.com/careledger/careledger/infra/eventstore/embedded"
)

// Days on which no process was there are closed when one is back, each once: a process that went on counting begins the
// months between by them.
func TestDaysOnWhichNobodyWasThereAreClosedAfterwards(t *testing.T) {
	server, err := storeserver.Open(storeserver.Options{Dir: t.TempDir(), Listen: loopback})
	require.NoError(t, err)
	codec, err := Codec()
	require.NoError(t, err)
	now := time.Date(2022, 10, 15, 4, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	log, err := eventstore.Open(t.Context(), eventstore.Options{URL: server.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: clock})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, log.Close())
		require.NoError(t, server.Close(context.WithoutCancel(t.Context())))
	})
	c := clerk{log: log, prefecture: "5326", area: "532600", now: clock}
	closed := func() (days []calendar.Day) {
		require.NoError(t, c.append(t.Context(), "calendar-5326", ledger.DayClosed{}.EventType(), c.unclosed))
		events, err := log.Load(t.Context(), "calendar-5326", 0)
		require.NoError(t, err)
		for _, r := range events {
			days = append(days, r.Event.(ledger.DayClosed).Day)
		}
		return days
	}
	require.Equal(t, []calendar.Day{calendar.Date(2022, 10, 14)}, closed(), "a new ledger begins with yesterday")
	require.Len(t, closed(), 1, "a day is closed once")

	now = time.Date(2022, 12, 4, 16, 0, 0, 0, time.UTC) // 5 December in Asia/Shanghai
	days := closed()
	require.Equal(t, calendar.Date(2022, 12, 4), days[len(days)-1])
	for i, day := range days {
		require.Equal(t, days[0]+calendar.Day(i), day, "none is left out")
	}
	require.Len(t, closed(), len(days))

	now = now.AddDate(0, 0, mostDays+1)
	require.Len(t, closed(), len(days)+mostDays)
	require.Len(t, closed(), len(days)+mostDays+1)
	require.Empty(t, clerk{now: func() time.Time { return now.AddDate(0, 0, -9) }}.unclosed(ledger.DayClosed{Day: calendar.DayOf(now)}), "a clock that was put back closes nothing")
}
