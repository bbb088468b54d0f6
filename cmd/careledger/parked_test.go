package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParkedEventsAreListedAndReplayed(t *testing.T) {
	const first = `{"number":"7","type":"FromTheFuture.v9","area":"532601001","occurred":"2022-03","areas":["532601001"],"since":"2022-03","reason":"unknown-type","panic":"","stack":[]}`
	const second = `{"number":"9","type":"HomeVisitLogged.v1","area":"","occurred":"","areas":[],"since":"","reason":"fold-broke","panic":"runtime.boundsError","stack":["projections/facts.fold.elder (fold.go:45)"]}`
	parked, asked, answer := true, "", `{"asked":2,"counted":2,"parked":0,"waiting":0}`
	status := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			b, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			asked = string(b)
			w.WriteHeader(status)
			fmt.Fprint(w, answer)
		case !parked:
			fmt.Fprint(w, `{"items":[],"next":""}`)
		case r.URL.Query().Get("cursor") == "":
			fmt.Fprintf(w, `{"items":[%s],"next":"more"}`, first)
		default:
			require.Equal(t, "more", r.URL.Query().Get("cursor"))
			fmt.Fprintf(w, `{"items":[%s],"next":""}`, second)
		}
	}))
	defer s.Close()
	run := func(words ...string) (string, string, int) {
		return careledger(t, nil, append(words, "--server", s.URL, "--token", "cl_x")...)
	}

	out, errs, code := run("parked")
	require.Equal(t, exitDiffers, code)
	oneLine(t, errs, "2 events are parked")
	require.Regexp(t, `7\s+FromTheFuture.v9\s+532601001\s+2022-03\s+532601001\s+2022-03\s+unknown-type`, out)
	require.Regexp(t, `9\s+HomeVisitLogged.v1\s+-\s+-\s+all 全部\s+-\s+fold-broke runtime.boundsError projections/facts.fold.elder`, out)
	out, _, code = run("parked", "-o", "json")
	require.Equal(t, exitDiffers, code)
	var all struct{ Items []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	require.Len(t, all.Items, 2)
	_, errs, code = run("parked", "-o", "xml")
	require.Equal(t, exitUsage, code)
	oneLine(t, errs, "table or json")

	out, errs, code = run("parked", "replay")
	require.Zero(t, code, errs)
	require.Contains(t, out, "2 asked for, 2 counted now")
	require.JSONEq(t, `{}`, asked)
	answer = `{"asked":1,"counted":0,"parked":1,"waiting":0}`
	_, errs, code = run("parked", "replay", "9")
	require.Equal(t, exitDiffers, code)
	oneLine(t, errs, "1 events are not counted")
	require.JSONEq(t, `{"numbers":["9"]}`, asked)
	_, errs, code = run("parked", "replay", "nine")
	require.Equal(t, exitUsage, code)
	oneLine(t, errs, "write ledger numbers")
	status, answer = http.StatusServiceUnavailable, `{"status":503,"code":"no-projector","detail":"No projector has taken it up","detail_zh":"没有统计进程响应"}`
	_, errs, code = run("parked", "replay")
	require.Equal(t, exitFailed, code)
	oneLine(t, errs, "没有统计进程响应")

	parked = false
	_, errs, code = run("parked")
	require.Zero(t, code, errs)
}
