package freshness_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/projections/freshness"
)

var now = time.Date(2022, 12, 5, 4, 0, 0, 0, time.UTC)

func ago(d time.Duration) freshness.Heard {
	return freshness.Heard{RecordedAt: now.Add(-d), ReceivedAt: now.Add(-d - time.Second)}
}

func TestSilenceAddsUpByTheTableOfAreas(t *testing.T) {
	table, err := area.Wenshan()
	require.NoError(t, err)
	heard := []freshness.AreaHeard{
		{Area: "532601001", Heard: ago(3 * time.Hour)},
		{Area: "532601002005", Heard: ago(time.Hour)}, // a community
		{Area: "532601", Heard: ago(48 * time.Hour)},  // a figure of the county
		{Area: "532622101", Heard: ago(24 * time.Hour)},
		{Area: "532600", Heard: ago(96 * time.Hour)},
		{Area: "532621001", Heard: ago(0)}, // of an area that is no more
	}
	devices := []freshness.DeviceHeard{
		{Device: "b", Area: "532601001", Areas: []string{"532601001", "532601002005", "532622101"}, Heard: ago(3 * time.Hour)},
		{Device: "a", Area: "532622101", Areas: []string{"532622101"}, Heard: ago(24 * time.Hour)},
		{Device: "c", Area: "532622101", Areas: []string{"532622101"}, Heard: ago(-time.Second)},
	}
	all := freshness.Areas(table, "532600", heard, devices, now)
	require.Len(t, all, 9)
	require.Equal(t, "532600", all[0].Area)
	require.InDelta(t, 3600, *all[0].SilentSeconds, 0)
	require.Equal(t, 3, all[0].Devices, "a device counts once")
	require.Nil(t, all[1].SilentSeconds, "those never heard of come first")
	require.Equal(t, "532623", all[1].Area)
	require.Equal(t, "532622", all[7].Area)
	require.Equal(t, 3, all[7].Devices)
	require.Equal(t, "532601", all[8].Area)
	require.Equal(t, now.Add(-time.Hour), *all[8].RecordedAt)
	require.Equal(t, now.Add(-time.Hour-time.Second), *all[8].ReceivedAt)
	require.Equal(t, 1, all[8].Devices)

	county := freshness.Areas(table, "532601", heard, devices, now)
	require.Len(t, county, 1+17)
	require.Equal(t, "532601001", county[16].Area)
	require.Equal(t, "532601002", county[17].Area, "its community was heard of last")

	var names []string
	for _, d := range freshness.Devices(table, "532600", devices, now) {
		names = append(names, d.Device)
		require.GreaterOrEqual(t, d.SilentSeconds, 0.0)
	}
	require.Equal(t, []string{"a", "b", "c"}, names)
	require.Len(t, freshness.Devices(table, "532601002", devices, now), 1)
	require.Empty(t, freshness.Devices(table, "532623", devices, now))
	require.NotNil(t, freshness.Devices(table, "532623", nil, now))
}
