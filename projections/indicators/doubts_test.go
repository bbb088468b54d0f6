package indicators

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
)

func TestWhichCellsAParkedEventMakesIncomplete(t *testing.T) {
	areas, err := area.Wenshan()
	require.NoError(t, err)
	value := 1.0
	june := calendar.MonthOf(2022, time.June)
	touches := func(area string, month calendar.Month, v *float64, all ...Doubt) bool {
		return newDoubts(areas, all).touch(Number{Area: area, Month: month, Value: v})
	}
	one := Doubt{Areas: []string{"532601001"}, Since: june}
	for _, c := range []struct {
		behaviour string
		area      string
		month     calendar.Month
		value     *float64
		touched   bool
	}{
		{"its township", "532601001", june, &value, true},
		{"its county, which contains it", "532601", june, &value, true},
		{"the prefecture, which contains that", "532600", june, &value, true},
		{"a later month", "532601", june + 5, &value, true},
		{"not an earlier month", "532601", june - 1, &value, false},
		{"not a neighbouring township", "532601002", june, &value, false},
		{"not another county", "532622", june, &value, false},
		{"a cell of another county that has nothing, perhaps because nobody has", "532622", june, nil, true},
		{"but not before", "532622", june - 1, nil, false},
	} {
		require.Equal(t, c.touched, touches(c.area, c.month, c.value, one), c.behaviour)
	}
	require.True(t, touches("532622101", june, &value, Doubt{Areas: []string{"532622"}, Since: june}), "what lies in a county")
	require.True(t, touches("532622101", 0, &value, Doubt{}), "everything")
	require.True(t, touches("532622", june-1, &value, one, Doubt{Areas: []string{"532622"}, Since: june - 2}), "each for itself")
	require.True(t, touches("532601", june-3, &value, one, Doubt{Areas: []string{"532601"}, Since: june - 3}, one), "the earliest of several")
	require.False(t, touches("532601", june, &value))
	require.False(t, touches("532601", june, nil))
}
