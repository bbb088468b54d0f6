package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
	require.EqualValues(t, 70, heard(time.Second, 80), "just recorded")
	require.EqualValues(t, 70, heard(patienceOfNumbers, 90))
	require.EqualValues(t, 90, heard(patienceOfNumbers, 90), "long enough ago")
}
