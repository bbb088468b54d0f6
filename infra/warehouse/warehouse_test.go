package warehouse_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/infra/warehouse/embedded"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/projector"
)

const serveVariable = "CAREL_TEST_SERVE"

// TestMain lets the test binary be the warehouse child.
func TestMain(m *testing.M) {
	dir := os.Getenv(serveVariable)
	if dir == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := embedded.Serve(ctx, embedded.Options{Dir: dir, Listen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// address answers the URL of an embedded engine, or that of CAREL_TEST_CLICKHOUSE.
func address(t *testing.T) string {
	t.Helper()
	if url := os.Getenv("CAREL_TEST_CLICKHOUSE"); url != "" {
		return url
	}
	return serve(t, t.TempDir())
}

// serve answers the URL of an engine embedded below dir.
func serve(t *testing.T, dir string) string {
	t.Helper()
	s, err := embedded.Supervise(t.Context(), embedded.SupervisorOptions{
		Command: []string{os.Args[0]}, Env: []string{serveVariable + "=" + dir}, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		require.NoError(t, s.Close(ctx))
	})
	return s.URL()
}

func newDatabase() string { return "test_" + uuid.NewString()[:8] }

func openAt(t *testing.T, o warehouse.Options) *warehouse.Warehouse {
	t.Helper()
	o.Logger = slog.New(slog.DiscardHandler)
	w, err := warehouse.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Close()) })
	return w
}

// open answers a warehouse with everything in it.
func open(t *testing.T) *warehouse.Warehouse {
	t.Helper()
	w := openAt(t, warehouse.Options{URL: address(t), Database: newDatabase()})
	require.NoError(t, w.Migrate(t.Context()))
	return w
}

func TestAWarehouse(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	key := func(n uint64) facts.Key { return facts.Key{Prefecture: "5326", Number: n} }
	month := calendar.MonthOf(2022, time.November)

	t.Run("an empty one has no checkpoint and nothing kept", func(t *testing.T) {
		p, err := w.Progress(ctx, "5326")
		require.NoError(t, err)
		require.Zero(t, p)
		kept, err := w.AllKept(ctx, "5326")
		require.NoError(t, err)
		require.Empty(t, kept)
		n, err := w.ParkedCount(ctx, "5326")
		require.NoError(t, err)
		require.Zero(t, n)
	})

	ann, bo, cai := uuid.New(), uuid.New(), uuid.New()
	visit, wrong := uuid.New(), uuid.New()
	state := func(n uint64, who uuid.UUID, aspect, area string, on time.Time, words ...string) facts.Row {
		if words == nil {
			words = []string{}
		}
		return facts.ElderState{Key: key(n), Elder: who, Aspect: aspect, EffectiveOn: on, Area: area, Sex: "female", BirthMonth: 1948 * 12, Circumstances: words}
	}
	rows := []facts.Row{
		state(1, ann, "area", "532601001", day(2021, 1, 1)), state(2, ann, "circumstances", "", day(2021, 1, 1), "living_alone"),
		state(3, bo, "area", "532601002", day(2021, 1, 1)), state(4, bo, "circumstances", "", day(2021, 1, 1), "very_old"),
		state(5, cai, "area", "532622101", day(2021, 1, 1)), state(6, cai, "circumstances", "", day(2022, 12, 1), "very_old"),
		facts.Visit{Key: key(7), Elder: ann, Visit: visit, OccurredOn: day(2022, 11, 3), Mode: "home", Outcome: "seen"},
		facts.Visit{Key: key(8), Elder: bo, Visit: wrong, OccurredOn: day(2022, 11, 4), Mode: "home", Outcome: "seen"},
		facts.Amendment{Key: key(9), Fact: wrong, Kind: "voided", WasOn: day(2022, 11, 4)},
		facts.BedChange{Key: key(10), Area: "532601001", Institution: uuid.New(), EffectiveOn: day(2021, 6, 1), Beds: 100, Nursing: 30, Operating: 50},
		facts.Figure{Key: key(11), Area: "532600", Series: "population_60_plus", Period: "2020", PeriodEnd: day(2020, 12, 31), Value: 2000, Unit: "persons"},
	}
	for n := range uint64(11) {
		rows = append(rows, facts.Event{
			Key: key(n + 1), EventID: uuid.New(), Stream: "s", Type: "T.v1", RecordedAt: day(2022, 12, 1).Add(time.Duration(n) * time.Minute),
			ReceivedAt: day(2022, 12, 1), OccurredOn: day(2022, 11, 3),
		})
	}
	require.NoError(t, w.Write(ctx, rows))
	require.NoError(t, w.Write(ctx, rows), "twice is once")

	p, err := plan.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	engine := indicators.Engine{Plan: p, Areas: areas, Store: w}
	value := func(t *testing.T, number uint64, code, area string) *float64 {
		t.Helper()
		numbers, err := engine.Compute(ctx, p.Definitions, []calendar.Month{month}, number)
		require.NoError(t, err)
		for _, n := range numbers {
			if n.Code == code && n.Variant == plan.Official && n.Area == area {
				return n.Value
			}
		}
		return nil
	}
	is := func(v float64) *float64 { return &v }

	t.Run("people count once, where the register has them on the last day", func(t *testing.T) {
		require.Equal(t, is(50), value(t, 11, "monthly-visit-rate", "532600"))
		require.Equal(t, is(50), value(t, 11, "monthly-visit-rate", "532601"))
		require.Equal(t, is(100), value(t, 11, "monthly-visit-rate", "532601001"))
		require.Equal(t, is(0), value(t, 11, "monthly-visit-rate", "532601002"))
		require.Nil(t, value(t, 11, "monthly-visit-rate", "532622"), "who holds a circumstance from December on is not in November")
	})
	t.Run("what was known before a visit was taken back", func(t *testing.T) {
		require.Equal(t, is(100), value(t, 8, "monthly-visit-rate", "532601"))
	})
	t.Run("beds written twice count once", func(t *testing.T) {
		require.Equal(t, is(100), value(t, 11, "elder-beds", "532600"))
		require.Equal(t, is(50), value(t, 11, "elder-beds-per-1000", "532600"))
		require.Equal(t, is(0), value(t, 11, "elder-beds", "532622"))
		require.Equal(t, is(30), value(t, 11, "nursing-bed-share", "532600"))
	})
	t.Run("what nobody has recorded has no value", func(t *testing.T) {
		require.Nil(t, value(t, 11, "home-retrofits", "532600"))
	})
	t.Run("a time is the number up to which all was recorded by then", func(t *testing.T) {
		n, err := w.NumberAt(ctx, "5326", day(2022, 12, 1).Add(7*time.Minute+30*time.Second))
		require.NoError(t, err)
		require.EqualValues(t, 8, n)
		n, err = w.NumberAt(ctx, "5326", day(2030, 1, 1))
		require.NoError(t, err)
		require.EqualValues(t, 11, n)
		n, err = w.NumberAt(ctx, "5326", day(2000, 1, 1))
		require.NoError(t, err)
		require.EqualValues(t, 0, n)
	})
	t.Run("rows above a checkpoint are taken back", func(t *testing.T) {
		require.NoError(t, w.TakeBack(ctx, "5326", 7))
		require.Equal(t, is(50), value(t, 11, "monthly-visit-rate", "532601"), "the second visit is gone with what took it back")
	})
	t.Run("a checkpoint is the newest of the latest term", func(t *testing.T) {
		at := func(term, n uint64) projector.Progress {
			return projector.Progress{At: event.Checkpoint{Epoch: 1, Number: n, EventID: ann}, Term: term, Facts: 2, Totals: facts.Totals{"visits": {Rows: n, Numbers: 2 * n}}}
		}
		for n := uint64(1); n <= 3; n++ {
			require.NoError(t, w.Advance(ctx, "5326", at(7, n)))
		}
		require.NoError(t, w.Advance(ctx, "5326", at(8, 3)))
		require.NoError(t, w.Advance(ctx, "5326", at(7, 5)), "who has lost the prefecture may still write")
		p, err := w.Progress(ctx, "5326")
		require.NoError(t, err)
		require.Equal(t, at(8, 3), p)
	})
	t.Run("rows are counted once, however often they were written", func(t *testing.T) {
		counted, err := w.Count(ctx, "5326", 7)
		require.NoError(t, err)
		require.Equal(t, facts.Total{Rows: 6, Numbers: 21}, counted["elder_states"])
		require.Equal(t, facts.Total{Rows: 1, Numbers: 7}, counted["visits"])
		require.NoError(t, w.Write(ctx, rows[:3]))
		again, err := w.Count(ctx, "5326", 7)
		require.NoError(t, err)
		require.Equal(t, counted, again)
	})
	t.Run("the newest cell is kept, with its slab's number", func(t *testing.T) {
		for n := uint64(1); n <= 2; n++ {
			v := float64(n)
			cell := indicators.Number{Code: "elder-beds", Variant: "official", Version: 1, Area: "532600", Month: month, Value: &v, Numerator: &v, Position: n, ComputedAt: day(2022, 12, 1)}
			require.NoError(t, w.Keep(ctx, "5326", []indicators.Number{cell},
				[]projector.Slab{{Code: "elder-beds", Variant: "official", Month: month, Version: 1, Position: n + 5, ComputedAt: day(2022, 12, 2)}}, n+5))
		}
		kept, err := w.Kept(ctx, "5326", []calendar.Month{month}, []string{"532600"}, []string{"elder-beds"})
		require.NoError(t, err)
		require.Len(t, kept.Numbers, 1)
		require.InDelta(t, 2, *kept.Numbers[0].Value, 0)
		require.EqualValues(t, 7, kept.Numbers[0].Position)
		require.Nil(t, kept.Numbers[0].Denominator)
		require.EqualValues(t, 7, kept.Counted)
		frontier, err := w.Frontier(ctx, "5326")
		require.NoError(t, err)
		require.EqualValues(t, 7, frontier)
	})
	t.Run("the register lists elders by page", func(t *testing.T) {
		page, err := w.Elders(ctx, "5326", []string{"532601001", "532601002"}, uuid.Nil, 1)
		require.NoError(t, err)
		require.EqualValues(t, 2, page.Total)
		require.Len(t, page.Items, 1)
		next, err := w.Elders(ctx, "5326", []string{"532601001", "532601002"}, page.Items[0].ID, 10)
		require.NoError(t, err)
		require.Len(t, next.Items, 1)
		require.NotEqual(t, page.Items[0].ID, next.Items[0].ID)
		found, err := w.EldersByID(ctx, "5326", []uuid.UUID{ann})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "2022-11-03", found[0].LastVisitOn.String())
		require.Equal(t, []string{"living_alone"}, found[0].Circumstances)
	})
	t.Run("who has moved is on the register elsewhere, who has died on none", func(t *testing.T) {
		home := func(n uint64, who uuid.UUID, area string) facts.Row {
			return facts.ElderState{Key: key(n), Elder: who, Aspect: "area", EffectiveOn: day(2022, 10, 1), Area: area, Circumstances: []string{}}
		}
		require.NoError(t, w.Write(ctx, []facts.Row{home(12, ann, "532622101"), home(13, bo, "")}))
		page, err := w.Elders(ctx, "5326", []string{"532601001", "532601002"}, uuid.Nil, 10)
		require.NoError(t, err)
		require.Empty(t, page.Items)
		found, err := w.EldersByID(ctx, "5326", []uuid.UUID{ann, bo})
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "532622101", found[0].Area)
		require.Equal(t, "female", found[0].Sex)
		require.Equal(t, calendar.MonthOf(1948, time.January), found[0].BirthMonth)
		require.Equal(t, []string{"living_alone"}, found[0].Circumstances)
	})
	t.Run("standings and activities are kept, to the last day that there is", func(t *testing.T) {
		of := facts.Standing{Key: key(14), Subject: ann, Kind: "elder", Standing: "poor", Area: "532601001", EffectiveOn: day(1900, 1, 1), Until: facts.Forever(), Holds: 1, Record: visit}
		happened := facts.Activity{Key: key(15), Subject: ann, Kind: "elder", Activity: "health_check", Area: "532601001", OccurredOn: day(2022, 3, 1), Record: wrong}
		for range 2 {
			require.NoError(t, w.Write(ctx, []facts.Row{of, happened}))
		}
		counted, err := w.Count(ctx, "5326", 15)
		require.NoError(t, err)
		require.Equal(t, facts.Total{Rows: 1, Numbers: 14}, counted["standings"])
		require.Equal(t, facts.Total{Rows: 1, Numbers: 15}, counted["activities"])
		require.NoError(t, w.TakeBack(ctx, "5326", 14))
		counted, err = w.Count(ctx, "5326", 15)
		require.NoError(t, err)
		require.Contains(t, counted, "standings")
		require.NotContains(t, counted, "activities")
	})
	t.Run("alerts stand as they were last told", func(t *testing.T) {
		id, behind := uuid.New(), 48.0
		require.NoError(t, w.Write(ctx, []facts.Row{
			facts.Alert{Key: key(20), Alert: id, State: "open", At: day(2022, 12, 6), Rule: "r", Code: "c", Variant: "official", Area: "532601", Period: "2022-11", Unit: "%", Reason: "behind", Value: &behind, Expected: &behind},
		}))
		all, err := w.Alerts(ctx, "5326", []string{"532601"}, "open")
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.NoError(t, w.Write(ctx, []facts.Row{facts.Alert{Key: key(21), Alert: id, State: "resolved", At: day(2022, 12, 7), Reason: "recovered"}}))
		all, err = w.Alerts(ctx, "5326", nil, "open")
		require.NoError(t, err)
		require.Empty(t, all)
		all, err = w.Alerts(ctx, "5326", nil, "")
		require.NoError(t, err)
		require.Equal(t, "recovered", all[0].Reason)
		require.Equal(t, "532601", all[0].Area)
		require.Nil(t, all[0].Value)
	})
	t.Run("a prefecture is forgotten whole", func(t *testing.T) {
		require.NoError(t, w.Forget(ctx, "5326"))
		p, err := w.Progress(ctx, "5326")
		require.NoError(t, err)
		require.Zero(t, p)
		require.Nil(t, value(t, 99, "elder-beds", "532600"))
	})
}
