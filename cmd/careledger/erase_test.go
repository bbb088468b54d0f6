package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPersonIsErasedOnlyWhenThatIsMeant(t *testing.T) {
	const id = "2f988785-8e6c-51e9-8005-0d3793c240de"
	told := []string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.NotEmpty(t, r.Header.Get("Idempotency-Key"))
		told = append(told, r.URL.Path+" "+string(b))
		if len(told) > 2 {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"status":403,"code":"not-allowed","detail":"Your role does not allow this","detail_zh":"您的角色不允许"}`)
			return
		}
		fmt.Fprint(w, `{}`)
	}))
	defer s.Close()
	run := func(words ...string) (string, string, int) {
		return careledger(t, nil, append([]string{"erase", "--server", s.URL, "--token", "cl_x", "--reason", "unlawful", "--basis", "court_order"}, words...)...)
	}
	for advice, words := range map[string][]string{
		"add --yes": {"--elder", id}, "name one person": {"--yes"}, "or --child ID": {"--elder", id, "--child", id, "--yes"}, "--elder ID": {"--elder", "张桂芳", "--yes"},
	} {
		_, errs, code := run(words...)
		require.Equal(t, exitUsage, code, errs)
		oneLine(t, errs, advice)
	}
	require.Empty(t, told)
	out, errs, code := run("--elder", id, "--yes")
	require.Zero(t, code, errs)
	require.Contains(t, out, "个人信息已删除")
	_, errs, code = run("--child", id, "--yes")
	require.Zero(t, code, errs)
	const words = `{"basis":"court_order","reason":"unlawful"}`
	require.Equal(t, []string{"/api/v1/elders/" + id + "/erasure " + words, "/api/v1/children/" + id + "/erasure " + words}, told)
	_, errs, code = run("--elder", id, "--yes")
	require.Equal(t, exitFailed, code)
	oneLine(t, errs, "您的角色不允许")
}
