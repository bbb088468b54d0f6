package httpapi

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
)

// rising answers the cells of an area for the months that a forecast reads, of which only the newest have values.
func rising(d *door, area string, target *plan.Assessment, known int) {
	until := calendar.MonthOf(2022, 11)
	cells := make([]indicators.Cell, longestHistory)
	for i := range cells {
		month := until - longestHistory + 1 + calendar.Month(i)
		cells[i] = indicators.Cell{
			Code: "monthly-visit-rate", Area: area, Period: month.String(), Month: month, Unit: "%",
			Target: target, Complete: true,
		}
		if i >= longestHistory-known {
			value := 50 + float64(i-longestHistory+24)/2 + math.Sin(float64(i))/4
			cells[i].Value = &value
		}
	}
	d.cells.answer = indicators.Answer{Cells: append(d.cells.answer.Cells, cells...), Frontier: 70123, Counted: 70123}
}

func TestAForecast(t *testing.T) {
	d := open(t)
	p, err := plan.Wenshan()
	require.NoError(t, err)
	definition, _ := p.Find("monthly-visit-rate", "")
	target := &plan.Assessment{Target: definition.Targets[0], Unit: "%"}
	rising(d, "532601", target, 24)
	rising(d, "532622", target, 5)
	body := decoded[ForecastsBody](d.ask("GET", "/api/v1/indicators/monthly-visit-rate/forecast?area=532600&level=county&until=2022-11", ""))
	require.Equal(t, indicators.TrendQuery{
		Area: "532600", Level: indicators.Counties, Code: "monthly-visit-rate", Variant: "official",
		From: calendar.MonthOf(2016, 12), To: calendar.MonthOf(2022, 11),
	}, d.cells.trend)
	require.Len(t, body.Items, 2)
	told, quiet := body.Items[0], body.Items[1]
	require.Equal(t, "532601", told.Area)
	require.Equal(t, uint64(70123), told.Position)
	require.Equal(t, calendar.Date(2025, 12, 31), told.Deadline)
	require.Equal(t, 78.0, *told.Target)
	require.Equal(t, "2022-11", told.HistoryUntil.String())
	require.Nil(t, told.Silent)
	require.InDelta(t, 0.5, *told.Pace, 0.05, "a point every second month")
	require.InDelta(t, (78-61.5)/37, *told.PaceNeeded, 0.02)
	require.InDelta(t, 80, *told.Value, 2)
	require.Less(t, *told.Low, *told.Value)
	require.Greater(t, *told.High, *told.Value)
	require.Greater(t, *told.Probability, 0.5)
	require.NotNil(t, told.ReachedIn)
	require.NotNil(t, told.BackTest)

	require.Nil(t, quiet.Value)
	require.Equal(t, "Only 5 complete months have a value; a forecast needs 8.", quiet.Silent.English)
	require.True(t, chinese(quiet.Silent.Chinese))

	d.due = 70124
	for _, item := range decoded[ForecastsBody](d.ask("GET", "/api/v1/indicators/monthly-visit-rate/forecast", "")).Items {
		require.Nil(t, item.Value)
		require.Contains(t, item.Silent.English, "still being counted")
	}
}

func TestAForecastThatCannotBeAsked(t *testing.T) {
	d := open(t)
	d.ask("GET", "/api/v1/indicators/monthly-visit-rate/forecast", "")
	require.Equal(t, calendar.MonthOf(2022, 11), d.cells.trend.To, "the newest month with records")
	for query, code := range map[string]string{
		"nothing/forecast": "indicator-not-found", "monthly-visit-rate/forecast?variant=x": "indicator-not-found", "elder-beds/forecast?area=1": "unknown-area",
		"elder-beds/forecast?level=all": "level-word", "elder-beds/forecast?until=x": "period-form",
	} {
		require.Equal(t, code, d.ask("GET", "/api/v1/indicators/"+query, "").problem().Code, query)
	}
}
