package app_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/projections/publication"
)

// fetch answers a document and its ETag.
func (r *running) fetch(path string) (int, string, []byte) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+"/api/v1/publications/"+path, nil)
	require.NoError(r.t, err)
	request.Header.Set("Authorization", "Bearer "+adminToken)
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	return response.StatusCode, response.Header.Get("ETag"), body
}

// document fetches a publication that must verify.
func (r *running) document(id string) ([]byte, publication.Content) {
	r.t.Helper()
	status, etag, text := r.fetch(id)
	require.Equal(r.t, http.StatusOK, status, "%s", text)
	status, v := r.send(http.MethodGet, "/api/v1/publication-key", "", nil)
	require.Equal(r.t, http.StatusOK, status)
	key, err := publication.ParseKey(v["key"].(string))
	require.NoError(r.t, err)
	verified := publication.Verify(text, key)
	require.Empty(r.t, verified.Findings)
	require.Equal(r.t, `"`+verified.Hash+`"`, etag)
	return text, verified.Content
}

// recomputed makes a publication anew from the log.
func (r *running) recomputed(id string) []byte {
	r.t.Helper()
	status, _, text := r.fetch(id + "?recompute=1")
	require.Equal(r.t, http.StatusOK, status, "%s", text)
	return text
}

// A month is sealed; what comes late makes another revision that says why. The first one stays, byte for byte: over late
// records, a lost file, a lost warehouse, a restart.
func TestAPublicationStays(t *testing.T) {
	dir := t.TempDir()
	r := start(t, options(t, dir))
	ann, bo := r.elderInNeed("532601001"), r.elderInNeed("532622101")
	r.visit(ann, "2022-11-03")
	first := r.must("/publications", map[string]any{"period": "2022-11"}) // it waits for the numbers
	text, c := r.document(first)
	require.Equal(t, "50", textOf(c, "532600", "monthly-visit-rate"))
	require.Equal(t, "100", textOf(c, "532601", "monthly-visit-rate"))
	require.Greater(t, c.Position, uint64(5))
	status, v := r.send(http.MethodPost, "/api/v1/publications", uuid.NewString(), map[string]any{"period": "2022-11"})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "publication-unchanged", v["code"])

	r.visit(bo, "2022-11-09") // late
	second := r.must("/publications", map[string]any{"period": "2022-11"})
	late, c := r.document("2022-11")
	require.Equal(t, second, c.Publication.String())
	require.Equal(t, "100", textOf(c, "532600", "monthly-visit-rate"))
	require.Contains(t, c.Reasons.Events, publication.Late{Type: "HomeVisitLogged.v1", Area: "532622101", Events: 1})
	require.Contains(t, c.Reasons.Events, publication.Late{Type: "PublicationSealed.v1", Area: "532600", Events: 1})
	changed := map[string]bool{}
	for _, cell := range c.Reasons.Cells {
		changed[cell.Code+" "+cell.Area] = true
	}
	for _, area := range []string{"532600", "532622", "532622101"} {
		require.True(t, changed["monthly-visit-rate "+area], "%v", changed)
	}
	require.False(t, changed["monthly-visit-rate 532601"])

	require.Equal(t, string(text), string(r.recomputed(first)))
	require.Equal(t, string(late), string(r.recomputed(second)))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "publications")))
	again, _ := r.document(first)
	require.Equal(t, string(text), string(again), "the file was lost")
	r.stop()

	remove(t, dir, "warehouse")
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "publications")))
	r = start(t, options(t, dir))
	require.Eventually(t, func() bool { // all is counted anew
		status, _, text := r.fetch(second)
		require.Contains(t, []int{http.StatusOK, http.StatusServiceUnavailable}, status, "%s", text)
		return status == http.StatusOK
	}, 2*time.Minute, 100*time.Millisecond)
	again, _ = r.document(second)
	require.Equal(t, string(late), string(again))
	require.Equal(t, string(text), string(r.recomputed(first)))
	_, _, pdf := r.fetch("2022-11/report.pdf")
	require.Contains(t, string(pdf[:40]), "%PDF-", "make font")
	_, _, xlsx := r.fetch("2022-11/report.xlsx")
	require.Equal(t, "PK", string(xlsx[:2]))
	r.stop()
}

func textOf(c publication.Content, area, code string) string {
	for _, cell := range c.Cells {
		if cell.Area == area && cell.Code == code && cell.Variant == "official" && cell.Value != nil {
			b, err := publication.Canonical(cell.Value)
			if err == nil {
				return string(b)
			}
		}
	}
	return ""
}
