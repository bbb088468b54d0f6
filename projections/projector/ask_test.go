package projector_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/projector"
)

// asking answers what comes of a replay of parked events, of which a projector tries one at each announcement it hears.
func asking(t *testing.T, parked int, hears func(n int) bool, numbers ...uint64) (projector.Replayed, []projector.Replay, error) {
	t.Helper()
	var told []projector.Replay
	tried, counted := 0, 0
	a := projector.Asker{
		Prefecture: "5326", Look: time.Millisecond, Repeat: 3 * time.Millisecond, Patience: 300 * time.Millisecond, Limit: 5 * time.Second,
		Announce: func(_ context.Context, r projector.Replay) error {
			told = append(told, r)
			switch {
			case !hears(len(told)) || tried+counted == parked:
			case counted == 0:
				counted++
			default:
				tried++
			}
			return nil
		},
		Answers: func(_ context.Context, _ string, q facts.ParkedQuery) (facts.ParkedAnswers, error) {
			if len(told) > 0 {
				require.Equal(t, told[0].Request, q.NotOf)
				require.EqualValues(t, 70, q.UpTo, "what is parked later is not waited for")
			}
			return facts.ParkedAnswers{Waiting: uint64(parked - tried - counted), Tried: uint64(tried), Last: 70}, nil
		},
	}
	answer, err := a.Ask(t.Context(), numbers)
	return answer, told, err
}

func TestAReplayIsAskedForUntilItIsAnswered(t *testing.T) {
	answer, told, err := asking(t, 3, func(n int) bool { return n > 2 })
	require.NoError(t, err)
	require.Equal(t, projector.Replayed{Asked: 3, Counted: 1, Parked: 2}, answer)
	require.Len(t, told, 5, "two were lost")
	for _, r := range told {
		require.Equal(t, told[0], r)
		require.NotEqual(t, uuid.Nil, r.Request)
	}
}

func TestAReplayThatNobodyAnswersIsTold(t *testing.T) {
	_, _, err := asking(t, 3, func(int) bool { return false })
	require.ErrorIs(t, err, projector.ErrSilent)
}

func TestAReplayThatStopsHalfWaySaysWhatWaits(t *testing.T) {
	answer, _, err := asking(t, 3, func(n int) bool { return n == 1 })
	require.NoError(t, err)
	require.Equal(t, projector.Replayed{Asked: 3, Counted: 1, Waiting: 2}, answer)
}

func TestOnlyParkedEventsAreReplayed(t *testing.T) {
	_, told, err := asking(t, 1, func(int) bool { return true }, 7, 8)
	require.ErrorIs(t, err, projector.ErrNotParked)
	require.Empty(t, told)
	answer, told, err := asking(t, 0, func(int) bool { return true })
	require.NoError(t, err)
	require.Zero(t, answer)
	require.Empty(t, told, "there is nothing to ask for")
}

func TestABusThatCannotBeReachedIsTold(t *testing.T) {
	away := errors.New("away")
	a := projector.Asker{
		Look: time.Millisecond, Repeat: time.Millisecond, Patience: 20 * time.Millisecond, Limit: time.Second,
		Announce: func(context.Context, projector.Replay) error { return away },
		Answers: func(context.Context, string, facts.ParkedQuery) (facts.ParkedAnswers, error) {
			return facts.ParkedAnswers{Waiting: 1, Last: 1}, nil
		},
	}
	_, err := a.Ask(t.Context(), nil)
	require.Error(t, err)
	require.True(t, errors.Is(err, away) || errors.Is(err, projector.ErrSilent))
}
