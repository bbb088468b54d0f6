package embedded_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/contract"
)

// asked is an append to a stream or, without events, a read of all of it.
type asked struct {
	stream   int
	expected int    // a revision, or one of the constants
	events   string // four bytes each
}

const (
	noStream     = -1
	anyRevision  = -2
	streamExists = -4
)

// got is an answer: what was read, the revision of the last event appended, a refusal, or that there was no answer.
type got struct {
	events   string
	revision int
	wrong    bool
	unknown  bool
}

// oneStream says what a stream may do, one request at a time. Its state is its events.
var oneStream = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		var streams [][]porcupine.Operation
		for _, o := range history {
			n := o.Input.(asked).stream
			for len(streams) <= n {
				streams = append(streams, nil)
			}
			streams[n] = append(streams[n], o)
		}
		return streams
	},
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		events, in, out := state.(string), input.(asked), output.(got)
		if in.events == "" {
			return out.events == events, events
		}
		after, revision, ok := in.append(events)
		if out.unknown {
			return true, after // or later, or never: nothing is asked of what comes after the last answer
		}
		return out.wrong == !ok && (!ok || out.revision == revision), after
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
}

// append is the rule: at the expected revision events are taken; behind it they may be those that are there already.
func (a asked) append(events string) (after string, revision int, ok bool) {
	last, size := len(events)/4-1, len(a.events)/4
	switch {
	case a.expected == streamExists && last < 0:
		return events, 0, false
	case a.expected < noStream:
		if at := strings.Index(events, a.events); at >= 0 {
			return events, at/4 + size - 1, true
		}
		return events + a.events, last + size, true
	case a.expected == last:
		return events + a.events, last + size, true
	case a.expected < last && strings.HasPrefix(events[4*(a.expected+1):], a.events):
		return events, a.expected + size, true
	}
	return events, 0, false
}

// history is what clients asked and were answered, and when.
type history struct {
	run     string // of this test: part of the names of streams
	begun   time.Time
	mu      sync.Mutex
	number  uint32
	done    []porcupine.Operation
	unknown int
}

func (h *history) now() int64 { return time.Since(h.begun).Nanoseconds() }

func (h *history) record(client int, call int64, in asked, out got) {
	o := porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: h.now()}
	if out.unknown {
		o.Return = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, o)
	if out.unknown {
		h.unknown++
	}
}

func (h *history) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.done)
}

func (h *history) newEvents(n int) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var events []byte
	for range n {
		h.number++
		events = binary.BigEndian.AppendUint32(events, h.number)
	}
	return string(events)
}

// id is the event id that stands for an event of the history.
func (h *history) id(event string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(h.run+event))
}

// caller sends requests one after the other, and stops when the server is gone.
type caller struct {
	*history
	number int
	rng    *rand.Rand
	seen   map[int]int // stream → its length when last heard of
	again  *asked      // without an answer so far
}

const (
	linearStreams = 6
	lives         = 4 // of the server
)

func (c *caller) ask(ctx context.Context, client *esdb.Client, n int) error {
	for range n {
		in, limit := c.next(), patience
		if in.events != "" && c.rng.IntN(12) == 0 {
			limit = time.Duration(c.rng.IntN(2000)) * time.Microsecond
		}
		ctx, cancel := context.WithTimeout(ctx, limit)
		call := c.now()
		out, err := c.send(ctx, client, in)
		cancel()
		if err == nil {
			c.record(c.number, call, in, out)
			continue
		}
		if in.events != "" {
			c.record(c.number, call, in, got{unknown: true})
			c.again = &in
		}
		if limit == patience {
			return err
		}
	}
	return nil
}

func (c *caller) next() asked {
	if c.again != nil {
		in := *c.again
		c.again = nil
		return in
	}
	in := asked{stream: c.rng.IntN(linearStreams)}
	if c.rng.IntN(3) == 0 {
		return in
	}
	in.events = c.newEvents(1 + c.rng.IntN(3))
	in.expected = c.seen[in.stream] - 1
	switch c.rng.IntN(6) {
	case 0:
		in.expected = anyRevision
	case 1:
		in.expected = streamExists
	}
	return in
}

func (c *caller) send(ctx context.Context, client *esdb.Client, in asked) (out got, err error) {
	stream := fmt.Sprintf("%s-%d", c.run, in.stream)
	if in.events == "" {
		out.events, err = c.read(ctx, client, stream)
		c.seen[in.stream] = len(out.events) / 4
		return out, err
	}
	var expected esdb.ExpectedRevision
	switch in.expected {
	case noStream:
		expected = esdb.NoStream{}
	case anyRevision:
		expected = esdb.Any{}
	case streamExists:
		expected = esdb.StreamExists{}
	default:
		expected = esdb.Revision(uint64(in.expected))
	}
	var data []esdb.EventData
	for i := 0; i < len(in.events); i += 4 {
		event := in.events[i : i+4]
		data = append(data, esdb.EventData{EventID: c.id(event), EventType: "Tested.v1", Data: []byte(event)})
	}
	result, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, data...)
	var refused *esdb.Error
	if errors.As(err, &refused) && refused.Code() == esdb.ErrorCodeWrongExpectedVersion {
		return got{wrong: true}, nil
	}
	if err != nil {
		return got{}, err
	}
	c.seen[in.stream] = int(result.NextExpectedVersion) + 1
	return got{revision: int(result.NextExpectedVersion)}, nil
}

func (c *caller) read(ctx context.Context, client *esdb.Client, stream string) (string, error) {
	reading, err := client.ReadStream(ctx, stream, esdb.ReadStreamOptions{From: esdb.Start{}}, math.MaxInt64)
	if err != nil {
		return "", err
	}
	defer reading.Close()
	var events strings.Builder
	for {
		e, err := reading.Recv()
		var refused *esdb.Error
		switch {
		case errors.Is(err, io.EOF), errors.As(err, &refused) && refused.Code() == esdb.ErrorCodeResourceNotFound:
			return events.String(), nil
		case err != nil:
			return "", err
		}
		events.Write(e.OriginalEvent().Data)
	}
}

// TestStreamsAreLinearizable records what several clients ask and are answered, over restarts of a server that is
// killed: some requests stay without an answer and are sent again. There must be one order of all requests to a stream
// that gives these answers, and in which none is moved before one that was answered before it was sent.
func TestStreamsAreLinearizable(t *testing.T) {
	dir := t.TempDir()
	h := &history{run: uuid.NewString(), begun: time.Now()}
	callers := make([]*caller, 8)
	for i := range callers {
		callers[i] = &caller{history: h, number: i, rng: rand.New(rand.NewPCG(uint64(i), 7)), seen: map[int]int{}}
	}
	for life := range lives {
		c := startChild(t, dir)
		var asking sync.WaitGroup
		for _, one := range callers {
			client := contract.Dial(t, c.url)
			asking.Go(func() {
				if err := one.ask(t.Context(), client, 40); err != nil && life == lives-1 {
					t.Error(err)
				}
			})
		}
		if life < lives-1 {
			target := h.count() + 150
			require.Eventually(t, func() bool { return h.count() > target }, patience, time.Millisecond)
			c.kill(t)
		}
		asking.Wait()
		if life == lives-1 {
			c.stop(t)
		}
	}
	require.Positive(t, h.unknown)
	result, info := porcupine.CheckOperationsVerbose(oneStream, h.done, time.Minute)
	if result != porcupine.Ok {
		path := t.ArtifactDir() + "/history.html"
		require.NoError(t, porcupine.VisualizePath(oneStream, info, path))
		t.Fatalf("%s: %d requests, %d without an answer; see %s", result, len(h.done), h.unknown, path)
	}
	t.Logf("%d requests, %d without an answer", len(h.done), h.unknown)
}
