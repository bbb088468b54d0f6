package child_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, child.Decider(), today, slices.Concat(child.Types(), standing.Types(), person.Types()), []child.Command{
		child.Register{}, child.Enrol{}, child.Withdraw{}, child.AbandonEnrolment{},
		child.LogCheck{}, child.LogImmunisation{}, child.LogNewbornVisit{}, child.Keep{Command: standing.LogActivity{}},
		child.Keep{Command: standing.EnterInError{}}, child.Erase{}, child.Merge{},
	})
}

func TestAChildEnrolledByAskingHasOnePlaceAtMost(t *testing.T) {
	dectest.Ask(t, child.Decider(), today, ask, func(s child.State) string {
		current := 0
		for _, taken := range s.Enrolments {
			if !taken.Ended {
				current++
			}
			if taken.Ended && taken.EndedOn < taken.EnrolledOn {
				return "an enrolment that ended before it began"
			}
		}
		if current > 1 {
			return "several places at once"
		}
		return ""
	})
}

// ask draws commands that often have a chance: few enrolments, days of one season.
func ask(t *rapid.T) child.Command {
	enrolment, childcare := id(rapid.IntRange(30, 39).Draw(t, "enrolment")), id(rapid.IntRange(40, 42).Draw(t, "childcare"))
	on := today - calendar.Day(rapid.IntRange(-2, 30).Draw(t, "days ago"))
	switch rapid.IntRange(0, 5).Draw(t, "command") {
	case 0:
		return child.Register{Child: id(1), Area: "532601001", RegisteredOn: on, Sex: child.Male, Born: day(2020, 10, 17)}
	case 1, 2:
		return child.Enrol{Enrolment: enrolment, Childcare: childcare, ChildcareArea: "532601002", Class: child.Mixed, EnrolledOn: on}
	case 3, 4:
		return child.Withdraw{Enrolment: enrolment, WithdrawnOn: on, Reason: child.OtherReason}
	}
	return child.AbandonEnrolment{Enrolment: enrolment, Childcare: childcare}
}

func TestReleasedBytes(t *testing.T) {
	golden.Check(t, child.Types(), registered(), enrolled("no-vacant-place", "child-over-3"), withdrawn(), abandoned())
}
