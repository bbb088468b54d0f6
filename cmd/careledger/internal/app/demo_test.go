package app_test

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/domain/area"
)

// demonstrate sends the demonstration and answers how many of its commands were new.
func (r *running) demonstrate(dir string) int {
	r.t.Helper()
	areas, err := area.Wenshan()
	require.NoError(r.t, err)
	phases, err := demo.Phases(areas)
	require.NoError(r.t, err)
	c, err := client.New(r.url, "", dir)
	require.NoError(r.t, err)
	accepted := 0
	for _, p := range phases {
		var batches [][]demo.Command
		for _, g := range p {
			if n := len(batches); n == 0 || len(batches[n-1])+len(g) > 2000 {
				batches = append(batches, nil)
			}
			last := len(batches) - 1
			batches[last] = append(batches[last], g...)
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		places := make(chan struct{}, 3)
		for _, b := range batches {
			wait.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				var answer struct {
					Results []struct {
						Key, Status string
						Problem     *client.Problem
					}
				}
				err := c.Post(r.t.Context(), "/api/v1/commands", map[string]any{"commands": b}, &answer)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					r.t.Errorf("a batch failed: %v", err)
					return
				}
				for _, result := range answer.Results {
					switch result.Status {
					case "accepted":
						accepted++
					case "duplicate":
					default:
						r.t.Errorf("%s was %s: %v", result.Key, result.Status, result.Problem)
					}
				}
			})
		}
		wait.Wait()
	}
	return accepted
}

// state2022 is the plan's text on the state of 2022, as it is rounded there.
var state2022 = []struct {
	code, variant string
	value         float64
	decimals      int
}{
	{"elder-beds", "official", 10324, 0}, {"elder-beds-per-1000", "official", 21.2, 1}, {"nursing-bed-share", "official", 32.9, 1},
	{"nursing-bed-share", "operating", 65.3, 1}, {"bed-occupancy", "official", 26.4, 1}, {"bed-occupancy-all", "official", 13.3, 1},
	{"vacant-beds", "official", 3829, 0}, {"vacant-beds", "all", 8948, 0}, {"monthly-visit-rate", "official", 52, 1},
	{"overdue-visits", "official", 4800, 0}, {"childcare-places", "official", 3473, 0}, {"places-per-1000", "official", 0.99, 2},
	{"childcare-enrolled", "official", 2056, 0}, {"vacant-places", "official", 1417, 0}, {"under3-enrolment-rate", "official", 0.96, 2},
	{"filed-childcare-institutions", "official", 68, 0}, {"institution-coverage", "official", 78, 0},
	// what the text does not say, invented near the table's numbers of 2020
	{"disabled-poor-collective-support", "official", 33.3, 1}, {"willing-poor-collective-support", "official", 100, 0},
	{"home-community-service-coverage", "official", 64, 1}, {"township-elder-schools", "official", 44.2, 1}, {"integrated-care-units", "official", 3, 0},
	{"respect-month-coverage", "official", 100, 0}, {"newborn-visit-rate", "official", 95, 1}, {"childcare-fire-safety", "official", 41.2, 1},
	{"certified-staff-share", "official", 100, 0}, {"demonstration-childcare", "official", 2, 0}, {"life-expectancy", "official", 74.9, 1},
}

// differing lists what is not yet as the plan says.
func (r *running) differing() []string {
	status, v := r.send(http.MethodGet, "/api/v1/indicators?area=532600&period=2022-11", "", nil)
	if status != http.StatusOK {
		return []string{"unavailable"}
	}
	got := map[string]float64{}
	for _, item := range v["items"].([]any) {
		c := item.(map[string]any)
		if value, ok := c["value"].(float64); ok {
			got[c["code"].(string)+"/"+c["definition"].(map[string]any)["variant"].(string)] = value
		}
	}
	var wrong []string
	for _, e := range state2022 {
		scale := math.Pow10(e.decimals)
		if value, ok := got[e.code+"/"+e.variant]; !ok || math.Round(value*scale)/scale != e.value {
			wrong = append(wrong, fmt.Sprintf("%s (%s) is %v, not %v", e.code, e.variant, value, e.value))
		}
	}
	return wrong
}

func TestTheDemonstrationIsTheStateOf2022(t *testing.T) {
	dir := t.TempDir()
	r := start(t, options(t, dir))
	defer r.stop()
	browser := openBrowser(t, r.app.SignInLink())
	require.Equal(t, 84_634, r.demonstrate(dir))
	require.Eventually(t, func() bool { return len(r.differing()) == 0 }, 90*time.Second, 200*time.Millisecond, "%v", r.differing())
	require.Zero(t, r.demonstrate(dir), "twice changes nothing")
	require.Empty(t, r.differing())

	_, v := r.send(http.MethodGet, "/api/v1/indicators?area=532600&period=2022-11&level=county&code=monthly-visit-rate", "", nil)
	rates, below := map[any]bool{}, 0
	for _, item := range v["items"].([]any) {
		c := item.(map[string]any)
		rates[c["value"]] = true
		if c["status"] == "behind" {
			below++
		}
	}
	require.Len(t, rates, 8, "no two counties are alike")
	require.Equal(t, 5, below)
	require.Eventually(t, func() bool {
		_, v := r.send(http.MethodGet, "/api/v1/alerts", "", nil)
		n := 0
		items, _ := v["items"].([]any)
		for _, item := range items {
			if a := item.(map[string]any); a["code"] == "monthly-visit-rate" && a["period"] == "2022-11" {
				n++
			}
		}
		return n == below
	}, 60*time.Second, 500*time.Millisecond, "the counties below the line are listed")
	_, periods := r.send(http.MethodGet, "/api/v1/periods", "", nil)
	require.Equal(t, "2022-11", periods["newest_with_records"])

	t.Run("in a browser open since the ledger was empty a logged visit moves the county's number", func(t *testing.T) { browser.goOn(t) })
}

// browser is Chromium on the page's journey. Nil: there is none here.
type browser struct {
	cmd     *exec.Cmd
	goAhead io.WriteCloser
	out     *bufio.Reader
}

// openBrowser opens the page on the empty ledger. Where there is no Chromium the journey is left out, unless
// CAREL_REQUIRE_BROWSER is set.
func openBrowser(t *testing.T, link string) *browser {
	t.Helper()
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		chromium = "/usr/bin/chromium"
	}
	web := filepath.Join("..", "..", "..", "..", "infra", "web")
	_, noBrowser := os.Stat(chromium)
	_, notBuilt := os.Stat(filepath.Join(web, "dist", "index.html"))
	if (noBrowser != nil || notBuilt != nil) && os.Getenv("CAREL_REQUIRE_BROWSER") == "" {
		return nil
	}
	cmd := exec.CommandContext(t.Context(), "node", "e2e/journey.mjs")
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "SIGN_IN_URL="+link, "CHROMIUM="+chromium, "FROM_EMPTY=1")
	goAhead, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Start())
	b := &browser{cmd, goAhead, bufio.NewReader(out)}
	line, err := b.out.ReadString('\n')
	require.NoError(t, err, "%s", line)
	require.Equal(t, "open\n", line)
	return b
}

// goOn lets the journey go on and waits for its end.
func (b *browser) goOn(t *testing.T) {
	t.Helper()
	if b == nil {
		t.Skip("no Chromium here, or the page is not built: install Debian's chromium, or set CHROMIUM; run make build")
	}
	_, err := b.goAhead.Write([]byte("the demonstration has been sent\n"))
	require.NoError(t, err)
	out, err := io.ReadAll(b.out)
	require.NoError(t, err)
	require.NoError(t, b.cmd.Wait(), "%s", out)
	t.Logf("%s", out)
}
