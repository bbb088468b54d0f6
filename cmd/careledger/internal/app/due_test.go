package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/plan"
)

func TestNumbersAreDueOnceTheyHadTimeToFollow(t *testing.T) {
	var d due
	now := time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC)
	heard := func(after time.Duration, head uint64) uint64 {
		now = now.Add(after)
		d.heard(head, now)
		return d.number.Load()
	}
	require.EqualValues(t, 70, heard(0, 70), "what was there at the start is due at once")
	require.EqualValues(t, 80, heard(time.Second, 80), "a relay that reads the log anew begins low")
	require.EqualValues(t, 80, heard(2*patienceOfNumbers, 90))
	require.EqualValues(t, 80, heard(time.Second, 95), "just recorded")
	require.EqualValues(t, 90, heard(patienceOfNumbers, 99), "long enough ago")
}

func TestTheLedgersHeadStandsInForAPrefecturesThatIsNotKnown(t *testing.T) {
	a := &App{plan: &plan.Plan{Prefecture: "5326"}}
	require.Zero(t, a.newest("5326"))
	a.head(wholeLedger).Store(70)
	require.EqualValues(t, 70, a.newest("5326"))
	a.head("5326").Store(60)
	require.EqualValues(t, 60, a.newest("5326"))
}
