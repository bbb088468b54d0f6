package standing_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/standing"
)

func TestAnyHistoryFolds(t *testing.T) {
	for _, k := range []standing.Kind{standing.Elder, standing.Staff, ""} {
		dectest.AnyHistoryFolds(t, of(k), today, standing.Types(), []standing.Command{
			standing.RecordStanding{}, standing.EndStanding{}, standing.LogActivity{}, standing.EnterInError{},
		})
	}
}

func TestOneAbilityHoldsAtATimeAndEachEndEndsSomething(t *testing.T) {
	levels := standing.WordsOf(standing.Elder).OneOf
	dectest.Ask(t, of(standing.Elder), today, ask, func(s standing.State) string {
		for on := today - 31; on <= today+1; on++ {
			var holding []string
			for _, level := range levels {
				if r, holds := s.InForce(standing.Elder, level, on); holds {
					holding = append(holding, level)
					if r.InError || r.On > on || r.Until != 0 && r.Until < on {
						return fmt.Sprintf("%+v is said to hold on %s", r, on)
					}
				}
			}
			if len(holding) > 1 {
				return fmt.Sprintf("%v hold on %s", holding, on)
			}
		}
		return unended(s)
	})
}

// unended names an end that stands without what it ends.
func unended(s standing.State) string {
	for _, r := range s.Records {
		if r.Form != standing.End || r.InError {
			continue
		}
		if was, found := s.Find(r.Ends); !found || was.InError || was.On > r.On || was.Word != r.Word {
			return fmt.Sprintf("%+v ends %+v", r, was)
		}
	}
	return ""
}

// ask draws commands that often have a chance: few records, two levels, days of one month.
func ask(t *rapid.T) standing.Command {
	record, other := id(rapid.IntRange(20, 45).Draw(t, "record")), id(rapid.IntRange(20, 45).Draw(t, "other"))
	on := today - calendar.Day(rapid.IntRange(-2, 30).Draw(t, "days ago"))
	switch rapid.IntRange(0, 7).Draw(t, "command") {
	case 0, 1, 2:
		c := standing.RecordStanding{Standing: rapid.SampledFrom([]string{"ability_2", "ability_4", "poor"}).Draw(t, "word"), Record: record, EffectiveOn: on}
		if rapid.Bool().Draw(t, "lapses") {
			c.Until = on + calendar.Day(rapid.IntRange(-1, 20).Draw(t, "days"))
		}
		return c
	case 3, 4:
		return standing.EndStanding{Of: record, Record: other, EndedOn: on}
	case 5:
		return standing.LogActivity{Activity: "health_check", Record: record, OccurredOn: on}
	}
	return standing.EnterInError{Record: record}
}
