package alerts

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
)

func cell(area, period string, value float64, status plan.Status) indicators.Cell {
	expected := 62.0
	return indicators.Cell{
		Code: "rate", Area: area, Period: period, Month: lastOf(period), Value: &value, Unit: "%", Definition: indicators.DefinitionRef{Version: 1, Variant: plan.Official},
		Target: &plan.Assessment{}, Expected: &expected, Status: status, Complete: true, Records: 10, Position: 7,
	}
}

func lastOf(period string) calendar.Month {
	p, err := calendar.ParsePeriod(period)
	if err != nil {
		panic(err)
	}
	return p.Last.Month()
}

func open(area, period string) registers.Alert {
	return registers.Alert{ID: alert.ID(Rule, "rate", plan.Official, area, period), Rule: Rule, Code: "rate", Variant: plan.Official, Area: area, Period: period}
}

func TestTheNewestCompleteCellWithRecordsIsJudged(t *testing.T) {
	early, late := cell("532601", "2022-10", 40, plan.Behind), cell("532601", "2022-11", 70, plan.Ahead)
	incomplete, silent, aimless, empty := cell("532601", "2022-12", 1, plan.Behind), cell("532601", "2023-01", 0, plan.Behind), cell("532601", "2023-02", 1, plan.NoTarget), cell("532601", "2023-03", 1, plan.NoData)
	incomplete.Complete = false
	silent.Records = 0
	aimless.Target = nil
	empty.Value = nil
	other := cell("532622", "2022-09", 40, plan.Behind)
	require.Equal(t, []indicators.Cell{late, other}, Newest([]indicators.Cell{early, late, incomplete, other, silent, aimless, empty}))
}

func TestALongerPeriodIsJudgedWhenItIsOver(t *testing.T) {
	before, year := cell("532601", "MCH2021", 40, plan.Behind), cell("532601", "MCH2022", 70, plan.Ahead)
	soFar := cell("532601", "MCH2023", 10, plan.Behind)
	soFar.Month, soFar.Complete = lastOf("2022-12"), false
	require.Equal(t, []indicators.Cell{year}, Newest([]indicators.Cell{before, year, soFar}))
}

func TestAStockIsJudgedWhereItsAreaRecordedAnythingLast(t *testing.T) {
	visits, beds := cell("532601", "2022-11", 50, plan.Behind), cell("532601", "2021-04", 30, plan.Behind)
	beds.Code, beds.Stock = "beds", true
	standing, later, elsewhere := beds, beds, beds
	standing.Period, standing.Month, standing.Records = "2022-11", lastOf("2022-11"), 0
	later.Period, later.Month, later.Records = "2022-12", lastOf("2022-12"), 0
	elsewhere.Area = "532622"
	silent := visits
	silent.Period, silent.Month, silent.Records = "2022-12", lastOf("2022-12"), 0
	require.Equal(t, []indicators.Cell{visits, standing, elsewhere}, Newest([]indicators.Cell{visits, beds, standing, later, elsewhere, silent}))
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		behaviour string
		newest    []indicators.Cell
		open      []registers.Alert
		raised    int
		resolved  []alert.Reason
	}{
		{"a cell behind its line is raised", []indicators.Cell{cell("532601", "2022-11", 50, plan.Behind)}, nil, 1, nil},
		{"judged again it is not raised again", []indicators.Cell{cell("532601", "2022-11", 50, plan.Behind)}, []registers.Alert{open("532601", "2022-11")}, 0, nil},
		{"it resolves when the cell recovers", []indicators.Cell{cell("532601", "2022-11", 62, plan.OnTrack)}, []registers.Alert{open("532601", "2022-11")}, 0, []alert.Reason{alert.Recovered}},
		{"a newer month that is behind takes its place", []indicators.Cell{cell("532601", "2022-12", 50, plan.Behind)}, []registers.Alert{open("532601", "2022-11")}, 1, []alert.Reason{alert.Superseded}},
		{"a newer month in order ends it", []indicators.Cell{cell("532601", "2022-12", 70, plan.Ahead)}, []registers.Alert{open("532601", "2022-11")}, 0, []alert.Reason{alert.Superseded}},
		{"a missing cell changes nothing", nil, []registers.Alert{open("532601", "2022-11")}, 0, nil},
		{"another county's cell changes nothing", []indicators.Cell{cell("532622", "2022-11", 70, plan.Ahead)}, []registers.Alert{open("532601", "2022-11")}, 0, nil},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			v := Judge(c.newest, c.open)
			require.Len(t, v.Raise, c.raised)
			var reasons []alert.Reason
			for _, r := range v.Resolve {
				require.Equal(t, c.open[0].ID, r.Alert)
				reasons = append(reasons, r.Reason)
			}
			require.Equal(t, c.resolved, reasons)
		})
	}
}

func TestAVerdictWaitsUntilItsNumberRests(t *testing.T) {
	id, now := uuid.New(), time.Date(2022, 12, 6, 0, 0, 0, 0, time.UTC)
	r := rest{settle: 3 * time.Second, seen: map[uuid.UUID]sighting{}}
	said := func(after time.Duration, value float64) int {
		now = now.Add(after)
		return len(r.rested(Verdict{Raise: []alert.Raise{{Alert: id, Value: value}}}, now).Raise)
	}
	require.Zero(t, said(0, 50), "just seen")
	require.Zero(t, said(2*time.Second, 51), "it moves")
	require.Zero(t, said(2*time.Second, 51), "not yet at rest")
	require.Equal(t, 1, said(2*time.Second, 51), "at rest")

	r.rested(Verdict{}, now) // gone, and forgotten
	require.Zero(t, said(0, 51))
	for i := range 29 {
		require.Zero(t, said(2*time.Second, float64(i)), "it keeps moving")
	}
	require.Equal(t, 1, said(2*time.Second, 99), "for a minute: it is said all the same")
}
