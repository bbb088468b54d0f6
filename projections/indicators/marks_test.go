package indicators_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

func TestAWithdrawnRecordTouchesBothOfEveryKindAndNoVisits(t *testing.T) {
	month := calendar.MonthOf
	span := indicators.Months{First: month(2020, 12), Current: month(2022, 11)}
	marks := indicators.Marks{}
	marks.Mark(facts.Amendment{Kind: facts.Withdrawn, WasOn: time.Date(2021, 3, 15, 0, 0, 0, 0, time.UTC)}, span)
	require.Len(t, marks, 2*len(standing.Kinds()))
	for _, kind := range standing.Kinds() {
		require.Len(t, marks.Months(indicators.StandingsOf(kind)), 21, "a lapse is later")
		require.Len(t, marks.Months(indicators.ActivitiesOf(kind)), 12)
	}
}

func TestAClosedDayTouchesTheMonthOfTodayAndWhereSomebodyLapses(t *testing.T) {
	month := calendar.MonthOf
	span := indicators.Months{First: month(2020, 12), Current: month(2022, 11)}
	marks := indicators.Marks{}
	marks.DayClosed(calendar.Date(2022, 10, 31), span)
	require.Equal(t, []calendar.Month{month(2022, 11)}, marks.Months(indicators.Visits))
	require.Len(t, marks.Months(indicators.StandingsOf(standing.Childcare)), 24, "days may have been left out: a month before may have been counted as of one of them")
}

func TestWhatRecordsTouch(t *testing.T) {
	month := calendar.MonthOf
	span := indicators.Months{First: month(2020, 12), Current: month(2022, 11)}
	on := func(year int, month time.Month) time.Time { return time.Date(year, month, 15, 0, 0, 0, 0, time.UTC) }
	type spans map[indicators.Group][2]calendar.Month
	for _, c := range []struct {
		behaviour string
		row       facts.Row
		touches   spans
	}{
		{"merged registrations touch every month in which persons of their kind are counted", facts.Merge{Kind: "elder"}, spans{
			indicators.Visits: {month(2020, 12), month(2022, 11)}, indicators.StandingsOf(standing.Elder): {month(2020, 12), month(2022, 11)}, indicators.ActivitiesOf(standing.Elder): {month(2020, 12), month(2022, 11)},
		}},
		{"a standing touches its month and all later ones, in one of which it may lapse", facts.Standing{Kind: "elder", Standing: "poor", EffectiveOn: on(2022, 3)}, spans{
			indicators.StandingsOf(standing.Elder): {month(2022, 3), month(2022, 11)},
		}},
		{"a registration says where activities count as well", facts.Standing{Kind: "elder", Standing: "registered", EffectiveOn: on(2022, 3)}, spans{
			indicators.StandingsOf(standing.Elder): {month(2022, 3), month(2022, 11)}, indicators.ActivitiesOf(standing.Elder): {month(2022, 3), month(2022, 11)},
		}},
		{"one of the future touches nothing yet", facts.Standing{Kind: "elder", Standing: "aged_65", EffectiveOn: on(2025, 3)}, spans{}},
		{"an activity touches what may come behind it in one period", facts.Activity{Kind: "elder", OccurredOn: on(2021, 3)}, spans{
			indicators.ActivitiesOf(standing.Elder): {month(2021, 3), month(2022, 2)},
		}},
		{"and nothing that is still to come", facts.Activity{Kind: "elder", OccurredOn: on(2022, 10)}, spans{
			indicators.ActivitiesOf(standing.Elder): {month(2022, 10), month(2022, 11)},
		}},
		{"one from before all cells touches those of its period", facts.Activity{Kind: "elder", OccurredOn: on(2020, 4)}, spans{
			indicators.ActivitiesOf(standing.Elder): {month(2020, 12), month(2021, 3)},
		}},
		{"a voided visit touches its month of visits, and no standings", facts.Amendment{Kind: facts.Voided, WasOn: on(2021, 3)}, spans{
			indicators.Visits: {month(2021, 3), month(2021, 3)},
		}},
		{"so does a corrected one", facts.Amendment{Kind: facts.Corrected, WasOn: on(2021, 3)}, spans{
			indicators.Visits: {month(2021, 3), month(2021, 3)},
		}},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			marks := indicators.Marks{}
			marks.Mark(c.row, span)
			got := spans{}
			for g := range marks {
				months := marks.Months(g)
				got[g] = [2]calendar.Month{months[0], months[len(months)-1]}
				require.Len(t, months, int(months[len(months)-1]-months[0])+1, "without a hole")
			}
			require.Equal(t, c.touches, got)
		})
	}
}
