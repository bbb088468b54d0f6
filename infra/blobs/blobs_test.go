package blobs_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/blobs"
)

func hashOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestAContentIsFoundByItsHash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "below", "contents")
	d, hash := blobs.In(path), hashOf("文山")
	_, there := d.Get(hash)
	require.False(t, there)
	require.NoError(t, d.Put(hash, []byte("文山")))
	require.NoError(t, d.Put(hash, []byte("文山")), "once more changes nothing")
	content, there := d.Get(hash)
	require.True(t, there)
	require.Equal(t, "文山", string(content))
	files, err := os.ReadDir(path)
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing else is left")
	info, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestWhatIsDamagedIsMissingAndMadeAgain(t *testing.T) {
	path := t.TempDir()
	d, hash := blobs.In(path), hashOf("content")
	require.NoError(t, d.Put(hash, []byte("content")))
	require.NoError(t, os.WriteFile(filepath.Join(path, hash), []byte("contenT"), 0o600))
	_, there := d.Get(hash)
	require.False(t, there)
	require.NoError(t, d.Put(hash, []byte("content")))
	content, _ := d.Get(hash)
	require.Equal(t, "content", string(content))
}

func TestANameIsAHash(t *testing.T) {
	d := blobs.In(t.TempDir())
	require.ErrorIs(t, d.Put(hashOf("one"), []byte("another")), blobs.ErrHash)
	_, there := d.Get("../../../etc/hostname")
	require.False(t, there)
}

func TestASnapshotHoldsWhatIsWhole(t *testing.T) {
	path, to := t.TempDir(), filepath.Join(t.TempDir(), "snapshot")
	d, hash := blobs.In(path), hashOf("content")
	require.NoError(t, blobs.In(filepath.Join(path, "none")).Snapshot(to))
	require.NoDirExists(t, to)
	require.NoError(t, d.Put(hash, []byte("content")))
	require.NoError(t, os.WriteFile(filepath.Join(path, ".new-1"), []byte("half"), 0o600))
	require.NoError(t, d.Snapshot(to))
	files, err := os.ReadDir(to)
	require.NoError(t, err)
	require.Len(t, files, 1)
	content, _ := blobs.In(to).Get(hash)
	require.Equal(t, "content", string(content))
}
