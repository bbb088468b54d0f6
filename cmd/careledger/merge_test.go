package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRegistrationsAreMergedOnlyWhenThatIsMeant(t *testing.T) {
	const double, stays = "2f988785-8e6c-51e9-8005-0d3793c240de", "4e01e55a-dc5d-579c-8001-3fcc84e9120c"
	told := []string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.NotEmpty(t, r.Header.Get("Idempotency-Key"))
		told = append(told, r.URL.Path+" "+string(b))
		if len(told) > 2 {
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, `{"status":409,"code":"registration-merged","detail":"It was merged","detail_zh":"已合并过"}`)
			return
		}
		fmt.Fprint(w, `{}`)
	}))
	defer s.Close()
	run := func(words ...string) (string, string, int) {
		return careledger(t, nil, append([]string{"merge", "--server", s.URL, "--token", "cl_x"}, words...)...)
	}
	for advice, words := range map[string][]string{
		"add --yes": {"--elder", double, "--into", stays}, "name both": {"--elder", double, "--yes"}, "--into ID": {"--into", stays, "--yes"},
		"or --child ID": {"--elder", double, "--child", double, "--into", stays, "--yes"},
	} {
		_, errs, code := run(words...)
		require.Equal(t, exitUsage, code, errs)
		oneLine(t, errs, advice)
	}
	require.Empty(t, told)
	out, errs, code := run("--elder", double, "--into", stays, "--yes")
	require.Zero(t, code, errs)
	require.Equal(t, double+": merged into "+stays+" / 已并入\n", out)
	_, errs, code = run("--child", double, "--into", stays, "--yes")
	require.Zero(t, code, errs)
	const body = `{"survivor":"` + stays + `"}`
	require.Equal(t, []string{"/api/v1/elders/" + double + "/merge " + body, "/api/v1/children/" + double + "/merge " + body}, told)
	_, errs, code = run("--elder", double, "--into", stays, "--yes")
	require.Equal(t, exitFailed, code)
	oneLine(t, errs, "已合并过")
}
