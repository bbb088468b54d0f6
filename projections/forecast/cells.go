package forecast

import (
	"math"
	"slices"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
)

// CellForecast is the forecast of an indicator in an area, as it is answered. Target is the official one, in Unit; for a target that
// asks for growth without naming a number it is the baseline, which is to be exceeded; nil where there is none. HistoryUntil
// is the last month that entered; nil: none. Position is the ledger number that the history folds.
type CellForecast struct {
	Code         string          `json:"code"`
	Area         string          `json:"area"`
	Variant      string          `json:"variant"`
	Unit         string          `json:"unit"`
	Deadline     calendar.Day    `json:"deadline"`
	Target       *float64        `json:"target"`
	HistoryUntil *calendar.Month `json:"history_until"`
	Position     uint64          `json:"position,string"`
	Forecast
}

// Question is for an indicator of several areas: Cells are its cells, area by area and month by month, up to Until.
type Question struct {
	Plan       *plan.Plan
	Definition plan.Definition
	Until      calendar.Month
	Cells      []indicators.Cell
	Position   uint64
}

// OfCells forecasts each area's indicator. Only complete periods enter: the months that end one, once they gather no more
// late records; and only those that are counted by the definition as it is now.
func OfCells(q Question) []CellForecast {
	series, items := []Series{}, []CellForecast{}
	for from := 0; from < len(q.Cells); {
		to := from
		for to < len(q.Cells) && q.Cells[to].Area == q.Cells[from].Area {
			to++
		}
		s, item := q.read(q.Cells[from:to])
		series, items = append(series, s), append(items, item)
		from = to
	}
	for i, f := range All(series) {
		items[i].Forecast = f
	}
	return items
}

// read makes a series of an area's cells.
func (q Question) read(cells []indicators.Cell) (Series, CellForecast) {
	d, newest := q.Definition, cells[len(cells)-1]
	item := CellForecast{Code: d.Code, Area: newest.Area, Variant: d.Variant, Unit: d.Unit, Deadline: q.Plan.Deadline, Position: q.Position}
	s := Series{Every: d.PeriodType().Months(), Until: q.Until, Stock: newest.Stock, High: math.Inf(1)}
	complete := map[calendar.Month]indicators.Cell{}
	for _, c := range cells {
		if c.Complete && c.Definition.Version == newest.Definition.Version {
			complete[c.Month] = c
			s.Until = c.Month
		}
	}
	for m := s.Until; m >= cells[0].Month; m -= calendar.Month(s.Every) {
		value := math.NaN()
		if c := complete[m]; c.Value != nil {
			value = *c.Value
			if item.HistoryUntil == nil {
				item.HistoryUntil = &m
			}
		}
		s.Values = append(s.Values, value)
	}
	slices.Reverse(s.Values)
	if d.Unit == "%" {
		s.High = 100
	}
	for _, p := range s.points() {
		s.Low, s.High = min(s.Low, p.y), max(s.High, p.y) // what has been can be
	}
	if newest.Target != nil {
		item.Deadline = newest.Target.Deadline
		s.Goal = goalOf(newest.Target.Target, q.Plan.Tolerance)
	}
	if s.Goal != nil {
		value := s.Goal.Value
		item.Target = &value
	}
	s.Deadline = item.Deadline.Month()
	return s, item
}

// more is by how much a value exceeds what it has to exceed, at the least.
const more = 1e-9

// goalOf is what a target asks for at its deadline; nil where it names nothing that a value could be held against.
func goalOf(t plan.Target, tolerance float64) *Goal {
	switch t.Kind {
	case plan.Rise:
		return nil
	case plan.Grow:
		if t.Baseline == nil {
			return nil
		}
		return &Goal{Value: *t.Baseline, Margin: -more}
	case plan.Above:
		return &Goal{Value: t.Value, Margin: -more}
	case plan.Hold:
		return &Goal{Value: t.Value, Margin: math.Abs(t.Value) * tolerance}
	}
	return &Goal{Value: t.Value}
}
