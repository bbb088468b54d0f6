package elder_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, elder.Decider(), today, slices.Concat(elder.Types(), standing.Types(), person.Types()), []elder.Command{
		elder.Register{}, elder.RecordCircumstances{}, elder.LogHomeVisit{}, elder.CorrectHomeVisit{}, elder.EnterHomeVisitInError{},
		elder.Admit{}, elder.Transfer{}, elder.Discharge{}, elder.AbandonAdmission{}, elder.Move{}, elder.RecordDeath{},
		elder.EnterDeathInError{}, elder.Keep{Command: standing.RecordStanding{}}, elder.Keep{Command: standing.EndStanding{}},
		elder.Keep{Command: standing.EnterInError{}}, elder.Erase{}, elder.Merge{},
	})
}

func TestWhoIsAdmittedByAskingHasOneCurrentStayAtMost(t *testing.T) {
	dectest.Ask(t, elder.Decider(), today, askForStays, func(s elder.State) string {
		current := 0
		for _, stay := range s.Stays {
			if !stay.Ended {
				current++
			}
			if stay.Ended && stay.EndedOn < stay.AdmittedOn {
				return "a stay that ended before it began"
			}
		}
		if current > 1 {
			return "several current stays"
		}
		return ""
	})
}

// askForStays draws commands that often have a chance: few stays, few institutions, days of one season.
func askForStays(t *rapid.T) elder.Command {
	stay, institution := id(rapid.IntRange(30, 39).Draw(t, "stay")), id(rapid.IntRange(40, 42).Draw(t, "institution"))
	on := today - calendar.Day(rapid.IntRange(-2, 30).Draw(t, "days ago"))
	switch rapid.IntRange(0, 5).Draw(t, "command") {
	case 0:
		return elder.Register{Elder: id(1), Area: "532601001", RegisteredOn: on, Sex: elder.Male, Born: day(1948, 3, 17)}
	case 1, 2:
		return elder.Admit{Stay: stay, Institution: institution, InstitutionArea: "532601002", AdmittedOn: on}
	case 3:
		return elder.Transfer{Stay: stay, Institution: institution, InstitutionArea: "532601002", TransferredOn: on}
	case 4:
		return elder.Discharge{Stay: stay, DischargedOn: on, Reason: elder.ToHome}
	}
	return elder.AbandonAdmission{Stay: stay, Institution: institution}
}

func TestStateTellsOfToday(t *testing.T) {
	early := elder.CircumstancesRecorded{Elder: id(1), Circumstances: []elder.Circumstance{elder.Disabled}, EffectiveOn: day(2021, 1, 1)}
	late := elder.CircumstancesRecorded{Elder: id(1), Circumstances: []elder.Circumstance{elder.VeryOld}, EffectiveOn: day(2022, 1, 1)}
	again := elder.CircumstancesRecorded{Elder: id(1), Circumstances: []elder.Circumstance{}, EffectiveOn: day(2022, 1, 1)}
	correctedAfterAll := elder.HomeVisitCorrected{Elder: id(1), Visit: id(20), OccurredOn: today, Mode: elder.AtHome, Outcome: elder.Seen}
	d := elder.Decider()
	for _, c := range []struct {
		behaviour string
		history   []event.Event
		holds     func(elder.State) bool
	}{
		{"the later set holds", []event.Event{early, late}, func(s elder.State) bool { return slices.Equal(s.Circumstances, late.Circumstances) }},
		{"an earlier set that is recorded later does not speak of today", []event.Event{late, early}, func(s elder.State) bool { return slices.Equal(s.Circumstances, late.Circumstances) }},
		{"of two sets of one day the one recorded last holds", []event.Event{late, again}, func(s elder.State) bool { return len(s.Circumstances) == 0 }},
		{"a visit entered in error stays so", []event.Event{logged(), takenBack(), correctedAfterAll}, func(s elder.State) bool { return s.Visits[id(20)].InError }},
		{"the area is the register's", []event.Event{registered()}, func(s elder.State) bool { return d.Area(s) == "532601001" }},
		{"a stay that goes on elsewhere keeps its first day", []event.Event{admitted(), transferred()}, func(s elder.State) bool {
			return s.Stays[id(30)] == elder.Stay{Institution: id(41), InstitutionArea: "532622100", AdmittedOn: day(2022, 6, 1), SinceOn: day(2022, 7, 1)}
		}},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			s := d.Zero()
			for _, e := range c.history {
				s = d.Evolve(s, e)
			}
			if !c.holds(s) {
				t.Errorf("it does not hold of %+v", s)
			}
		})
	}
}
