package childcare_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/standing"
)

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, childcare.Decider(), today, append(childcare.Types(), standing.Types()...), []childcare.Command{
		childcare.Register{}, childcare.File{}, childcare.OpenPlaces{}, childcare.ClosePlaces{}, childcare.ReservePlace{},
		childcare.ReleasePlace{}, childcare.Keep{Command: standing.RecordStanding{}},
	})
}

func TestNoAskingOverfillsAChildcareInstitution(t *testing.T) {
	dectest.Ask(t, childcare.Decider(), today, ask, func(s childcare.State) string {
		if s.Inclusive < 0 || s.Inclusive > s.Places || len(s.Reserved) > s.Places {
			return fmt.Sprintf("%d places, %d inclusive, %d reserved", s.Places, s.Inclusive, len(s.Reserved))
		}
		return ""
	})
}

// ask draws commands that often have a chance: small numbers, few enrolments, days of one season.
func ask(t *rapid.T) childcare.Command {
	places, inclusive := rapid.IntRange(-1, 8).Draw(t, "places"), rapid.IntRange(-1, 5).Draw(t, "inclusive")
	enrolment := rapid.IntRange(20, 40).Draw(t, "enrolment")
	on := today - calendar.Day(rapid.IntRange(-2, 30).Draw(t, "days ago"))
	switch rapid.IntRange(0, 8).Draw(t, "command") {
	case 0, 1:
		c := childcare.Register(registered())
		c.RegisteredOn = on
		return c
	case 2:
		return childcare.File{FiledOn: on}
	case 3, 4:
		return childcare.OpenPlaces{Places: places, InclusivePlaces: inclusive, OpenedOn: on}
	case 5:
		return childcare.ClosePlaces{Places: places, InclusivePlaces: inclusive, ClosedOn: on}
	case 6, 7:
		return childcare.ReservePlace{Enrolment: id(enrolment), Child: id(enrolment + 10), FromOn: on}
	}
	return childcare.ReleasePlace{Enrolment: id(enrolment), Reason: childcare.Ended}
}

func TestReleasedBytes(t *testing.T) {
	golden.Check(t, childcare.Types(), registered(), filed(), opened(50, 30), closed(48, 30), reserved(20, "no-vacant-place"),
		childcare.PlaceReleased{Childcare: id(1), Enrolment: id(20), Reason: childcare.Ended})
}
