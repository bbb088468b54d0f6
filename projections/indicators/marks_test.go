package indicators_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

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
		{"a standing touches its month and all later ones, in one of which it may lapse", facts.Standing{Standing: "poor", EffectiveOn: on(2022, 3)}, spans{
			indicators.Standings: {month(2022, 3), month(2022, 11)},
		}},
		{"a registration says where activities count as well", facts.Standing{Standing: "registered", EffectiveOn: on(2022, 3)}, spans{
			indicators.Standings: {month(2022, 3), month(2022, 11)}, indicators.Activities: {month(2022, 3), month(2022, 11)},
		}},
		{"one of the future touches nothing yet", facts.Standing{Standing: "aged_65", EffectiveOn: on(2025, 3)}, spans{}},
		{"an activity touches what may come behind it in one period", facts.Activity{OccurredOn: on(2021, 3)}, spans{
			indicators.Activities: {month(2021, 3), month(2022, 2)},
		}},
		{"and nothing that is still to come", facts.Activity{OccurredOn: on(2022, 10)}, spans{
			indicators.Activities: {month(2022, 10), month(2022, 11)},
		}},
		{"one from before all cells touches those of its period", facts.Activity{OccurredOn: on(2020, 4)}, spans{
			indicators.Activities: {month(2020, 12), month(2021, 3)},
		}},
		{"a withdrawn record touches both, and no visits", facts.Amendment{Kind: facts.Withdrawn, WasOn: on(2021, 3)}, spans{
			indicators.Standings: {month(2021, 3), month(2022, 11)}, indicators.Activities: {month(2021, 3), month(2022, 2)},
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
