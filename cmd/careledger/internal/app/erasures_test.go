package app_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/personal"
	"github.com/careledger/careledger/infra/vault"
)

// Who was erased has no name any more, and counts as before, at any time. An old vault that is put back under a newer log
// revives nobody.
func TestWhoWasErasedStaysErasedWhateverVaultComesBack(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(t.TempDir(), "vault")
	r := start(t, options(t, dir))
	const number = "53260119480301002X"
	ann := r.must("/elders", map[string]any{"area": "532601001", "registered_on": "2021-01-05", "sex": "female", "name": "测试例", "id_number": number})
	r.must("/elders/"+ann+"/circumstances", map[string]any{"circumstances": []string{"living_alone"}, "effective_on": "2021-01-06"})
	bo := r.elderInNeed("532601001")
	r.visit(ann, "2022-11-03")
	r.becomes(50.0, "monthly-visit-rate", "532601", "2022-11")
	r.stop()
	require.NoError(t, os.CopyFS(old, os.DirFS(filepath.Join(dir, "vault"))))

	r = start(t, options(t, dir))
	before := time.Now()
	require.Equal(t, "测试例", r.elder(ann)["name"])
	r.must("/elders/"+ann+"/erasure", map[string]any{"reason": "consent_withdrawn", "basis": "request"})
	require.Equal(t, []any{"", "", true}, []any{r.elder(ann)["name"], r.elder(ann)["id_number_masked"], r.elder(ann)["erased"]})
	r.visit(bo, "2022-11-04") // so that something is counted after it
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	require.InDelta(t, 50, r.value("monthly-visit-rate", "532601", "2022-11", "&known_at="+before.UTC().Format(time.RFC3339Nano)), 0)
	status, v := r.send(http.MethodGet, "/api/v1/indicators/monthly-visit-rate/records?area=532601&period=2022-11", "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Len(t, v["items"], 2)
	for _, item := range v["items"].([]any) {
		row := item.(map[string]any)
		require.Equal(t, row["subject"] == ann, row["erased"])
		require.Equal(t, row["subject"] == ann, row["name"] == "")
	}
	r.stop()

	require.NoError(t, os.RemoveAll(filepath.Join(dir, "vault")))
	require.NoError(t, os.CopyFS(filepath.Join(dir, "vault"), os.DirFS(old)))
	r = start(t, options(t, dir))
	require.Equal(t, "", r.elder(ann)["name"], "from the first moment")
	require.Eventually(t, func() bool { // the number is free again, which it was not in the old vault
		status, _ := r.send(http.MethodPost, "/api/v1/elders", uuid.NewString(), map[string]any{"area": "532601001", "registered_on": "2022-01-05", "sex": "female", "id_number": number})
		return status == http.StatusCreated
	}, 30*time.Second, 20*time.Millisecond)
	require.Equal(t, "", r.elder(ann)["name"])
	r.stop()
	keys, err := vault.Open(t.Context(), vault.Options{Dir: filepath.Join(dir, "vault"), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer keys.Close()
	_, err = keys.Seal(t.Context(), []personal.Plain{{Subject: uuid.NewSHA1(uuid.MustParse(ann), []byte("key-subject")), Value: []byte("x")}})
	require.ErrorIs(t, err, vault.ErrErased)
}

func (r *running) elder(id string) map[string]any {
	r.t.Helper()
	status, v := r.send(http.MethodGet, "/api/v1/elders/"+id, "", nil)
	require.Equal(r.t, http.StatusOK, status, "%v", v)
	return v
}
