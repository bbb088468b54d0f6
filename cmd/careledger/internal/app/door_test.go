package app

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore"
)

func TestAFullDiskIsNotReady(t *testing.T) {
	require.NoError(t, enough(t.TempDir()))
	require.ErrorIs(t, enough("/sys"), eventstore.ErrFull, "a file system without any space")
}
