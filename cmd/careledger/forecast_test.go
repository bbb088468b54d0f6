package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const twoForecasts = `{"items":[{"code":"elder-beds","area":"532601","variant":"official","unit":"beds","deadline":"2025-12-31","target":17850,` +
	`"history_until":"2022-11","position":"70123","value":12345.5,"low":11000,"high":13000,"level":0.8,"probability":0.042,"pace":54.6,"pace_needed":203.4,` +
	`"reached_in":"2034-03","back_test":{"months":24,"ahead":12,"mae":211.7,"coverage":0.79},"silent":null},` +
	`{"code":"elder-beds","area":"532622","variant":"official","unit":"beds","deadline":"2025-12-31","target":null,"history_until":null,"position":"70123",` +
	`"value":null,"low":null,"high":null,"level":0.8,"probability":null,"pace":null,"pace_needed":null,"reached_in":null,"back_test":null,` +
	`"silent":{"zh":"数据不足。","en":"Too few."}}]}`

func TestAForecastComesAsATableJSONAndCSV(t *testing.T) {
	var asked string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/areas" {
			_, _ = fmt.Fprint(w, `{"items":[{"code":"532601","name":"文山市"}]}`)
			return
		}
		if r.URL.Path == "/api/v1/indicator-definitions" {
			_, _ = fmt.Fprint(w, `{"items":[{"code":"elder-beds","variant":"official","decimals":0}]}`)
			return
		}
		asked = r.URL.String()
		_, _ = fmt.Fprint(w, twoForecasts)
	}))
	t.Cleanup(s.Close)
	brief, errs, code := careledger(t, nil, "indicators", "forecast", "elder-beds", "--server", s.URL, "--token", "cl_x")
	require.Zero(t, code, errs)
	few := strings.Split(brief, "\n")
	require.Equal(t, []string{"532601", "文山市", "2025-12-31", "beds", "17850", "12346", "11000", "13000", "4%", "2034-03"}, strings.Fields(few[1]))
	require.Contains(t, few[2], "数据不足。 / Too few.")
	require.Contains(t, brief, "--wide")
	args := []string{"indicators", "forecast", "elder-beds", "--server", s.URL, "--token", "cl_x"}
	var out string
	out, errs, code = careledger(t, nil, append(args, "--level", "county", "--until", "2022-11", "--wide")...)
	require.Zero(t, code, errs)
	require.Equal(t, "/api/v1/indicators/elder-beds/forecast?level=county&until=2022-11", asked)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3)
	require.Equal(t, []string{
		"elder-beds", "official", "532601", "文山市", "2022-11", "2025-12-31", "beds", "12345.5", "11000", "13000", "17850", "0.042", "54.6", "203.4", "2034-03",
		"211.7", "0.79", "12", "24", "70123",
	}, strings.Fields(lines[1]))
	require.Contains(t, lines[2], "数据不足。 / Too few.")

	out, _, _ = careledger(t, nil, append(args, "-o", "json")...)
	require.JSONEq(t, twoForecasts, out)
	require.True(t, json.Valid([]byte(out)))
	out, _, _ = careledger(t, nil, append(args, "-o", "csv")...)
	require.True(t, strings.HasPrefix(out, "\ufeffcode,"))

	for _, wrong := range [][]string{{"indicators", "forecast"}, {"indicators", "forecast", "a", "b"}, append(args, "-o", "xml")} {
		_, errs, code = careledger(t, nil, append(wrong, "--token", "cl_x")...)
		require.Equal(t, exitUsage, code, wrong)
		oneLine(t, errs, " / ")
	}
}
