package vault_test

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheSigningKeyIsMadeOnceAndGoesIntoASnapshot(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	key, err := v.Signing()
	require.NoError(t, err)
	again, err := v.Signing()
	require.NoError(t, err)
	require.True(t, key.Equal(again))
	snapshot := filepath.Join(t.TempDir(), "vault")
	require.NoError(t, v.Snapshot(snapshot))
	require.NoError(t, v.Close())

	for _, of := range []string{dir, snapshot} {
		v = open(t, of)
		again, err = v.Signing()
		require.NoError(t, err)
		require.True(t, key.Equal(again))
		require.NoError(t, v.Close())
		err = filepath.WalkDir(of, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			require.NotContains(t, string(content), string(key.Seed()), "it lies nowhere in clear")
			return err
		})
		require.NoError(t, err)
	}
	other := open(t, t.TempDir())
	defer other.Close()
	another, err := other.Signing()
	require.NoError(t, err)
	require.False(t, key.Equal(another))
	require.True(t, ed25519.Verify(key.Public().(ed25519.PublicKey), []byte("x"), ed25519.Sign(again, []byte("x"))))
}
