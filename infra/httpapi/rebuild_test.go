package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// standing is how the projection stands in an answer.
func (a answered) standing() ProjectionStatus {
	a.t.Helper()
	require.Less(a.t, a.status, 300, a.body)
	return decoded[ProjectionStatus](a)
}

func TestARebuildIsBegunPausedAndGivenUp(t *testing.T) {
	d := open(t)
	post := func(path, body string, headers ...string) answered { return d.tell("/rebuild"+path, body, headers...) }
	require.Equal(t, ProjectionStatus{Serving: 1, Projected: 7, Head: 70123}, d.ask("GET", "/api/v1/rebuild", "").standing())

	begun := post("", `{"reason":"口径调整"}`).standing()
	require.Equal(t, 2, begun.Building)
	require.Contains(t, d.ledger.text(), "口径调整")
	require.Contains(t, d.ledger.text(), `"facts":3`)
	require.Equal(t, "already-rebuilding", post("", `{}`).problem().Code)
	require.True(t, post("/pause", `{}`).standing().Paused)
	again := post("/pause", `{}`)
	require.Equal(t, http.StatusConflict, again.status)
	require.Equal(t, "rebuild-paused", again.problem().Code)
	require.False(t, post("/resume", `{}`).standing().Paused)
	require.Zero(t, post("/abandon", `{}`).standing().Building)
	require.Equal(t, "not-rebuilding", post("/abandon", `{}`).problem().Code)
	require.Equal(t, "nothing-to-roll-back", post("/roll-back", `{}`).problem().Code)
	require.Equal(t, "rebuild-reason", post("", `{"reason":"`+strings.Repeat("长", 201)+`"}`).problem().Code)

	require.Equal(t, http.StatusForbidden, post("", `{}`, "Authorization", "Bearer "+analystToken).status, "an analyst reads")
	require.Equal(t, http.StatusOK, d.ask("GET", "/api/v1/rebuild", "", "Authorization", "Bearer "+analystToken).status)
}

// A command on the projection is a command like the others: once for each key, with a receipt.
func TestARebuildIsBegunOnceForEachKey(t *testing.T) {
	d := open(t)
	first := d.tell("/rebuild", `{"reason":"口径调整"}`)
	receipt := first.receipt()
	require.Equal(t, "accepted", receipt.Status)
	require.Equal(t, "projection-5326", receipt.Stream)
	require.Equal(t, `"0"`, first.header.Get("ETag"))
	d.given("/rebuild/pause", `{}`)
	again := d.ask("POST", "/api/v1/rebuild", `{"reason":"口径调整"}`, "Idempotency-Key", "key-1")
	require.Equal(t, "duplicate", again.receipt().Status)
	require.Equal(t, receipt.ID, again.receipt().ID)
	require.True(t, again.standing().Paused, "as it stands now")
	require.Equal(t, []string{"RebuildBegun.v1", "RebuildPaused.v1"}, d.ledger.since(0))

	for _, path := range []string{"", "/pause", "/resume", "/abandon", "/roll-back", "/retire"} {
		require.Equal(t, "idempotency-key-missing", d.ask("POST", "/api/v1/rebuild"+path, `{}`).problem().Code, path)
		require.Equal(t, "not-json", d.tell("/rebuild"+path, "").problem().Code, path)
		require.Equal(t, "unknown-field", d.tell("/rebuild"+path, `{"force":true}`).problem().Code, path)
	}
	require.Equal(t, "idempotency-key-reused", d.ask("POST", "/api/v1/rebuild", `{}`, "Idempotency-Key", "key-1").problem().Code)
	require.Equal(t, "idempotency-key-reused", d.ask("POST", "/api/v1/rebuild/resume", `{}`, "Idempotency-Key", "key-2").problem().Code)
	require.Equal(t, "stale-revision", d.tell("/rebuild/resume", `{}`, "If-Match", `"0"`).problem().Code)
	require.Equal(t, "unknown-command", decoded[BatchResults](d.ask("POST", "/api/v1/commands",
		`{"commands":[{"type":"begin-rebuild","key":"k","body":{}}]}`)).Results[0].Problem.Code, "never in a batch")
	require.Equal(t, 2, d.ledger.count())
}
