package bus_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/projection"
	"github.com/careledger/careledger/domain/publication"
	"github.com/careledger/careledger/domain/retrofit"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/infra/bus/embedded"
)

// A publisher of nats.go that ends before its own goroutine has begun leaves it behind, waiting on nothing.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect"))
}

const patience = 30 * time.Second

var errMismatch = errors.New("not of this log")

// paper is the log as a test double: events in a slice.
type paper struct {
	ledger uuid.UUID
	epoch  int
	mu     sync.Mutex
	events []event.Recorded
	more   chan struct{}
}

func newPaper() *paper { return &paper{ledger: uuid.New(), epoch: 1, more: make(chan struct{})} }

func (p *paper) Ledger() uuid.UUID { return p.ledger }
func (p *paper) Epoch() int        { return p.epoch }

// write appends n visits, to the areas in turn.
func (p *paper) write(n int, areas ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range n {
		p.events = append(p.events, visit(p.ledger, uint64(len(p.events)+1), areas[i%len(areas)]))
	}
	close(p.more)
	p.more = make(chan struct{})
}

// cut puts the log back to its first n events.
func (p *paper) cut(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = p.events[:n:n]
}

func (p *paper) put(r event.Recorded) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.Number = uint64(len(p.events) + 1)
	r.Metadata.Ledger = p.ledger
	p.events = append(p.events, r)
	close(p.more)
	p.more = make(chan struct{})
}

func (p *paper) behind(number uint64) ([]event.Recorded, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	number = min(number, uint64(len(p.events)))
	return p.events[number:min(uint64(len(p.events)), number+1000)], p.more
}

func (p *paper) Check(_ context.Context, c event.Checkpoint) error {
	if c.Number == 0 {
		return nil
	}
	at, _ := p.behind(min(c.Number-1, p.size()))
	if len(at) == 0 || at[0].ID != c.EventID || c.Epoch != p.epoch {
		return errMismatch
	}
	return nil
}

func (p *paper) Follow(ctx context.Context, from event.Checkpoint, take func(context.Context, []event.Recorded) error) error {
	if err := p.Check(ctx, from); err != nil {
		return err
	}
	number := from.Number
	for {
		events, more := p.behind(number)
		if len(events) > 0 {
			if err := take(ctx, append([]event.Recorded(nil), events...)); err != nil {
				return err
			}
			number += uint64(len(events))
			continue
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *paper) End(context.Context) (event.Position, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.events) == 0 {
		return event.Position{}, nil
	}
	return p.events[len(p.events)-1].Position, nil
}

func (p *paper) size() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return uint64(len(p.events))
}

// numbers of one prefecture's events, or of all.
func (p *paper) numbers(prefecture string) []uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []uint64
	for _, e := range p.events {
		if prefecture == "" || e.Metadata.Prefecture() == prefecture {
			all = append(all, e.Number)
		}
	}
	return all
}

func visit(ledgerID uuid.UUID, number uint64, area string) event.Recorded {
	at := time.Date(2022, 11, 3, 8, 0, 0, 0, time.UTC).Add(time.Duration(number) * time.Millisecond)
	who, what := uuid.New(), uuid.New()
	e := elder.HomeVisitLogged{Elder: who, Visit: what, OccurredOn: calendar.DayOf(at), Mode: "home", Outcome: "seen"}
	data := fmt.Sprintf(`{"elder":%q,"visit":%q,"occurred_on":%q,"mode":"home","outcome":"seen"}`, who, what, calendar.DayOf(at))
	return event.Recorded{
		ID: uuid.New(), Stream: "elder-" + area[:4] + "-" + who.String(), Number: number, Type: e.EventType(), Data: []byte(data), Event: e,
		Position: event.Position{Commit: number * 10, Prepare: number * 10},
		Metadata: event.Metadata{Ledger: ledgerID, CommandID: what, CorrelationID: what, CausationID: what, Actor: "staff-1", Area: area,
			OccurredOn: calendar.DayOf(at), ReceivedAt: at, RecordedAt: at, Schema: 1},
	}
}

// note keeps a checkpoint.
type note struct {
	mu sync.Mutex
	at event.Checkpoint
}

func (n *note) Load(context.Context) (event.Checkpoint, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.at, nil
}

func (n *note) Save(_ context.Context, c event.Checkpoint) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at = c
	return nil
}

func codec(t testing.TB) *event.Codec {
	t.Helper()
	c, err := event.NewCodec(ledger.Types(), elder.Types(), institution.Types(), retrofit.Types(), childcare.Types(), child.Types(),
		unit.Types(), standing.Types(), person.Types(), figure.Types(), alert.Types(), projection.Types(), publication.Types())
	require.NoError(t, err)
	return c
}

// serve opens an embedded server, or answers the external one's URL with an empty stream.
func serve(t testing.TB, dir string) string {
	t.Helper()
	if url := os.Getenv("CAREL_TEST_NATS"); url != "" {
		clear(t, url)
		return url
	}
	s, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0", MaxBytes: 1 << 30, Logger: logger(t)})
	require.NoError(t, err)
	t.Cleanup(func() { closeServer(t, s) })
	return s.URL()
}

func closeServer(t testing.TB, s *embedded.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(t, s.Close(ctx))
}

func clear(t testing.TB, url string) {
	t.Helper()
	err := manage(t, url).DeleteStream(t.Context(), "RECORDS")
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		require.NoError(t, err)
	}
}

// manage is an operator's connection.
func manage(t testing.TB, url string) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	require.NoError(t, err)
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	return js
}

func logger(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func connect(t testing.TB, url string, maxBytes int64) *bus.Bus {
	t.Helper()
	b, err := bus.Connect(t.Context(), bus.Options{URL: url, Codec: codec(t), MaxBytes: maxBytes, Logger: logger(t),
		Mismatch: func(err error) bool { return errors.Is(err, errMismatch) }})
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

// task is a goroutine of a test, with its end.
type task struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

func start(t testing.TB, run func(context.Context) error) *task {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	k := &task{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(k.done)
		k.err = run(ctx)
	}()
	t.Cleanup(func() { k.stop() })
	return k
}

func (k *task) stop() error {
	k.cancel()
	<-k.done
	return k.err
}

func (k *task) wait(t testing.TB) error {
	t.Helper()
	select {
	case <-k.done:
		return k.err
	case <-time.After(patience):
		t.Fatal("it did not end")
		return nil
	}
}

func relay(t testing.TB, b *bus.Bus, p *paper, n *note) *task {
	t.Helper()
	return start(t, func(ctx context.Context) error { return b.Relay(ctx, p, bus.RelayOptions{Checkpoints: n}) })
}

// basket collects what a feed delivers.
type basket struct {
	mu     sync.Mutex
	events []event.Recorded
	last   bus.Batch
	most   int
}

func (k *basket) take(_ context.Context, b bus.Batch) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.events = append(k.events, b.Events...)
	k.last, k.most = b, max(k.most, len(b.Events))
	return nil
}

func (k *basket) numbers() []uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []uint64
	for _, e := range k.events {
		all = append(all, e.Number)
	}
	return all
}

func (k *basket) size() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.events)
}

func feed(t testing.TB, b *bus.Bus, p *paper, o bus.FeedOptions, k *basket) *task {
	t.Helper()
	return start(t, func(ctx context.Context) error { return b.Feed(ctx, p, o, k.take) })
}

// complete waits until the basket holds the log's events, each once and in order.
func complete(t testing.TB, p *paper, prefecture string, k *basket) {
	t.Helper()
	want := p.numbers(prefecture)
	require.Eventually(t, func() bool { return k.size() >= len(want) }, patience, 5*time.Millisecond)
	require.Equal(t, want, k.numbers())
}

// stream waits until the stream holds n messages.
func stream(t testing.TB, js jetstream.JetStream, n int) (s jetstream.Stream) {
	t.Helper()
	require.Eventually(t, func() bool {
		var err error
		s, err = js.Stream(t.Context(), "RECORDS")
		return err == nil && s.CachedInfo().State.Msgs == uint64(n)
	}, patience, 10*time.Millisecond)
	return s
}

// stored waits until the stream holds n messages, and answers them.
func stored(t testing.TB, js jetstream.JetStream, n int) (all []*jetstream.RawStreamMsg) {
	t.Helper()
	s := stream(t, js, n)
	for seq := s.CachedInfo().State.FirstSeq; seq <= s.CachedInfo().State.LastSeq; seq++ {
		m, err := s.GetMsg(t.Context(), seq)
		require.NoError(t, err)
		all = append(all, m)
	}
	return all
}
