package embedded_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/warehouse/embedded"
)

func TestThePinnedEngineIsTheOneTheCodeIsFor(t *testing.T) {
	data, err := os.ReadFile("engine/package.json")
	require.NoError(t, err)
	var pinned struct{ Dependencies map[string]string }
	require.NoError(t, json.Unmarshal(data, &pinned))
	require.NotEmpty(t, pinned.Dependencies)
	for name, version := range pinned.Dependencies {
		require.Equal(t, embedded.EngineVersion, version, name)
	}
	lock, err := os.ReadFile("engine/package-lock.json")
	require.NoError(t, err)
	require.Contains(t, string(lock), `"integrity": "sha512-`)
	require.NotContains(t, string(lock), "://", "the lock names no host")
}

// install runs install.sh with the tools it needs, but without npm.
func install(t *testing.T, cache string) (string, error) {
	t.Helper()
	tools := t.TempDir()
	for _, name := range []string{"sh", "uname", "sed", "dirname", "wc", "tr", "cat"} {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(tools, name)))
	}
	command := exec.CommandContext(t.Context(), "engine/install.sh")
	command.Env = []string{"PATH=" + tools, "XDG_CACHE_HOME=" + cache, "HOME=" + cache}
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestInstallDoesNothingWhenTheEngineIsThere(t *testing.T) {
	cache := t.TempDir()
	dir := filepath.Join(cache, "careledger", "engine-"+embedded.EngineVersion)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	library := []byte("any")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "libchdb.so"), library, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "size"), []byte(strconv.Itoa(len(library))+"\n"), 0o600))
	out, err := install(t, cache)
	require.NoError(t, err, out)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "size"), []byte("4\n"), 0o600))
	out, err = install(t, cache)
	require.Error(t, err, "a library that is not whole does not count")
	require.Contains(t, out, "npm is needed")
	require.Contains(t, out, "需要 npm")
}
