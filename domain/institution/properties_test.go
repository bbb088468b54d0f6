package institution_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/standing"
)

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, institution.Decider(), today, append(institution.Types(), standing.Types()...), []institution.Command{
		institution.Register{}, institution.OpenBeds{}, institution.ConvertBeds{}, institution.OperateBeds{}, institution.CloseBeds{},
		institution.ReserveBed{}, institution.ReleaseBed{}, institution.Keep{Command: standing.RecordStanding{}},
	})
}

func TestNoAskingOverfillsAnInstitution(t *testing.T) {
	dectest.Ask(t, institution.Decider(), today, ask, func(s institution.State) string {
		if s.Nursing < 0 || s.Nursing > s.Beds || s.Operating > s.Beds || len(s.Reserved) > s.Operating {
			return fmt.Sprintf("%d beds, %d nursing, %d operating, %d reserved", s.Beds, s.Nursing, s.Operating, len(s.Reserved))
		}
		return ""
	})
}

// ask draws commands that often have a chance: small numbers, few stays, days of one season.
func ask(t *rapid.T) institution.Command {
	beds, part := rapid.IntRange(-1, 8).Draw(t, "beds"), rapid.IntRange(-1, 5).Draw(t, "part")
	stay := rapid.IntRange(20, 40).Draw(t, "stay")
	on := today - calendar.Day(rapid.IntRange(-2, 30).Draw(t, "days ago"))
	switch rapid.IntRange(0, 8).Draw(t, "command") {
	case 0, 1:
		c := institution.Register(registered())
		c.RegisteredOn = on
		return c
	case 2:
		return institution.OpenBeds{Beds: beds, NursingBeds: part, OpenedOn: on}
	case 3:
		return institution.ConvertBeds{Beds: beds, ConvertedOn: on}
	case 4:
		return institution.OperateBeds{Beds: beds, OperatedOn: on}
	case 5:
		return institution.CloseBeds{Beds: beds, NursingBeds: part, OperatingBeds: rapid.IntRange(0, 5).Draw(t, "operating"), ClosedOn: on}
	case 6, 7:
		return institution.ReserveBed{Stay: id(stay), Elder: id(stay + 10), FromOn: on}
	}
	return institution.ReleaseBed{Stay: id(stay), Reason: institution.Ended}
}

func TestReleasedBytes(t *testing.T) {
	golden.Check(t, institution.Types(), registered(), opened(100, 42), converted(58), inOperation(60), closed(98, 40, 58),
		reserved(20, "before-registration", "no-vacant-bed"),
		institution.BedReleased{Institution: id(1), Stay: id(20), Reason: institution.MovedOn})
}
