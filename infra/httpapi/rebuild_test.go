package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// standing is how the projection stands in an answer.
func (a answered) standing() (s ProjectionStatus) {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, a.body)
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &s))
	return s
}

func TestARebuildIsBegunPausedAndGivenUp(t *testing.T) {
	d := open(t)
	post := func(path, body string, headers ...string) answered {
		return d.ask("POST", "/api/v1/rebuild"+path, body, headers...)
	}
	require.Equal(t, ProjectionStatus{Serving: 1, Projected: 7, Head: 70123}, d.ask("GET", "/api/v1/rebuild", "").standing())

	begun := post("", `{"reason":"口径调整"}`).standing()
	require.Equal(t, 2, begun.Building)
	require.Contains(t, d.ledger.text(), "口径调整")
	require.Contains(t, d.ledger.text(), `"facts":3`)
	require.Equal(t, "already-rebuilding", post("", `{}`).problem().Code)
	require.True(t, post("/pause", "").standing().Paused)
	again := post("/pause", "")
	require.Equal(t, http.StatusConflict, again.status)
	require.Equal(t, "rebuild-paused", again.problem().Code)
	require.False(t, post("/resume", "").standing().Paused)
	require.Zero(t, post("/abandon", "").standing().Building)
	require.Equal(t, "not-rebuilding", post("/abandon", "").problem().Code)
	require.Equal(t, "nothing-to-roll-back", post("/roll-back", "").problem().Code)
	require.Equal(t, "rebuild-reason", post("", `{"reason":"`+strings.Repeat("长", 201)+`"}`).problem().Code)

	require.Equal(t, http.StatusForbidden, post("", `{}`, "Authorization", "Bearer "+analystToken).status, "an analyst reads")
	require.Equal(t, http.StatusOK, d.ask("GET", "/api/v1/rebuild", "", "Authorization", "Bearer "+analystToken).status)
}
