package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/admission"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/enrolment"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/personal"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
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
)

// door is the real handler before a small ledger in memory.
type door struct {
	t         testing.TB
	handler   http.Handler
	ledger    *memory
	sealer    *drawer
	cells     *cannedCells
	registers *cannedRegisters
	hub       *hub
	draining  chan struct{}
	logs      *buffer
	keys      int
}

func open(t testing.TB) *door {
	t.Helper()
	areas, err := area.Wenshan()
	require.NoError(t, err)
	p, err := plan.Wenshan()
	require.NoError(t, err)
	d := &door{
		t: t, ledger: newMemory(), sealer: newDrawer(), cells: &cannedCells{}, registers: &cannedRegisters{},
		hub: &hub{messages: make(chan LiveMessage, 4)}, draining: make(chan struct{}), logs: &buffer{},
	}
	clock := func() time.Time { return now }
	h := command.NewHandler(d.ledger, uuid.MustParse("aaaaaaaa-0000-4000-8000-000000000001"))
	d.handler, err = New(Options{
		Handler: h, Admission: admission.New(h, clock), Enrolment: enrolment.New(h, clock), History: d.ledger, Areas: areas, Plan: p,
		Sealer: d.sealer, Erased: errGone, Identity: &doorkeeper{}, Unknown: errStranger, Cells: d.cells, Registers: d.registers,
		Live: d.hub, Draining: d.draining, Head: func() uint64 { return 70123 },
		Status: func(context.Context) Status {
			return Status{Ledger: "l", Head: 70123, Prefectures: []PrefectureStatus{{Code: "5326", Frontier: 70120, Head: 70123}}}
		},
		Ready: func(context.Context) error { return nil },
		Page: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "page "+r.URL.Path)
		}),
		Registry: prometheus.NewRegistry(), Logger: slog.New(slog.NewJSONHandler(d.logs, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: clock,
	})
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

// memory is a ledger for tests of the door; the journey through the real log is tested elsewhere.
type memory struct {
	mu      sync.Mutex
	streams map[string][]event.Recorded
	order   []event.Recorded
	broken  error
}

func newMemory() *memory { return &memory{streams: map[string][]event.Recorded{}} }

func (m *memory) Load(_ context.Context, stream string, from uint64) ([]event.Recorded, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.streams[stream]
	return slices.Clone(all[min(int(from), len(all)):]), m.broken
}

func (m *memory) Append(_ context.Context, stream string, expected int64, events []event.Pending) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	if int64(len(m.streams[stream]))-1 != expected {
		return command.ErrWrongRevision
	}
	for _, p := range events {
		data, err := json.Marshal(p.Event)
		if err != nil {
			return err
		}
		p.Metadata.RecordedAt = now
		r := event.Recorded{
			ID: p.ID, Stream: stream, Revision: uint64(len(m.streams[stream])), Number: uint64(len(m.order) + 1), Type: p.Event.EventType(),
			Data: data, Metadata: p.Metadata, Event: p.Event,
		}
		m.streams[stream] = append(m.streams[stream], r)
		m.order = append(m.order, r)
	}
	return nil
}

func (m *memory) breakWith(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

// since answers the types of events from the n-th on.
func (m *memory) since(n int) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	types := []string{}
	for _, r := range m.order[n:] {
		types = append(types, r.Type)
	}
	return types
}

func (m *memory) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.order)
}

func (m *memory) last() event.Recorded {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.order[len(m.order)-1]
}

func (m *memory) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b bytes.Buffer
	for _, r := range m.order {
		b.Write(r.Data)
		fmt.Fprintf(&b, "%+v\n", r.Metadata)
	}
	return b.String()
}

// drawer keeps values under random ciphertexts.
type drawer struct {
	mu     sync.Mutex
	values map[string]personal.Plain
	claims map[string]string
	names  map[string][]string
	erased map[uuid.UUID]bool
	seals  int
	broken error
}

func newDrawer() *drawer {
	return &drawer{values: map[string]personal.Plain{}, claims: map[string]string{}, names: map[string][]string{}, erased: map[uuid.UUID]bool{}}
}

func (d *drawer) Seal(_ context.Context, plain []personal.Plain) ([]event.Sealed, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seals++
	if d.broken != nil {
		return nil, d.broken
	}
	sealed := make([]event.Sealed, len(plain))
	for i, p := range plain {
		if d.erased[p.Subject] {
			return nil, errGone
		}
		id := uuid.New()
		d.values[string(id[:])] = p
		sealed[i] = event.Sealed{Subject: p.Subject, Ciphertext: id[:]}
	}
	return sealed, nil
}

func (d *drawer) Unseal(_ context.Context, s event.Sealed, associated []byte) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.values[string(s.Ciphertext)]
	switch {
	case d.erased[s.Subject]:
		return nil, errGone
	case !ok || p.Subject != s.Subject || !bytes.Equal(p.Associated, associated):
		return nil, errors.New("does not authenticate")
	}
	return p.Value, nil
}

func (d *drawer) Claim(_ context.Context, entries []personal.Entry) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	holders := make([]string, len(entries))
	for i, e := range entries {
		key := e.Kind + "/" + e.Value
		if _, held := d.claims[key]; !held {
			d.claims[key] = e.Holder
		}
		holders[i] = d.claims[key]
	}
	return holders, nil
}

func (d *drawer) Reassign(_ context.Context, e personal.Entry, from string) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := e.Kind + "/" + e.Value
	if d.claims[key] != from {
		return false, nil
	}
	d.claims[key] = e.Holder
	return true, nil
}

func (d *drawer) Holder(_ context.Context, kind, value string) (string, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	holder, ok := d.claims[kind+"/"+value]
	return holder, ok, nil
}

func (d *drawer) Index(_ context.Context, entries []personal.Entry) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range entries {
		if key := e.Kind + "/" + e.Value; !slices.Contains(d.names[key], e.Holder) {
			d.names[key] = append(d.names[key], e.Holder)
		}
	}
	return nil
}

func (d *drawer) Find(_ context.Context, kind, value string, limit int) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.names[kind+"/"+value]
	return slices.Clone(all[:min(limit, len(all))]), nil
}

func (d *drawer) Hash(body []byte) string { return uuid.NewSHA1(uuid.NameSpaceOID, body).String() }

// doorkeeper knows three tokens and one sign-in code.
type doorkeeper struct {
	mu      sync.Mutex
	used    bool
	revoked map[string]bool
}

func (k *doorkeeper) Authenticate(token string) (access.Principal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := map[string]access.Principal{
		adminToken:      {ID: uuid.MustParse("11111111-0000-4000-8000-000000000001"), Role: access.Administrator},
		caseworkerToken: {ID: uuid.MustParse("11111111-0000-4000-8000-000000000002"), Role: access.Caseworker, Areas: []string{"532601"}},
		analystToken:    {ID: uuid.MustParse("11111111-0000-4000-8000-000000000003"), Role: access.Analyst},
		"the-session":   {ID: uuid.MustParse("11111111-0000-4000-8000-000000000001"), Role: access.Administrator},
	}
	who, known := p[token]
	switch {
	case token == "token-while-the-store-is-broken":
		return access.Principal{}, errors.New("disk on fire")
	case !known || k.revoked[token]:
		return access.Principal{}, errStranger
	}
	return who, nil
}

func (k *doorkeeper) Redeem(code string) (string, access.Principal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if code != "the-code" || k.used {
		return "", access.Principal{}, errStranger
	}
	k.used = true
	return "the-session", access.Principal{}, nil
}

func (k *doorkeeper) Revoke(token string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.revoked = map[string]bool{token: true}
	return nil
}

type cannedCells struct {
	asked  indicators.Query
	trend  indicators.TrendQuery
	answer indicators.Answer
	err    error
}

func (c *cannedCells) Cells(_ context.Context, q indicators.Query) (indicators.Answer, error) {
	c.asked = q
	return c.answer, c.err
}

func (c *cannedCells) Trend(_ context.Context, q indicators.TrendQuery) (indicators.Answer, error) {
	c.trend = q
	return c.answer, c.err
}

func (c *cannedCells) Periods(context.Context, string) (indicators.Periods, error) {
	return indicators.Periods{First: 2020*12 + 11, Newest: 2022*12 + 10, Current: 2022*12 + 11}, c.err
}

// cannedRegisters pages through ids in order.
type cannedRegisters struct {
	ids    []uuid.UUID
	areas  []string
	state  string
	alerts []registers.Alert
}

func (c *cannedRegisters) Elders(_ context.Context, _ string, areas []string, after uuid.UUID, limit int) (registers.Elders, error) {
	c.areas = areas
	page := registers.Elders{Total: uint64(len(c.ids))}
	for _, id := range c.ids {
		if bytes.Compare(id[:], after[:]) > 0 && len(page.Items) < limit {
			page.Items = append(page.Items, registers.Elder{ID: id})
		}
	}
	return page, nil
}

func (c *cannedRegisters) Alerts(_ context.Context, _ string, areas []string, state string) ([]registers.Alert, error) {
	c.areas, c.state = areas, state
	return c.alerts, nil
}

type hub struct {
	messages chan LiveMessage
	mu       sync.Mutex
	left     int
}

func (h *hub) Subscribe() (<-chan LiveMessage, func()) {
	return h.messages, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.left++
	}
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
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
