package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStatusSaysHowAServerStands(t *testing.T) {
	log, bus, parked := "ok", "ok", 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"ledger":"l","head":"70","log":%q,"bus":%q,"warehouse":"ok","prefectures":[{"code":"5326","frontier":"60","head":"70","behind_events":10,"lag_seconds":1.5,"parked":%d,
			"name":"文山州","projection":{"serving":2,"previous":1,"building":3,"paused":false,"projected":"35","head":"70","estimated_seconds":12},
			"longest_silent":{"area":"532628","name":"富宁县","recorded_at":"2022-12-01T00:00:00Z","silent_seconds":345600}}]}`, log, bus, parked)
	}))
	defer s.Close()
	ask := func(more ...string) (string, string, int) {
		return careledger(t, nil, append([]string{"status", "--server", s.URL, "--token", "cl_x"}, more...)...)
	}
	out, errs, code := ask()
	require.Zero(t, code, errs)
	require.Contains(t, out, "5326 文山州\n")
	require.Regexp(t, `counted up to 已统计至 +60 of 70 events 条, behind 落后 10 events 条, 1.5 s\n`, out)
	require.Regexp(t, `serving 使用中 +set 第 2 套\n`, out)
	require.Regexp(t, `building 重建中 +set 第 3 套, 35 of 70 events 条 \(50%\), about 约 12 s left 剩余\n`, out)
	require.Regexp(t, `longest silent 最久无记录 +532628 富宁县, 4 days 天\n`, out)
	out, _, code = ask("-o", "json")
	require.Zero(t, code)
	require.Contains(t, out, `"frontier":"60"`)
	require.Contains(t, out, `"silent_seconds":345600`)
	_, errs, code = ask("-o", "xml")
	require.Equal(t, exitUsage, code)
	oneLine(t, errs, "table or json")
	parked = 2
	out, errs, code = ask()
	require.Equal(t, exitDiffers, code)
	require.Regexp(t, `parked 搁置 +2\n`, out)
	oneLine(t, errs, "2 events of 5326 could not be counted")
	bus = "unavailable"
	_, errs, code = ask()
	require.Equal(t, exitDiffers, code)
	oneLine(t, errs, "the bus cannot be reached")
	log = "damaged"
	out, errs, code = ask()
	require.Equal(t, exitDiffers, code)
	require.Regexp(t, `log 日志 +damaged +70 events 条\n`, out)
	oneLine(t, errs, "careledger verify")

	out, _, code = careledger(t, nil, "doctor", "--data", t.TempDir(), "--listen", strings.TrimPrefix(s.URL, "http://"))
	require.Equal(t, exitSetup, code)
	require.Regexp(t, `MEND  log +damaged\n +-> .*restore a backup`, out)
}

func TestSilenceIsSaidInAUnitThatSaysEnough(t *testing.T) {
	for _, c := range []struct {
		seconds float64
		want    string
	}{{5, "5 s 秒"}, {600, "10 min 分钟"}, {7300, "2 h 小时"}, {345600, "4 days 天"}} {
		require.Equal(t, c.want, silence(&c.seconds))
	}
	require.Equal(t, "nothing recorded yet 从无记录", silence(nil))
}
