package elder_test

import (
	"testing"

	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event/golden"
)

func TestReleasedBytes(t *testing.T) {
	corrected := elder.HomeVisitCorrected{
		Elder: id(1), Visit: id(20), WasOn: day(2022, 11, 28), OccurredOn: day(2022, 10, 28), Mode: elder.ByTelephone,
		Outcome: elder.Absent, Reason: sealed("why"),
	}
	moved := transferred()
	moved.Doubts.Doubts = []string{"no-vacant-bed"}
	golden.Check(t, elder.Types(), registered(),
		elder.CircumstancesRecorded{Elder: id(1), Circumstances: elder.Circumstances(), EffectiveOn: day(2022, 2, 1)},
		logged(), corrected, takenBack(), admitted("no-vacant-bed", "already-admitted"), moved, discharged(), abandoned(),
		movedHome("532622100", day(2022, 5, 1)), died(), revived())
}
