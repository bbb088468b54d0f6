package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// dataDir is nested, so that the directories above it must outlive a crash too.
const dataDir = "/var/lib/careledger/events"

// testOptions are those of a store on fs which flushes and compacts after little, on an endless disk.
func testOptions(fs vfs.FS) Options {
	return Options{
		Dir: dataDir, FS: fs, memTable: 64 << 10, witnessEvery: time.Millisecond,
		FreeSpace: func(string) (uint64, error) { return 1 << 40, nil },
	}
}

// attempt is a request sent to the store, with its answer.
type attempt struct {
	kind     kind
	stream   string
	expected Expected
	events   []Proposed
	after    uint64 // the highest position acknowledged before it was sent
	result   Result
}

// ledger is what the clients of a store know of it: what they sent and what was acknowledged, in the order of the
// acknowledgements.
type ledger struct {
	mu    sync.Mutex
	sent  map[uuid.UUID]*attempt
	acked []*attempt
	head  uint64
	seen  uint64 // the position that a reader has come to
}

func newLedger() *ledger { return &ledger{sent: map[uuid.UUID]*attempt{}} }

// known is what was acknowledged by now, and the position up to which events were read.
func (l *ledger) known() (acked []*attempt, seen uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked[:len(l.acked):len(l.acked)], l.seen
}

// follow reads what comes until ctx ends or the store does.
func (l *ledger) follow(ctx context.Context, s *Store) {
	for position := uint64(0); s.Wait(ctx, position, nil) == nil; {
		position = s.Head()
		l.mu.Lock()
		l.seen = position
		l.mu.Unlock()
	}
}

func (l *ledger) send(a *attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a.after = l.head
	for i := range a.events {
		l.sent[a.events[i].ID] = a
	}
}

func (l *ledger) acknowledge(a *attempt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.head = max(l.head, a.result.Position)
	l.acked = append(l.acked, a)
}

// work sends n random requests to s, of which the first of those that get an answer other than the rules' ends it.
func (l *ledger) work(ctx context.Context, s *Store, rng *rand.Rand, n int) error {
	var mine []*attempt
	for range n {
		if len(mine) > 0 && rng.IntN(10) == 0 {
			if err := l.repeat(ctx, s, mine[rng.IntN(len(mine))]); err != nil {
				return err
			}
			continue
		}
		a := randomAttempt(rng)
		l.send(a)
		err := a.run(ctx, s)
		if isRule(err) {
			continue
		}
		if err != nil {
			return err
		}
		l.acknowledge(a)
		if a.repeatable() {
			mine = append(mine, a)
		}
	}
	return nil
}

// repeat sends an acknowledged append again: it is answered as it was, or its stream has ended since.
func (l *ledger) repeat(ctx context.Context, s *Store, a *attempt) error {
	again := *a
	err := again.run(ctx, s)
	var deleted *StreamDeleted
	if errors.As(err, &deleted) {
		return nil
	}
	if err == nil && again.result != a.result {
		return fmt.Errorf("a repeated append was answered %+v, at first %+v", again.result, a.result)
	}
	return err
}

// repeatable says that a can be sent again with the same answer: it has an explicit revision and did not bring back a
// soft-deleted stream, whose numbers go on behind the old ones.
func (a *attempt) repeatable() bool {
	return a.kind == appending && a.expected >= NoStream && a.result.Revision == int64(a.expected)+int64(len(a.events))
}

// isRule reports whether err is a refusal by the rules of the protocol.
func isRule(err error) bool {
	var wrong *WrongRevision
	var deleted *StreamDeleted
	return errors.As(err, &wrong) || errors.As(err, &deleted)
}

func (a *attempt) run(ctx context.Context, s *Store) (err error) {
	switch a.kind {
	case softDeleting:
		a.result, err = s.Delete(ctx, a.stream, a.expected)
	case tombstoning:
		a.result, err = s.Tombstone(ctx, a.stream, a.expected)
	default:
		a.result, err = s.Append(ctx, a.stream, a.expected, a.events)
	}
	return err
}

func randomAttempt(rng *rand.Rand) *attempt {
	a := &attempt{stream: fmt.Sprintf("elder-%d", rng.IntN(40)), expected: Any}
	switch n := rng.IntN(100); {
	case n < 2:
		a.kind = tombstoning
		return a
	case n < 6:
		a.kind = softDeleting
		return a
	case n < 16:
		a.stream = metastreamOf(a.stream)
		a.events = []Proposed{metadataEvent(fmt.Appendf(nil, `{"$maxCount":%d}`, 1+rng.IntN(9)))}
		return a
	case n < 50: // a stream of its own, at an explicit revision, can be sent again
		a.stream, a.expected = "visit-"+uuid.NewString(), NoStream
	case n < 60:
		a.expected = StreamExists
	case n < 80:
		a.expected = Expected(rng.IntN(6) - 1)
	}
	for range 1 + rng.IntN(4)*rng.IntN(8) {
		a.events = append(a.events, randomEvent(rng, rng.IntN(400)))
	}
	return a
}

func randomEvent(rng *rand.Rand, size int) Proposed {
	e := Proposed{ID: uuid.New(), Type: "HomeVisitLogged.v1", JSON: rng.IntN(2) == 0, Metadata: []byte(`{"by":"w"}`), Data: make([]byte, size)}
	for i := range e.Data {
		e.Data[i] = byte(rng.Uint32())
	}
	return e
}

// mustOpen opens a store until the test ends.
func mustOpen(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}
