package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStatusSaysHowAServerStands(t *testing.T) {
	bus, parked := "ok", 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"ledger":"l","head":"70","log":"ok","bus":%q,"warehouse":"ok","prefectures":[{"code":"5326","frontier":"60","head":"70","behind_events":10,"lag_seconds":1.5,"parked":%d}]}`, bus, parked)
	}))
	defer s.Close()
	ask := func(more ...string) (string, string, int) {
		return careledger(t, nil, append([]string{"status", "--server", s.URL, "--token", "cl_x"}, more...)...)
	}
	out, errs, code := ask()
	require.Zero(t, code, errs)
	require.Contains(t, out, "counted up to 已统计至 60")
	require.Contains(t, out, "behind 落后 10 events 条, 1.5 s")
	out, _, code = ask("-o", "json")
	require.Zero(t, code)
	require.Contains(t, out, `"frontier":"60"`)
	_, errs, code = ask("-o", "xml")
	require.Equal(t, exitUsage, code)
	oneLine(t, errs, "table or json")
	parked = 2
	out, errs, code = ask()
	require.Equal(t, exitDiffers, code)
	require.Contains(t, out, "parked 搁置 2")
	oneLine(t, errs, "2 events of 5326 could not be counted")
	bus = "unavailable"
	_, errs, code = ask()
	require.Equal(t, exitDiffers, code)
	oneLine(t, errs, "the bus cannot be reached")
}
