package vault_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/vault"
)

// A backup whose keys are damaged must not pass for one that opens.
func TestADamagedVaultIsFound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vault")
	v := open(t, dir)
	for i := range 200 {
		_, err := v.Seal(t.Context(), plain(uuid.New(), fmt.Sprint("value ", i), "here"))
		require.NoError(t, err)
	}
	require.NoError(t, v.Close())
	require.NoError(t, open(t, dir).Close()) // puts what lies in the log into a table

	logger := slog.New(slog.DiscardHandler)
	values, err := vault.Check(dir, logger)
	require.NoError(t, err)
	require.Greater(t, values, 200)
	tables, err := filepath.Glob(filepath.Join(dir, "keys", "*.sst"))
	require.NoError(t, err)
	require.NotEmpty(t, tables)
	table := tables[len(tables)-1]
	b, err := os.ReadFile(table)
	require.NoError(t, err)
	b[len(b)/3] ^= 8
	require.NoError(t, os.WriteFile(table, b, 0o600))
	_, err = vault.Check(dir, logger)
	require.Error(t, err)
}
