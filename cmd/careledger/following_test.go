package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
)

// counted is a server whose numbers stand at a ledger number of a log with 70 records.
func counted(t *testing.T, frontier int) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"items":[{"code":"residents","area":"532600","period":"2022-11","value":3503000,"unit":"persons",`+
			`"definition":{"version":1,"variant":"official"},"status":"no_target","position":"%d","complete":true}],"frontier":"%d","head":"70"}`, frontier, frontier)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestIndicatorsSayThatTheNumbersAreBehind(t *testing.T) {
	out, errs, code := careledger(t, nil, "indicators", "--server", counted(t, 14).URL, "--token", "cl_x")
	require.Zero(t, code)
	oneLine(t, errs, "counted up to 14 of 70; the numbers follow / 已统计至第 14 条")
	require.Contains(t, out, " 3503000 ", "a large number is written out")
	_, errs, _ = careledger(t, nil, "indicators", "--server", counted(t, 70).URL, "--token", "cl_x")
	require.Empty(t, errs)
	_, errs, code = careledger(t, nil, "indicators", "--period", "2099-Q4", "--server", counted(t, 70).URL, "--token", "cl_x")
	require.Zero(t, code)
	oneLine(t, errs, "2099-Q4 has not begun")
}

func TestTheDemonstrationSaysAtOnceThatNumbersDiffer(t *testing.T) {
	c, err := client.New(counted(t, 70).URL, "cl_x", "")
	require.NoError(t, err)
	var out bytes.Buffer
	started := time.Now()
	err = compare(t.Context(), &out, c)
	require.ErrorContains(t, err, "some numbers differ")
	require.Less(t, time.Since(started), numbersPatience/2, "nothing is to come: the numbers are at the head of the log")
	require.Contains(t, out.String(), "10,324")
}
