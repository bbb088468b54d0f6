package warehouse_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/freshness"
)

var noon = time.Date(2022, 12, 1, 12, 0, 0, 0, time.UTC)

// record is the envelope of an event that was recorded n minutes past noon.
func record(n uint64, stream, actor, device, area string) facts.Row {
	at := noon.Add(time.Duration(n) * time.Minute)
	return facts.Event{
		Key: facts.Key{Prefecture: "5326", Number: n}, EventID: uuid.New(), Stream: stream, Type: "T.v1", RecordedAt: at,
		ReceivedAt: at.Add(-time.Second), OccurredOn: noon, Actor: actor, Device: device, Area: area,
	}
}

func heardOf(t *testing.T, w *warehouse.Warehouse, prefecture string) (areas map[string]time.Time, devices map[string]freshness.DeviceHeard) {
	t.Helper()
	a, err := w.AreasHeard(t.Context(), prefecture)
	require.NoError(t, err)
	d, err := w.DevicesHeard(t.Context(), prefecture, noon)
	require.NoError(t, err)
	areas, devices = map[string]time.Time{}, map[string]freshness.DeviceHeard{}
	for _, h := range a {
		areas[h.Area] = h.RecordedAt
	}
	for _, h := range d {
		devices[h.Device] = h
	}
	return areas, devices
}

func TestWhatWasHeardOfAreasAndDevices(t *testing.T) {
	w := open(t)
	ctx, somebody := t.Context(), uuid.NewString()
	at := func(n uint64) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	rows := []facts.Row{
		record(1, "elder-5326-"+uuid.NewString(), somebody, "phone-1", "532601001"),
		record(2, "institution-5326-"+uuid.NewString(), somebody, "phone-1", "532622101"),
		record(3, "figure-532601-population", somebody, "", "532601"),
		record(4, "elder-5326-"+uuid.NewString(), somebody, "phone-2", "532601001"),
		// None of these is a record of people's work.
		record(5, "elder-5326-"+uuid.NewString(), "process:admission", "", "532601001"),
		record(6, "calendar-5326", "system", "", "532600"),
		record(7, "projection-5326", somebody, "desk", "532600"),
		record(8, "alert-5326-"+uuid.NewString(), "process:alerts", "", "532622"),
	}
	require.NoError(t, w.Write(ctx, rows))
	require.NoError(t, w.Write(ctx, rows), "twice is once")
	check := func(when string) {
		t.Helper()
		areas, devices := heardOf(t, w, "5326")
		require.Equal(t, map[string]time.Time{"532601001": at(4), "532622101": at(2), "532601": at(3)}, areas, when)
		require.Len(t, devices, 2, when)
		require.ElementsMatch(t, []string{"532601001", "532622101"}, devices["phone-1"].Areas, when)
		require.Equal(t, "532622101", devices["phone-1"].Area, when)
		require.Equal(t, freshness.Heard{RecordedAt: at(4), ReceivedAt: at(4).Add(-time.Second)}, devices["phone-2"].Heard, when)
	}
	check("as it was written")

	require.NoError(t, w.TakeBack(ctx, "5326", 2))
	check("what is taken back is read again")
	require.NoError(t, w.Write(ctx, rows[2:]))
	check("read again")

	other := facts.Event{Key: facts.Key{Prefecture: "5301", Number: 9}, EventID: uuid.New(), Stream: "child-5301-x", Type: "T.v1", RecordedAt: at(9), ReceivedAt: at(9), OccurredOn: noon, Actor: somebody, Area: "530101"}
	unit := other
	unit.Number, unit.Stream, unit.Area = 10, "unit-5301-y", "530102"
	require.NoError(t, w.Write(ctx, []facts.Row{other, unit}))
	require.NoError(t, w.Forget(ctx, "5326"))
	areas, devices := heardOf(t, w, "5326")
	require.Empty(t, areas)
	require.Empty(t, devices)
	areas, _ = heardOf(t, w, "5301")
	require.Len(t, areas, 2, "another prefecture keeps its own, also of units")
}
