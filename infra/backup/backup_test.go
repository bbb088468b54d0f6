package backup

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var now = time.Date(2022, 11, 30, 8, 0, 0, 0, time.UTC)

// snapshot makes files as the stores have them.
func snapshot(t *testing.T, tables ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range append(tables, "VERSION", "events/000002.log", "events/MANIFEST-000001", "events/LOCK", "vault/key-encryption-key", "lock", "control.sock") {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("content of "+name), 0o600))
		require.NoError(t, os.Chtimes(path, now, now))
	}
	return dir
}

func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	files, err := list(dir)
	require.NoError(t, err)
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Path))
		require.NoError(t, err)
		found[f.Path] = string(b)
	}
	return found
}

func same(t *testing.T, a, b string) bool {
	t.Helper()
	first, err := os.Stat(a)
	require.NoError(t, err)
	second, err := os.Stat(b)
	require.NoError(t, err)
	return os.SameFile(first, second)
}

func TestWriteAndRestore(t *testing.T) {
	data, backups := snapshot(t, "events/000004.sst", "vault/keys/000004.sst"), t.TempDir()
	to := filepath.Join(backups, "monday") + "/"
	done, err := Write(t.Context(), data, to, now)
	require.NoError(t, err)
	require.Len(t, done.Manifest.Files, 6)
	require.Equal(t, content(t, data), content(t, to))
	require.True(t, done.SameDisk)

	restored := t.TempDir() // an empty directory that is there, as a mounted disk is
	m, err := Restore(t.Context(), to, restored)
	require.NoError(t, err)
	require.Equal(t, done.Manifest, m)
	require.Equal(t, content(t, data), content(t, restored))
	require.NoFileExists(t, filepath.Join(restored, manifestName))
	require.False(t, same(t, filepath.Join(restored, "events/000004.sst"), filepath.Join(to, "events/000004.sst")))
	info, err := os.Stat(filepath.Join(restored, "vault/key-encryption-key"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// A table of the backup before is linked, one of the same name that is another is not.
func TestIncremental(t *testing.T) {
	backups := t.TempDir()
	first := snapshot(t, "events/000004.sst", "events/000005.sst")
	_, err := Write(t.Context(), first, filepath.Join(backups, "monday"), now)
	require.NoError(t, err)
	second := snapshot(t, "events/000004.sst", "events/000005.sst", "events/000006.sst")
	other := now.Add(time.Second)
	require.NoError(t, os.Chtimes(filepath.Join(second, "events/000005.sst"), other, other))
	_, err = Write(t.Context(), second, filepath.Join(backups, "tuesday"), now.Add(24*time.Hour))
	require.NoError(t, err)
	at := func(day, name string) string { return filepath.Join(backups, day, "events", name) }
	require.True(t, same(t, at("monday", "000004.sst"), at("tuesday", "000004.sst")))
	require.False(t, same(t, at("monday", "000005.sst"), at("tuesday", "000005.sst")))
	require.Equal(t, content(t, second), content(t, filepath.Join(backups, "tuesday")))
}

func TestTar(t *testing.T) {
	data, restored := snapshot(t, "events/000004.sst"), filepath.Join(t.TempDir(), "new")
	var archive bytes.Buffer
	m, err := WriteTar(t.Context(), data, &archive, now)
	require.NoError(t, err)
	whole := bytes.Clone(archive.Bytes())
	got, err := RestoreTar(t.Context(), &archive, restored)
	require.NoError(t, err)
	require.Equal(t, m, got)
	require.Equal(t, content(t, data), content(t, restored))
	for _, length := range []int{0, 700, len(whole) / 2, len(whole) - 2048} {
		place := t.TempDir()
		_, err := RestoreTar(t.Context(), bytes.NewReader(whole[:length]), place)
		require.Error(t, err, length)
		require.Empty(t, content(t, place))
	}
}

func TestTarDoesNotGetOut(t *testing.T) {
	for _, header := range []tar.Header{
		{Name: "../evil", Size: 1, Typeflag: tar.TypeReg}, {Name: "/tmp/evil", Size: 1, Typeflag: tar.TypeReg},
		{Name: "link", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink},
	} {
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		require.NoError(t, w.WriteHeader(&header))
		_, err := w.Write(make([]byte, header.Size))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		_, err = RestoreTar(t.Context(), &archive, filepath.Join(t.TempDir(), "new"))
		require.Error(t, err, header.Name)
	}
}

func TestRefusals(t *testing.T) {
	data, backups := snapshot(t), t.TempDir()
	to := filepath.Join(backups, "monday")
	_, err := Write(t.Context(), data, to, now)
	require.NoError(t, err)
	_, err = Write(t.Context(), data, to, now)
	require.ErrorIs(t, err, ErrNotEmpty)
	_, err = Restore(t.Context(), to, data)
	require.ErrorIs(t, err, ErrNotEmpty)
	_, err = Restore(t.Context(), data, filepath.Join(backups, "new"))
	require.ErrorIs(t, err, ErrNotWhole)
	require.NoError(t, os.Truncate(filepath.Join(to, "events/000002.log"), 3))
	_, err = Restore(t.Context(), to, filepath.Join(backups, "new"))
	require.ErrorIs(t, err, ErrNotWhole)
	require.NoError(t, os.WriteFile(filepath.Join(to, manifestName), []byte(`{"format":9}`), 0o600))
	_, err = Restore(t.Context(), to, filepath.Join(backups, "new"))
	require.ErrorIs(t, err, ErrNewer)
	_, err = RestoreTar(t.Context(), bytes.NewReader(make([]byte, 2048)), filepath.Join(backups, "other"))
	require.ErrorIs(t, err, ErrNotWhole)
}

// A disk that is not mounted must not be made up by directories.
func TestTheTargetsParentMustBeThere(t *testing.T) {
	to := filepath.Join(t.TempDir(), "not mounted", "monday")
	_, err := Write(t.Context(), snapshot(t), to, now)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoDirExists(t, filepath.Dir(to))
}

// What a backup that was cut off left is in nobody's way.
func TestCutOff(t *testing.T) {
	data, to := snapshot(t, "events/000004.sst"), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(to, partialName, "events"), 0o700))
	_, err := Write(t.Context(), data, to, now)
	require.NoError(t, err)
	require.Equal(t, content(t, data), content(t, to))
}
