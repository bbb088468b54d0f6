package warehouse

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"
)

func TestTheSettingsOfTheURLWin(t *testing.T) {
	s := onCluster(clickhouse.Settings{"insert_quorum": 2, "max_threads": 4})
	require.Equal(t, 2, s["insert_quorum"])
	require.Equal(t, 4, s["max_threads"])
	require.Equal(t, 1, s["select_sequential_consistency"])
	require.Equal(t, 0, s["insert_quorum_parallel"], "questions are not held to inserts that run beside each other")
	require.Equal(t, int64(55_000), s["insert_quorum_timeout"])
}

func TestWhatIsRefusedForAMomentIsTriedAgain(t *testing.T) {
	refused := func(code int32) error { return fmt.Errorf("answered: %w", &clickhouse.Exception{Code: code}) }
	tries := func(ctx context.Context, answers ...error) (n int, err error) {
		err = again(ctx, func() error { n++; return answers[n-1] })
		return n, err
	}
	n, err := tries(t.Context(), refused(quorumBusy), refused(replicaCatching), nil)
	require.NoError(t, err)
	require.Equal(t, 3, n)

	for _, other := range []error{refused(60), errors.New("cut off")} {
		n, err = tries(t.Context(), other, nil)
		require.Equal(t, other, err)
		require.Equal(t, 1, n)
	}

	over, cancel := context.WithCancel(t.Context())
	cancel()
	n, err = tries(over, refused(quorumBusy), refused(quorumBusy), refused(quorumBusy), refused(quorumBusy))
	require.Error(t, err)
	require.Less(t, n, 4)
}
