package embedded_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/contract"
)

const (
	eventsAnAppend = 3
	killRounds     = 12
	// moreRounds is the variable that sets another number of rounds.
	moreRounds = "CAREL_KILL_ROUNDS"
)

// TestKillUnderLoadKeepsWhatWasAcknowledged kills the server again and again, each time after some more appends. The
// next one must have all that was acknowledged, and take what was not answered once more without doubling it.
func TestKillUnderLoadKeepsWhatWasAcknowledged(t *testing.T) {
	rounds := killRounds
	if n, err := strconv.Atoi(os.Getenv(moreRounds)); err == nil {
		rounds = n
	}
	dir := t.TempDir()
	k := newKept()
	for range rounds {
		c := startChild(t, dir)
		client := contract.Dial(t, c.url)
		k.check(t, client)
		k.repeat(t, client)
		require.NoError(t, client.Close())
		k.loadUntilKilled(t, c, 20+rand.IntN(400))
	}
	c := startChild(t, dir)
	client := contract.Dial(t, c.url)
	k.check(t, client)
	k.repeat(t, client)
	k.checkAll(t, client)
	c.stop(t)
	t.Logf("%d rounds, %d appends acknowledged, %d not answered and sent again, %d of those were there", rounds, k.count, k.repeated, k.there)
}

// kept is what the server said it kept, and what of it was found so far.
type kept struct {
	mu       sync.Mutex
	acked    map[string][]uuid.UUID // stream → its event ids in order
	pending  []sent                 // not answered
	count    int
	repeated int
	there    int

	found    map[string][]uuid.UUID
	position uint64
}

type sent struct {
	stream string
	from   int
	events []esdb.EventData
}

func newKept() *kept { return &kept{acked: map[string][]uuid.UUID{}, found: map[string][]uuid.UUID{}} }

// loadUntilKilled kills c after so many appends. Each writer has a client of its own: where several use one and its
// server is gone, some may wait in it for ever (EventStore-Client-Go 4.2.0 stops listening to them without a word).
func (k *kept) loadUntilKilled(t *testing.T, c *child, appends int) {
	t.Helper()
	k.mu.Lock()
	target := k.count + appends
	k.mu.Unlock()
	reached, stopped := make(chan struct{}), make(chan struct{})
	refused := make(chan error, 12)
	var writers sync.WaitGroup
	for range cap(refused) {
		client := contract.Dial(t, c.url)
		defer client.Close()
		writers.Go(func() {
			refused <- k.write(t.Context(), client, func(count int) {
				if count == target {
					close(reached)
				}
			})
		})
	}
	go func() {
		writers.Wait()
		close(stopped)
	}()
	select {
	case <-reached:
	case <-stopped: // before it was killed
		_ = c.process.Process.Kill() // it may have ended by itself, which its state then says
		_ = c.process.Wait()
		t.Fatalf("all writers stopped, the first with %v; the server: %v, saying %q", <-refused, c.process.ProcessState, c.stderr.String())
	}
	c.kill(t)
	<-stopped
}

// write appends to a stream of its own until the server is gone, and answers with what it was refused.
func (k *kept) write(ctx context.Context, client *esdb.Client, progress func(count int)) error {
	s := sent{stream: "elder-" + uuid.NewString()}
	for {
		s.events = make([]esdb.EventData, eventsAnAppend)
		for i := range s.events {
			s.events[i] = visit()
		}
		if err := s.send(ctx, client); err != nil {
			k.mu.Lock()
			k.pending = append(k.pending, s)
			k.mu.Unlock()
			return err
		}
		progress(k.acknowledge(s))
		s.from += eventsAnAppend
	}
}

func (s sent) send(ctx context.Context, client *esdb.Client) error {
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	if s.from > 0 {
		expected = esdb.Revision(uint64(s.from - 1))
	}
	_, err := client.AppendToStream(ctx, s.stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, s.events...)
	return err
}

func (k *kept) acknowledge(s sent) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range s.events {
		k.acked[s.stream] = append(k.acked[s.stream], s.events[i].EventID)
	}
	k.count++
	return k.count
}

// repeat sends again what was not answered: it is taken, whether it was kept or not.
func (k *kept) repeat(t *testing.T, client *esdb.Client) {
	t.Helper()
	for _, s := range k.pending {
		if len(k.found[s.stream]) > s.from {
			k.there++
		}
		require.NoError(t, s.send(t.Context(), client))
		k.acknowledge(s)
		k.repeated++
	}
	k.pending = nil
	k.check(t, client)
}

// check reads what has come since the last check: positions rise, no revision is missing, no append is halved, and
// all that was acknowledged is there, in order.
func (k *kept) check(t *testing.T, client *esdb.Client) {
	t.Helper()
	grown := map[string]bool{}
	for _, e := range eventsAfter(t, client, k.position) {
		require.Greater(t, e.Position.Commit, k.position)
		k.position = e.Position.Commit
		require.EqualValues(t, len(k.found[e.StreamID]), e.EventNumber)
		k.found[e.StreamID] = append(k.found[e.StreamID], e.EventID)
		grown[e.StreamID] = true
	}
	for stream := range grown {
		require.Zero(t, len(k.found[stream])%eventsAnAppend, "half an append")
	}
	for stream, events := range k.acked {
		require.GreaterOrEqual(t, len(k.found[stream]), len(events))
		require.Equal(t, events, k.found[stream][:len(events)])
	}
}

// checkAll reads everything again: it is what was found bit by bit, and nothing was sent twice.
func (k *kept) checkAll(t *testing.T, client *esdb.Client) {
	t.Helper()
	once, all := k.found, &kept{acked: k.acked, found: map[string][]uuid.UUID{}}
	all.check(t, client)
	require.Equal(t, once, all.found)
	ids := map[uuid.UUID]bool{}
	for _, events := range all.found {
		for _, id := range events {
			require.False(t, ids[id], "an event is there twice")
			ids[id] = true
		}
	}
}

// eventsAfter reads $all behind position, 0 being its start.
func eventsAfter(t testing.TB, client *esdb.Client, position uint64) []esdb.RecordedEvent {
	t.Helper()
	var from esdb.AllPosition = esdb.Start{}
	if position > 0 {
		from = esdb.Position{Commit: position + 1, Prepare: position + 1}
	}
	reading, err := client.ReadAll(t.Context(), esdb.ReadAllOptions{From: from}, math.MaxInt64)
	require.NoError(t, err)
	defer reading.Close()
	var all []esdb.RecordedEvent
	for {
		e, err := reading.Recv()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, *e.OriginalEvent())
	}
}
