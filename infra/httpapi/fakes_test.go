package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/personal"
	"github.com/careledger/careledger/domain/projection"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/projector"
	"github.com/careledger/careledger/projections/registers"
)

// memory is a ledger for tests of the door; the journey through the real log is tested elsewhere.
type memory struct {
	mu      sync.Mutex
	streams map[string][]event.Recorded
	order   []event.Recorded
	broken  error
	gate    chan chan struct{} // where set, an append hands over a channel and waits until it is closed
}

func newMemory() *memory { return &memory{streams: map[string][]event.Recorded{}} }

func (m *memory) Load(_ context.Context, stream string, from uint64) ([]event.Recorded, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.streams[stream]
	return slices.Clone(all[min(int(from), len(all)):]), m.broken
}

func (m *memory) Append(_ context.Context, stream string, expected int64, events []event.Pending) error {
	if m.gate != nil {
		wait := make(chan struct{})
		m.gate <- wait
		<-wait
	}
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

func (d *drawer) Erase(_ context.Context, subject uuid.UUID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken == nil {
		d.erased[subject] = true
	}
	return d.broken
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
		adminToken:            {ID: uuid.MustParse("11111111-0000-4000-8000-000000000001"), Role: access.Administrator},
		caseworkerToken:       {ID: uuid.MustParse("11111111-0000-4000-8000-000000000002"), Role: access.Caseworker, Areas: []string{"532601"}},
		analystToken:          {ID: uuid.MustParse("11111111-0000-4000-8000-000000000003"), Role: access.Analyst},
		supervisorToken:       {ID: uuid.MustParse("11111111-0000-4000-8000-000000000004"), Role: access.Supervisor},
		countySupervisorToken: {ID: uuid.MustParse("11111111-0000-4000-8000-000000000005"), Role: access.Supervisor, Areas: []string{"532601"}},
		countyAdminToken:      {ID: uuid.MustParse("11111111-0000-4000-8000-000000000006"), Role: access.Administrator, Areas: []string{"532601"}},
		freeCaseworkerToken:   {ID: uuid.MustParse("11111111-0000-4000-8000-000000000007"), Role: access.Caseworker},
		"the-session":         {ID: uuid.MustParse("11111111-0000-4000-8000-000000000001"), Role: access.Administrator},
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

func (c *cannedCells) Allotted(_ context.Context, code string, factors map[string]float64) (indicators.Allotted, error) {
	a := indicators.Allotted{Code: code, Whole: 3, Parts: []indicators.AllottedPart{}}
	for _, area := range slices.Sorted(maps.Keys(factors)) {
		a.Parts = append(a.Parts, indicators.AllottedPart{Area: area, Value: factors[area]})
	}
	return a, nil
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

// cannedParked pages through rows in order.
type cannedParked struct {
	rows    []facts.Parked
	asked   []uint64
	replays int
	answer  projector.Replayed
	err     error
}

func (c *cannedParked) List(_ context.Context, after uint64, limit int) ([]facts.Parked, error) {
	var page []facts.Parked
	for _, r := range c.rows {
		if r.Number > after && len(page) < limit {
			page = append(page, r)
		}
	}
	return page, c.err
}

func (c *cannedParked) Replay(_ context.Context, numbers []uint64) (projector.Replayed, error) {
	c.asked = numbers
	c.replays++
	return c.answer, c.err
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

// drafted runs commands on the projection of 5326 and answers what follows.
type drafted struct{ handler *command.Handler }

func (d *drafted) Say(ctx context.Context, c projection.Command, by command.Context) command.Outcome {
	return command.Execute(ctx, d.handler, projection.Decider(), projection.Stream("5326"), []command.Item[projection.Command]{{
		Context: by, Entity: command.EntityFor(by.ID, "rebuild"), Command: c,
	}})[0]
}

func (d *drafted) Standing(ctx context.Context) (s ProjectionStatus, err error) {
	err = command.View(ctx, d.handler, projection.Decider(), projection.Stream("5326"), func(at projection.State, _ int64) {
		s = ProjectionStatus{Serving: at.Serving, Previous: at.Previous, Building: at.Building, Paused: at.Paused, Projected: 7, Head: 70123}
	})
	return s, err
}
