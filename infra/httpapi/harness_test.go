package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/admission"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/enrolment"
	"github.com/careledger/careledger/domain/plan"
)

// now is when every test takes place.
var now = time.Date(2022, 12, 5, 4, 0, 0, 0, time.UTC)

// What no problem, no log line and no event may ever show.
const (
	secretName    = "张桂芳测试"
	secretPhone   = "13987654321"
	secretAddress = "开化街道测试路99号"
	secretNote    = "血压偏高，情绪低落"
)

var (
	errGone     = errors.New("erased")
	errStranger = errors.New("unknown token")
)

const (
	adminToken      = "token-of-admin"
	caseworkerToken = "token-of-caseworker-of-532601"
	analystToken    = "token-of-analyst"

	supervisorToken       = "token-of-supervisor"
	countySupervisorToken = "token-of-supervisor-of-532601"
	countyAdminToken      = "token-of-admin-of-532601"
	freeCaseworkerToken   = "token-of-caseworker"
)

// door is the real handler before a small ledger in memory.
type door struct {
	t         testing.TB
	handler   http.Handler
	ledger    *memory
	sealer    *drawer
	cells     *cannedCells
	lineage   *cannedLineage
	registers *cannedRegisters
	parked    *cannedParked
	fresh     *cannedFreshness
	press     *press
	hub       *hub
	draining  chan struct{}
	logs      *buffer
	keys      int
	due       uint64
}

func open(t testing.TB, with ...func(*Options)) *door {
	t.Helper()
	areas, err := area.Wenshan()
	require.NoError(t, err)
	p, err := plan.Wenshan()
	require.NoError(t, err)
	d := &door{
		t: t, ledger: newMemory(), sealer: newDrawer(), cells: &cannedCells{}, lineage: &cannedLineage{}, registers: &cannedRegisters{}, parked: &cannedParked{}, fresh: &cannedFreshness{},
		hub: &hub{messages: make(chan LiveMessage, 4)}, draining: make(chan struct{}), logs: &buffer{},
	}
	clock := func() time.Time { return now }
	h := command.NewHandler(d.ledger, uuid.MustParse("aaaaaaaa-0000-4000-8000-000000000001"))
	d.press = &press{handler: h}
	options := Options{
		Publications: d.press, Reports: d.press,
		Handler: h, Admission: admission.New(h, clock), Enrolment: enrolment.New(h, clock), History: d.ledger, Areas: areas, Plan: p,
		Sealer: d.sealer, Erased: errGone, Identity: &doorkeeper{}, Unknown: errStranger, Cells: d.cells, Lineage: d.lineage, Registers: d.registers, Freshness: d.fresh, Parked: d.parked,
		Projection: &drafted{handler: h}, Facts: 3,
		Live: d.hub, Draining: d.draining, Head: func() uint64 { return 70123 }, Due: func() uint64 { return d.due },
		Status: func(context.Context) Status {
			return Status{Ledger: "l", Epoch: 7, Head: 70123, Prefectures: []PrefectureStatus{{
				Code: "5326", Name: "文山", Frontier: 70120, Head: 70123, BehindEvents: 3, LagSeconds: 1.5,
				Projection:    ProjectionStatus{Serving: 1, Building: 2, Projected: 40, Head: 70123},
				LongestSilent: &SilentArea{Area: "532628", Name: "富宁县"},
			}}}
		},
		Ready: func(context.Context) error { return nil },
		Page: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "page "+r.URL.Path)
		}),
		AsyncAPI: []byte(`{"asyncapi":"3.0.0"}`),
		Registry: prometheus.NewRegistry(), Logger: slog.New(slog.NewJSONHandler(d.logs, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: clock,
	}
	for _, change := range with {
		change(&options)
	}
	d.handler, err = New(options)
	require.NoError(t, err)
	t.Cleanup(func() { d.keepsSecrets("the log", d.logs.String()); d.keepsSecrets("an event", d.ledger.text()) })
	return d
}

// keepsSecrets fails where a personal value is shown.
func (d *door) keepsSecrets(where, text string) {
	d.t.Helper()
	for _, secret := range append([]string{secretName, secretPhone, secretAddress, secretNote}, issued()...) {
		if strings.Contains(text, secret) {
			d.t.Errorf("%s shows a personal value: %s", where, text)
		}
	}
}

// answered is a response.
type answered struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

// problem reads the answer as a problem in both languages.
func (a answered) problem() Problem {
	a.t.Helper()
	require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"), a.body)
	var p Problem
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &p), a.body)
	require.Equal(a.t, a.status, p.Status, a.body)
	require.Equal(a.t, problemType+p.Code, p.Type)
	require.NotEmpty(a.t, p.Title)
	require.NotEmpty(a.t, p.Detail)
	require.True(a.t, chinese(p.DetailZh), a.body)
	for _, e := range p.Errors {
		require.NotEmpty(a.t, e.Code, a.body)
		require.True(a.t, chinese(e.DetailZh), a.body)
	}
	return p
}

func (a answered) receipt() Receipt {
	a.t.Helper()
	require.Equal(a.t, http.StatusCreated, a.status, a.body)
	return decoded[Receipt](a)
}

func decoded[T any](a answered) T {
	a.t.Helper()
	var v T
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &v), a.body)
	return v
}

func chinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}

// ask sends a request as the administrator; headers are pairs, and a later one replaces an earlier.
func (d *door) ask(method, path, body string, headers ...string) answered {
	d.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+adminToken)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	a := answered{t: d.t, status: w.Code, header: w.Header(), body: w.Body.String()}
	if a.status >= 400 {
		d.keepsSecrets("a problem", a.body)
	}
	return a
}

// tell sends a command with a key of its own.
func (d *door) tell(path, body string, headers ...string) answered {
	d.t.Helper()
	d.keys++
	return d.ask(http.MethodPost, "/api/v1"+path, body, append([]string{"Idempotency-Key", fmt.Sprintf("key-%d", d.keys)}, headers...)...)
}

// given sends commands that must be accepted, and answers the id that the last one made.
func (d *door) given(pathsAndBodies ...string) uuid.UUID {
	d.t.Helper()
	var id uuid.UUID
	for i := 0; i+1 < len(pathsAndBodies); i += 2 {
		id = d.tell(pathsAndBodies[i], pathsAndBodies[i+1]).receipt().ID
	}
	return id
}

func (d *door) anElder() uuid.UUID {
	d.t.Helper()
	return d.given("/elders", `{"area":"532601001","registered_on":"2022-01-05","sex":"female","born_on":"1948-03-11","name":"`+secretName+`"}`)
}

// aHouse has one bed in operation.
func (d *door) aHouse() uuid.UUID {
	d.t.Helper()
	id := d.given("/institutions", `{"area":"532601001","name":"测试养老院","kind":"apartment","ownership":"public","registered_on":"2020-01-01"}`)
	at := "/institutions/" + id.String()
	d.given(at+"/open-beds", `{"beds":2,"nursing_beds":1,"opened_on":"2020-02-01"}`, at+"/operate-beds", `{"beds":1,"operated_on":"2020-02-01"}`)
	return id
}

// idNumber makes a valid number of a woman born on 1948-03-11; n tells one person from another.
func idNumber(n int) string {
	digits := fmt.Sprintf("53260119480311%03d", n*2)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return digits + string("10X98765432"[sum%11])
}

// issued are the ID numbers that tests use.
func issued() []string {
	all := make([]string, 20)
	for n := range all {
		all[n] = idNumber(n)
	}
	return all
}
