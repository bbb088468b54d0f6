package httpapi

import (
	"context"
	"errors"
	"slices"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/projections/forecast"
	"github.com/careledger/careledger/projections/indicators"
)

type forecastInput struct {
	Code    string `path:"code"`
	Area    string `query:"area" doc:"6, 9 or 12 digits; the prefecture when absent"`
	Level   string `query:"level" doc:"self, county or township: the area itself or those below it"`
	Variant string `query:"variant" doc:"official when absent"`
	Until   string `query:"until" doc:"The last month that enters, 2022-11; the newest with records when absent"`
}

// ForecastsBody holds where an indicator of each area will stand at its deadline, if it goes on as it has.
type ForecastsBody struct {
	Items []forecast.CellForecast `json:"items"`
}

// longestHistory is how many months a forecast looks back.
const longestHistory = 72

func (s *server) forecast(ctx context.Context, _ access.Principal, in *forecastInput) (*answer[ForecastsBody], error) {
	d, ok := s.Plan.Find(in.Code, in.Variant)
	if !ok {
		return nil, s.noIndicator(in.Code, "/code")
	}
	q := indicators.TrendQuery{Code: d.Code, Variant: d.Variant, Level: indicators.Level(in.Level)}
	if !slices.Contains(levels, q.Level) {
		return nil, errLevel.At("/level")
	}
	var err error
	if q.Area, err = s.area(in.Area); err != nil {
		return nil, err
	}
	until, err := s.period(ctx, q.Area, in.Until)
	if errors.Is(err, errPeriod) {
		return nil, errPeriod.At("/until")
	}
	if err != nil {
		return nil, err
	}
	q.To = until.Last.Month()
	q.From = q.To - longestHistory + 1
	if then, ok := s.Plan.FindIn(in.Code, in.Variant, q.To); ok {
		d = then
	}
	a, err := s.Cells.Trend(ctx, q)
	if err != nil {
		return nil, err
	}
	items := forecast.OfCells(forecast.Question{Plan: s.Plan, Definition: d, Until: q.To, Cells: a.Cells, Position: a.Frontier})
	if a.Counted < s.Due() { // the projection is catching up: what it has counted so far says nothing of what was
		for i := range items {
			items[i].Forecast = forecast.Forecast{Level: forecast.Level, Silent: forecast.Counting()}
		}
	}
	return &answer[ForecastsBody]{ForecastsBody{items}}, nil
}
