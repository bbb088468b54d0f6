package forecast_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/forecast"
	"github.com/careledger/careledger/projections/indicators"
)

// asked is a question for an indicator in % of one area, rising by a point a month to 80.
func asked(target *plan.Target) forecast.Question {
	q := forecast.Question{
		Plan:       &plan.Plan{Deadline: deadline.Last(), Tolerance: 0.02},
		Definition: plan.Definition{Code: "rate", Variant: plan.Official, Unit: "%"},
		Until:      until, Position: 70123,
	}
	for m := until - 23; m <= q.Until; m++ {
		value := 80 - float64(q.Until-m) + wobble(int(m))
		c := indicators.Cell{Area: "532601", Month: m, Value: &value, Complete: true}
		if target != nil {
			c.Target = &plan.Assessment{Target: *target}
		}
		q.Cells = append(q.Cells, c)
	}
	return q
}

func TestOnlyCompleteMonthsEnter(t *testing.T) {
	whole := forecast.OfCells(asked(nil))[0]
	require.Equal(t, until, *whole.HistoryUntil)
	require.Equal(t, 100.0, *whole.Value, "a share is at most 100 %")
	require.Equal(t, uint64(70123), whole.Position)
	require.Equal(t, "2025-12-31", whole.Deadline.String(), "the plan's where there is no target")
	require.Nil(t, whole.Target)
	require.Nil(t, whole.Probability)
	require.Nil(t, whole.PaceNeeded)

	q := asked(nil)
	wild := 3.0
	for i := 22; i < 24; i++ {
		q.Cells[i].Value, q.Cells[i].Complete = &wild, false
	}
	part := forecast.OfCells(q)[0]
	require.Equal(t, until-2, *part.HistoryUntil)
	require.InDelta(t, *whole.Pace, *part.Pace, 0.1, "what is still open does not pull it down")

	q = asked(nil)
	q.Cells[5].Value, q.Cells[5].Complete = &wild, false // one that an event which could not be counted may touch
	require.InDelta(t, *whole.Pace, *forecast.OfCells(q)[0].Pace, 0.05)

	for i := range q.Cells {
		q.Cells[i].Complete = false
	}
	none := forecast.OfCells(q)[0]
	require.NotNil(t, none.Silent)
	require.Nil(t, none.HistoryUntil)
}

func TestAnotherDefinitionBeginsAnew(t *testing.T) {
	q := asked(nil)
	for i := range q.Cells {
		if i < 10 {
			*q.Cells[i].Value /= 2
		} else {
			q.Cells[i].Definition.Version = 2
		}
	}
	q.Cells = q.Cells[3:] // nor need there be cells of every month
	item := forecast.OfCells(q)[0]
	require.InDelta(t, 1, *item.Pace, 0.1)
	q.Cells = q.Cells[:12]
	require.Equal(t, "Only 5 complete months have a value; a forecast needs 8.", forecast.OfCells(q)[0].Silent.English)
}

func TestALongerPeriodEntersOnce(t *testing.T) {
	q := asked(nil)
	q.Definition.Period = "mch_year"
	q.Until = calendar.MonthOf(2023, 12)
	from := q.Until - 59
	q.Cells = nil
	for m := from; m <= q.Until; m++ {
		period := q.Definition.PeriodType().Of(m)
		value := 60 + float64(m-from)/12 + wobble(int(m)) - 5*float64(period.Last.Month()-m) // it fills in its course
		q.Cells = append(q.Cells, indicators.Cell{Area: "532601", Month: m, Value: &value, Complete: m.Last() == period.Last})
	}
	item := forecast.OfCells(q)[0]
	require.Equal(t, calendar.MonthOf(2023, 9), *item.HistoryUntil)
	require.InDelta(t, 60+80/12.0, *item.Value, 0.5, "at the end of the last year before the deadline")
	require.InDelta(t, 1/12.0, *item.Pace, 0.02, "a month")

	q.Cells[len(q.Cells)-4].Complete = false
	require.Equal(t, calendar.MonthOf(2022, 9), *forecast.OfCells(q)[0].HistoryUntil)
	for i := range q.Cells {
		q.Cells[i].Complete = false
	}
	require.Nil(t, forecast.OfCells(q)[0].HistoryUntil)
}

func TestEachAreaHasItsOwn(t *testing.T) {
	q := asked(nil)
	for _, c := range q.Cells {
		value := *c.Value / 2
		c.Area, c.Value = "532622", &value
		q.Cells = append(q.Cells, c)
	}
	items := forecast.OfCells(q)
	require.Len(t, items, 2)
	require.Equal(t, "532601", items[0].Area)
	require.Equal(t, "532622", items[1].Area)
	require.InDelta(t, 40+12, *items[1].Value, 1)
	q.Cells = nil
	require.Equal(t, []forecast.CellForecast{}, forecast.OfCells(q))
}

func TestATargetIsReachedByItsKind(t *testing.T) {
	baseline := 75.0
	for _, c := range []struct {
		behaviour string
		target    plan.Target
		want      float64
		reached   bool
	}{
		{"reach", plan.Target{Kind: plan.Reach, Value: 78}, 78, true},
		{"reach, not yet", plan.Target{Kind: plan.Reach, Value: 90}, 90, false},
		{"floor", plan.Target{Kind: plan.Floor, Value: 55}, 55, true},
		{"hold takes the tolerance", plan.Target{Kind: plan.Hold, Value: 81}, 81, true},
		{"above", plan.Target{Kind: plan.Above, Value: 90}, 90, false},
		{"growth is over the baseline", plan.Target{Kind: plan.Grow, Baseline: &baseline}, 75, true},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			c.target.Deadline = calendar.Date(2024, 12, 31)
			item := forecast.OfCells(asked(&c.target))[0]
			require.Equal(t, c.want, *item.Target)
			require.Equal(t, c.target.Deadline, item.Deadline)
			require.InDelta(t, 92, *item.Value, 1, "a year on")
			require.Greater(t, *item.Probability, 0.9)
			require.Equal(t, c.reached, *item.ReachedIn == until, "reached in %s", item.ReachedIn)
		})
	}
	for _, t2 := range []plan.Target{{Kind: plan.Rise, Baseline: &baseline}, {Kind: plan.Grow}} {
		t2.Deadline = calendar.Date(2024, 12, 31)
		item := forecast.OfCells(asked(&t2))[0]
		require.NotNil(t, item.Value)
		require.Nil(t, item.Target, "no number is named that it could be held against")
		require.Nil(t, item.Probability)
	}
}

func TestAShareThatHasBeenAboveTheWholeMayBeSoAgain(t *testing.T) {
	q := asked(nil)
	for i := range q.Cells {
		*q.Cells[i].Value += 60 // as many nursing beds to those in operation
	}
	require.Greater(t, *forecast.OfCells(q)[0].Value, 130.0)
}
