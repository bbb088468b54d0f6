package embedded_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/warehouse/embedded"
)

func TestAMissingOrForeignLibraryIsOneLineThatSaysWhatToRun(t *testing.T) {
	foreign := filepath.Join(t.TempDir(), "libchdb.so")
	require.NoError(t, os.WriteFile(foreign, []byte("not a library"), 0o600))
	for name, row := range map[string]struct {
		path string
		want error
	}{
		"missing":     {filepath.Join(t.TempDir(), "libchdb.so"), embedded.ErrEngineMissing},
		"no library":  {foreign, embedded.ErrEngineForeign},
		"a directory": {t.TempDir(), embedded.ErrEngineForeign},
		"another one": {"/lib/x86_64-linux-gnu/libc.so.6", embedded.ErrEngineForeign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(embedded.LibraryVariable, row.path)
			err := embedded.Serve(t.Context(), embedded.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
			require.ErrorIs(t, err, row.want)
			require.ErrorContains(t, err, "make engine")
			require.ErrorContains(t, err, "请")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestOptionsAreCheckedTogether(t *testing.T) {
	err := embedded.Serve(t.Context(), embedded.Options{Listen: "0.0.0.0:8123", MemoryLimitBytes: 1000})
	require.ErrorIs(t, err, embedded.ErrPasswordNeeded)
	require.Equal(t, 3, len(strings.Split(err.Error(), "\n")), err)
}
