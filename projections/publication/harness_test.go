package publication

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
)

var (
	ledgerID = uuid.MustParse("0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c11")
	november = calendar.MonthOf(2022, time.November)
	december = time.Date(2022, 12, 20, 4, 0, 0, 0, time.UTC)
	later    = calendar.MonthOf(2090, time.January) // whose rows count in no month of these tests
)

// fewAreas are enough, and quicker than all.
const fewAreas = `code,name,level,parent,valid_from,valid_to
532600,文山壮族苗族自治州,prefecture,,,
532601,文山市,county,532600,,
532622,砚山县,county,532600,,
532628,富宁县,county,532600,,
532601001,开化街道,township,532601,,
532622101,平远镇,township,532622,,
532628100,新华镇,township,532628,,
`

// office is a publisher over a small ledger: figures and beds by ledger number.
type office struct {
	t         *testing.T
	publisher *Publisher
	ledger    *memory
	store     *rows
	files     files
	targets   []plan.AreaTarget
	now       time.Time
}

func open(t *testing.T) *office {
	t.Helper()
	areas, err := area.Load(strings.NewReader(fewAreas))
	require.NoError(t, err)
	p, err := plan.Wenshan()
	require.NoError(t, err)
	rules, err := NewRules(p, areas)
	require.NoError(t, err)
	o := &office{t: t, ledger: &memory{streams: map[string][]event.Recorded{}}, store: &rows{}, files: files{}, now: december}
	key := keyOfSeed(1)
	o.publisher = &Publisher{
		Rules: rules, Ledger: ledgerID, Facts: 1, Handler: command.NewHandler(o.ledger, ledgerID), Files: o.files,
		Reach: func(context.Context) (Reached, error) {
			root := make([]byte, 32)
			root[0] = byte(o.store.head)
			return Reached{Size: o.store.head, Root: base64.StdEncoding.EncodeToString(root), Last: o.store.head}, nil
		},
		Targets: func(context.Context, string) ([]plan.AreaTarget, error) { return o.targets, nil },
		Adopted: func(context.Context, string, string, string) (Rules, error) { return rules, nil },
		Store:   func() Store { return o.store }, Key: func() (ed25519.PrivateKey, error) { return key, nil }, Now: func() time.Time { return o.now },
	}
	return o
}

func keyOfSeed(n byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return ed25519.NewKeyFromSeed(seed)
}

func (o *office) by(key string) command.Context {
	id := command.IDFor(uuid.UUID{7}, key)
	return command.Context{ID: id, BodyHash: "h", CorrelationID: id, CausationID: id, Actor: "a", ReceivedAt: o.now}
}

// seal must be accepted.
func (o *office) seal(key string) Content {
	o.t.Helper()
	outcome := o.publisher.Seal(o.t.Context(), november, o.by(key))
	require.NoError(o.t, outcome.Err)
	o.store.add("PublicationSealed.v1", "532600", later, 0)
	sealed, err := o.publisher.Find(o.t.Context(), outcome.Entity.String())
	require.NoError(o.t, err)
	c, err := Read(o.document(sealed.Publication.String()))
	require.NoError(o.t, err)
	return c
}

func (o *office) document(id string) []byte {
	o.t.Helper()
	sealed, err := o.publisher.Find(o.t.Context(), id)
	require.NoError(o.t, err)
	text, err := o.publisher.Document(o.t.Context(), sealed)
	require.NoError(o.t, err)
	return text
}

// row is a fact: so many beds in an area from a day on, of an event of a type.
type row struct {
	number    uint64
	eventType string
	area      string
	month     calendar.Month
	beds      float64
}

// rows measures beds from its rows, as facts are: bounded by a ledger number.
type rows struct {
	mu      sync.Mutex
	all     []row
	head    uint64
	behind  uint64
	doubts  []indicators.Doubt
	nursing float64 // of each bed
}

func (r *rows) add(eventType, area string, month calendar.Month, beds float64) {
	r.head++
	r.all = append(r.all, row{r.head, eventType, area, month, beds})
}

func (r *rows) Measure(_ context.Context, g indicators.Group, b indicators.Bounds) (measured []indicators.Measured, err error) {
	if g != indicators.Beds {
		return nil, nil
	}
	for _, m := range b.Months {
		for _, row := range r.all {
			if row.month <= m && row.number <= b.Number {
				measured = append(measured, indicators.Measured{Month: m, Area: row.area[:9], Measure: "beds_total", Value: row.beds},
					indicators.Measured{Month: m, Area: row.area[:9], Measure: "beds_nursing", Value: row.beds * r.nursing})
			}
		}
	}
	return measured, nil
}

func (r *rows) Kept(context.Context, string, []calendar.Month, []string, []string) (indicators.Kept, error) {
	return indicators.Kept{}, errors.New("a publication counts from the facts")
}

func (r *rows) Frontier(context.Context, string) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.behind > 0 {
		r.behind--
		return 0, nil
	}
	return r.head, nil
}

func (r *rows) NumberAt(context.Context, string, time.Time) (uint64, error) { return r.head, nil }

func (r *rows) Doubts(context.Context, string, indicators.Folded) ([]indicators.Doubt, error) {
	return r.doubts, nil
}

func (r *rows) VisitedAreas(context.Context, string, string) (map[calendar.Month][]string, error) {
	return nil, nil
}

func (r *rows) Late(_ context.Context, _ string, from, to uint64) (late []Late, err error) {
	for _, row := range r.all {
		if row.number > from && row.number <= to {
			late = append(late, Late{row.eventType, row.area, 1})
		}
	}
	return late, nil
}

// files are contents in memory.
type files map[string][]byte

func (f files) Put(hash string, content []byte) error {
	f[hash] = slices.Clone(content)
	return nil
}

func (f files) Get(hash string) ([]byte, bool) {
	content, there := f[hash]
	return content, there
}

// memory is a ledger of streams.
type memory struct{ streams map[string][]event.Recorded }

func (m *memory) Load(_ context.Context, stream string, from uint64) ([]event.Recorded, error) {
	return m.streams[stream][from:], nil
}

func (m *memory) Append(_ context.Context, stream string, expected int64, events []event.Pending) error {
	if int64(len(m.streams[stream]))-1 != expected {
		return command.ErrWrongRevision
	}
	for _, p := range events {
		data, err := json.Marshal(p.Event)
		if err != nil {
			return err
		}
		m.streams[stream] = append(m.streams[stream], event.Recorded{
			ID: p.ID, Stream: stream, Revision: uint64(len(m.streams[stream])), Type: p.Event.EventType(), Data: data, Metadata: p.Metadata, Event: p.Event,
		})
	}
	return nil
}
