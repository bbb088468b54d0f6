package eventstore_test

import (
	"context"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/eventstore"
)

// Who reads what is damaged is told so, and the log remembers it; what is not damaged goes on, and nothing that was derived
// from the log is thrown away.
func TestADamagedLogSaysSoAndGoesOn(t *testing.T) {
	log := logIn(t, damaged(t))
	require.False(t, log.Damaged(), "nobody has read it")
	var last event.Checkpoint
	err := log.Follow(t.Context(), event.Checkpoint{}, func(_ context.Context, events []event.Recorded) error {
		last = events[len(events)-1].After(log.Epoch())
		return nil
	})
	require.ErrorIs(t, err, eventstore.ErrLogDamaged)
	require.NotErrorIs(t, err, eventstore.ErrUnavailable)
	require.True(t, log.Damaged())
	require.Positive(t, last.Number)
	require.NoError(t, log.Healthy(t.Context()), "records are taken")
	require.NoError(t, log.Append(t.Context(), "elder-new", command.NoStream, pending(log)))
	require.NoError(t, log.Check(t.Context(), last))

	at, err := strconv.ParseUint(regexp.MustCompile(`at position (\d+) is damaged`).FindStringSubmatch(err.Error())[1], 10, 64)
	require.NoError(t, err)
	require.Less(t, last.Position.Commit, at)
	last = event.Checkpoint{Epoch: log.Epoch(), Number: last.Number + 1, EventID: uuid.New(), Position: event.Position{Commit: at, Prepare: at}}
	require.ErrorIs(t, log.Check(t.Context(), last), eventstore.ErrLogDamaged, "the log is damaged, not another one")
}
