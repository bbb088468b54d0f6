package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// aCell is a number as the API answers it.
const aCell = `{"code":"monthly-visit-rate","area":"532601","period":"2022-11","value":50.04,"unit":"%","numerator":1,"denominator":2,"definition":{"version":1,"variant":"official"},"position":"9"}`

func TestWhatIsBehindANumberIsListedWhole(t *testing.T) {
	row := func(role, name string) string {
		return `{"role":"` + role + `","reason":{"code":"seen","zh":"当月已探访见到","en":"seen in the month"},"kind":"elder","subject":"018f6f0e-5f7d-7c3a-9d0e-1f6a5b2c3d4e","name":"` + name +
			`","area":"532601001","area_name":"开化街道","numerator":1,"denominator":1,"events":[{"number":"7"},{"number":"9"}]}`
	}
	asked := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/indicator-definitions" {
			fmt.Fprint(w, `{"items":[{"code":"monthly-visit-rate","variant":"official","decimals":1}]}`)
			return
		}
		asked = r.URL.String()
		q := r.URL.Query()
		switch {
		case strings.Contains(r.URL.Path, "no-such"):
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"status":404,"code":"indicator-not-found","detail":"There is no indicator with this code","detail_zh":"没有这个指标"}`)
		case q.Get("period") == "2022-Q4":
			fmt.Fprint(w, `{"items":[],"next":"","totals":{},"cell":{"code":"monthly-visit-rate","area":"532601","period":"2022-12","value":null,"unit":"%","position":"9"}}`)
		case strings.HasSuffix(r.URL.Path, "/diff"):
			fmt.Fprintf(w, `{"items":[{"change":"changed_role","kind":"elder","subject":"x","name":"","area":"532601001","area_name":"开化街道","numerator":1,"denominator":0,
				"before":{"role":"denominator","reason":{"en":"not visited","zh":"未探访"}},"after":null,"events":[]}],"next":"","totals":{},"cell":%s,"against":%s}`, aCell, aCell)
		case q.Get("cursor") == "":
			fmt.Fprintf(w, `{"items":[%s],"next":"more","totals":{"rows":2},"cell":%s}`, row("numerator", "=1+1"), aCell)
		default:
			require.Equal(t, "more", q.Get("cursor"))
			require.Equal(t, "2022-11", q.Get("period"), "the month of the first page")
			fmt.Fprintf(w, `{"items":[%s],"next":"","totals":{"rows":2},"cell":%s}`, row("excluded", "张"), aCell)
		}
	}))
	defer s.Close()
	run := func(words ...string) (string, string, int) {
		return careledger(t, nil, append(append([]string{"indicators"}, words...), "--server", s.URL, "--token", "cl_x")...)
	}

	out, errs, code := run("records", "monthly-visit-rate", "--area", "532601", "-o", "csv")
	require.Zero(t, code, errs)
	require.Contains(t, asked, "/api/v1/indicators/monthly-visit-rate/records?area=532601")
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 3)
	require.Equal(t, []string{"numerator", "1", "1", "seen in the month", "当月已探访见到", "elder", "018f6f0e-5f7d-7c3a-9d0e-1f6a5b2c3d4e", "'=1+1", "", "532601001", "开化街道", "7 9"}, lines[1])

	out, errs, code = run("records", "monthly-visit-rate", "-o", "json")
	require.Zero(t, code, errs)
	var all struct {
		Items  []map[string]any
		Totals struct{ Rows int }
		Cell   struct{ Position string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	require.Len(t, all.Items, 2)
	require.Equal(t, 2, all.Totals.Rows)
	require.Equal(t, "9", all.Cell.Position)

	out, errs, code = run("records", "monthly-visit-rate")
	require.Zero(t, code, errs)
	require.Contains(t, out, "monthly-visit-rate 532601 2022-11: 50 % = 1 / 2 (position 9)\n")
	require.NotContains(t, out, "no number")
	require.Regexp(t, `excluded\s+1\s+1\s+seen in the month`, out)

	out, errs, code = run("records", "monthly-visit-rate", "--period", "2022-Q4")
	require.Zero(t, code, errs)
	require.Contains(t, out, "no number: no record of 2022-12 feeds it yet")

	out, errs, code = run("diff", "monthly-visit-rate", "--against-period", "2022-10")
	require.Zero(t, code, errs)
	require.Contains(t, asked, "against_period=2022-10")
	require.Regexp(t, `changed_role\s+1\s+0\s+denominator \(not visited / 未探访\)\s+-\s+elder`, out)

	for _, words := range [][]string{{"records"}, {"records", "a", "b"}, {"records", "no-such"}, {"diff", "elder-beds", "-o", "xml"}} {
		_, errs, code = run(words...)
		require.Equal(t, exitUsage, code, words)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
}
