package app_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// journey is the main job, whatever the engines: a logged visit moves a county's number.
func journey(t *testing.T, r *running) {
	t.Helper()
	ann, bo := r.elderInNeed("532601001"), r.elderInNeed("532601002000")
	r.visit(ann, "2022-11-03")
	r.becomes(50.0, "monthly-visit-rate", "532601", "2022-11")

	live := r.live()
	before := time.Now()
	visit := r.visit(bo, "2022-11-04")
	require.Contains(t, <-live, "monthly-visit-rate")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	r.becomes(100.0, "monthly-visit-rate", "532601002", "2022-11")
	require.InDelta(t, 50, r.value("monthly-visit-rate", "532601", "2022-11", "&known_at="+before.UTC().Format(time.RFC3339Nano)), 0, "what was known before the visit")

	r.must("/elders/"+bo+"/visits/"+visit+"/correction", map[string]any{"occurred_on": "2022-10-04", "mode": "telephone", "outcome": "seen", "reason": "记错月份"})
	r.becomes(50.0, "monthly-visit-rate", "532601", "2022-11")
	r.becomes(50.0, "monthly-visit-rate", "532601", "2022-10")
	r.must("/elders/"+bo+"/visits/"+visit+"/entered-in-error", map[string]any{"reason": "登错人"})
	r.becomes(nil, "monthly-visit-rate", "532601", "2022-10")
}

// live answers the data of each message that names a cell, as an open page gets them.
func (r *running) live() <-chan string {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+"/api/v1/live", nil)
	require.NoError(r.t, err)
	request.Header.Set("Authorization", "Bearer "+adminToken)
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	r.t.Cleanup(func() { response.Body.Close() })
	lines, data := bufio.NewScanner(response.Body), make(chan string, 100)
	require.True(r.t, lines.Scan())
	go func() {
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok && strings.Contains(text, "slabs") {
				data <- text
			}
		}
	}()
	return data
}

func TestALoggedVisitMovesACountysNumber(t *testing.T) {
	t.Run("with every engine embedded", func(t *testing.T) {
		r := start(t, options(t, t.TempDir()))
		defer r.stop()
		journey(t, r)
	})
	t.Run("with all three engines outside", func(t *testing.T) {
		o := options(t, t.TempDir())
		o.EventStore, o.NATS, o.ClickHouse = outside(t, "eventstore"), outside(t, "nats"), outside(t, "warehouse")
		r := start(t, o)
		defer r.stop()
		journey(t, r)
		for _, part := range []string{"events", "bus", "warehouse"} {
			require.NoDirExists(t, o.Dir+"/"+part, "nothing embedded was opened")
		}
	})
}

func TestWhatCanBeThrownAwayComesBack(t *testing.T) {
	dir := t.TempDir()
	r := start(t, options(t, dir))
	ann := r.elderInNeed("532601001")
	r.visit(ann, "2022-11-03")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	r.stop()

	remove(t, dir, "bus")
	remove(t, dir, "warehouse")
	r = start(t, options(t, dir))
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")

	remove(t, dir, "bus") // and while running
	remove(t, dir, "warehouse")
	bo := r.elderInNeed("532601001")
	r.becomes(50.0, "monthly-visit-rate", "532601", "2022-11")
	r.visit(bo, "2022-11-05")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")

	remove(t, dir, "warehouse") // and while nothing happens
	require.Eventually(t, func() bool {
		entries, err := os.ReadDir(filepath.Join(dir, "warehouse"))
		return err == nil && len(entries) > 0
	}, 30*time.Second, 20*time.Millisecond, "the engine is there again")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	r.stop()
}

// wrong reports whether a number is shown as complete and is not what it should be.
func (r *running) wrong(code, area, period string, should float64) bool {
	r.t.Helper()
	status, v := r.send(http.MethodGet, "/api/v1/indicators?area="+area+"&period="+period+"&code="+code, "", nil)
	if status != http.StatusOK {
		return false
	}
	for _, item := range v["items"].([]any) {
		c := item.(map[string]any)
		if c["definition"].(map[string]any)["variant"] == "official" && c["complete"] == true && c["value"] != should {
			return true
		}
	}
	return false
}

// A power cut takes rows that the warehouse had acknowledged, as it may where a disk does not keep its word.
func TestRowsThatAPowerCutTookComeBack(t *testing.T) {
	dir := t.TempDir()
	r := start(t, options(t, dir))
	ann, bo := r.elderInNeed("532601001"), r.elderInNeed("532601001")
	r.visit(ann, "2022-11-03")
	r.becomes(50.0, "monthly-visit-rate", "532601", "2022-11")
	r.visit(bo, "2022-11-04")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	r.stop()

	parts, err := filepath.Glob(filepath.Join(dir, "warehouse", "store", "*", "*", "all_*"))
	require.NoError(t, err)
	lost := 0
	for _, part := range parts {
		columns, err := os.ReadFile(filepath.Join(part, "columns.txt"))
		if err == nil && strings.Contains(string(columns), "`visit` UUID") { // a part that was merged has none
			require.NoError(t, os.RemoveAll(part))
			lost++
		}
	}
	require.NotZero(t, lost)
	r = start(t, options(t, dir))
	defer r.stop()
	r.visit(ann, "2022-10-05")
	require.Never(t, func() bool { return r.wrong("monthly-visit-rate", "532601", "2022-11", 100.0) }, 4*time.Second, 20*time.Millisecond,
		"no number is shown as complete that leaves out what was lost")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	r.becomes(50.0, "monthly-visit-rate", "532601", "2022-10")
}

func TestTheWarehouseIsKilledUnderLoad(t *testing.T) {
	r := start(t, options(t, t.TempDir()))
	defer r.stop()
	ann := r.elderInNeed("532601001")
	r.visit(ann, "2022-10-03")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-10")

	require.NoError(t, killChild(), "kill the warehouse child")
	killed := time.Now()
	for i := range 30 { // commands go on being accepted
		r.visit(ann, fmt.Sprintf("2022-11-%02d", i+1))
	}
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-11")
	require.Less(t, time.Since(killed), 25*time.Second)
}

// killChild kills, with -9, the engine processes that this test process has started.
func killChild() error {
	return exec.Command("pkill", "-9", "-P", fmt.Sprint(os.Getpid()), "-f", "[-]-data").Run()
}

func TestOneOfFiftyGetsTheLastBed(t *testing.T) {
	r := start(t, options(t, t.TempDir()))
	defer r.stop()
	house := r.must("/institutions", map[string]any{"area": "532601001", "name": "示例敬老院", "kind": "rural_home", "ownership": "public", "registered_on": "2020-01-01"})
	r.must("/institutions/"+house+"/open-beds", map[string]any{"beds": 3, "nursing_beds": 0, "opened_on": "2020-02-01"})
	r.must("/institutions/"+house+"/operate-beds", map[string]any{"beds": 1, "operated_on": "2020-02-01"})
	elders := make([]string, 50)
	for i := range elders {
		elders[i] = r.must("/elders", map[string]any{"area": "532601001", "registered_on": "2021-01-05", "sex": "male", "born_on": "1940-03-01"})
	}
	var wait sync.WaitGroup
	statuses := make([]int, len(elders))
	codes := make([]any, len(elders))
	for i, id := range elders {
		wait.Go(func() {
			var v map[string]any
			statuses[i], v = r.send(http.MethodPost, "/api/v1/elders/"+id+"/stays", uuid.NewString(), map[string]any{"institution": house, "admitted_on": "2022-03-01"})
			codes[i] = v["code"]
		})
	}
	wait.Wait()
	won := 0
	for i, s := range statuses {
		if s == http.StatusCreated {
			won++
			continue
		}
		require.Equal(t, http.StatusConflict, s)
		require.Equal(t, "no-vacant-bed", codes[i])
	}
	require.Equal(t, 1, won)
	r.becomes(100.0, "bed-occupancy", "532601", "2022-03")

	status, v := r.send(http.MethodPost, "/api/v1/elders/"+elders[0]+"/stays", uuid.NewString(), map[string]any{"institution": house, "admitted_on": "2022-03-01", "report": true})
	if status == http.StatusCreated { // unless the first of the fifty is the one who got it
		require.Contains(t, v["doubts"], "no-vacant-bed", "a report is recorded with a doubt")
	}
}

func TestTheSameCommandIsTakenOnce(t *testing.T) {
	dir := t.TempDir()
	r := start(t, options(t, dir))
	ann := r.elderInNeed("532601001")
	body := map[string]any{"occurred_on": "2022-11-03", "mode": "home", "outcome": "seen"}
	status, first := r.send(http.MethodPost, "/api/v1/elders/"+ann+"/visits", "key-1", body)
	require.Equal(t, http.StatusCreated, status)
	r.stop()
	r = start(t, options(t, dir))
	defer r.stop()
	status, again := r.send(http.MethodPost, "/api/v1/elders/"+ann+"/visits", "key-1", body)
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, "duplicate", again["status"])
	require.Equal(t, []any{first["id"], first["revision"]}, []any{again["id"], again["revision"]})
	body["outcome"] = "absent"
	status, other := r.send(http.MethodPost, "/api/v1/elders/"+ann+"/visits", "key-1", body)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Equal(t, "idempotency-key-reused", other["code"])
	status, missing := r.send(http.MethodPost, "/api/v1/elders/"+ann+"/visits", "", body)
	require.Equal(t, http.StatusBadRequest, status)
	require.Equal(t, "idempotency-key-missing", missing["code"])
}

func TestACountyBehindItsLineIsTold(t *testing.T) {
	told := make(chan string, 10)
	refusals := 1
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		lines := bufio.NewScanner(request.Body)
		lines.Scan()
		if refusals > 0 { // the first try fails: it is told again
			refusals--
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		told <- lines.Text()
	}))
	defer hook.Close()
	o := options(t, t.TempDir())
	o.Webhook = hook.URL
	r := start(t, o)
	defer r.stop()
	ann, bo := r.elderInNeed("532601001"), r.elderInNeed("532601001")
	r.visit(ann, "2022-11-03")
	open := func() []any {
		_, v := r.send(http.MethodGet, "/api/v1/alerts?area=532601", "", nil)
		items, _ := v["items"].([]any) // none while the warehouse is being made
		return items
	}
	require.Eventually(t, func() bool { return len(open()) == 1 }, 30*time.Second, 50*time.Millisecond, "50 % stands below the line of 62 %")
	require.Contains(t, <-told, `"state":"open"`)
	r.visit(bo, "2022-11-04")
	require.Eventually(t, func() bool { return len(open()) == 0 }, 30*time.Second, 50*time.Millisecond, "it recovers")
	message := <-told
	require.Contains(t, message, `"state":"resolved"`)
	require.Contains(t, message, `"reason":"recovered"`)
}

func TestNothingAnswersWithoutATokenButHealth(t *testing.T) {
	r := start(t, options(t, t.TempDir()))
	defer r.stop()
	for path, want := range map[string]int{
		"/livez": 200, "/readyz": 200, "/metrics": 401, "/openapi.json": 401, "/asyncapi.json": 401, "/docs": 200, "/api/v1/indicators": 401, "/api/v1/elders": 401,
		"/api/v1/live": 401, "/api/v1/nothing": 401, "/sign-in?code=wrong": 401,
	} {
		response, err := http.Get(r.url + path)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, want, response.StatusCode, path)
	}
	status, described := r.send("GET", "/asyncapi.json", "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "3.0.0", described["asyncapi"])
	jar := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := jar.Get(r.app.SignInLink())
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.Len(t, response.Cookies(), 1)
	require.True(t, response.Cookies()[0].HttpOnly)
	response, err = jar.Get(r.app.SignInLink())
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusUnauthorized, response.StatusCode, "the link works once")
}
