package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// heard is what a subscriber is compared by.
type heard struct {
	position uint64
	stream   string
	revision uint64
	id       uuid.UUID
}

func heardOf(e *esdb.RecordedEvent) heard {
	return heard{e.Position.Commit, e.StreamID, e.EventNumber, e.EventID}
}

// load is 64 writers at work.
type load struct {
	mu      sync.Mutex
	changed *sync.Cond
	acked   int    // appends
	head    uint64 // highest position acknowledged
	over    bool
}

func newLoad() *load {
	l := &load{}
	l.changed = sync.NewCond(&l.mu)
	return l
}

func (l *load) acknowledge(position uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked++
	l.head = max(l.head, position)
	l.changed.Broadcast()
}

// passed waits until n appends were acknowledged, or all were, and answers the head.
func (l *load) passed(n int) (head uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.acked < n && !l.over {
		l.changed.Wait()
	}
	return l.head
}

func (l *load) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.changed.Broadcast()
}

const (
	writers     = 64
	appendsEach = 80
	sharedName  = "house-shared"
	lastStream  = "elder-1-end"
	lastWords   = "the end"
	mealServed  = "MealServed.v1"
)

// write appends to streams of its own and to one that all share.
func (l *load) write(ctx context.Context, client *esdb.Client, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 5))
	for range appendsEach {
		stream := fmt.Sprintf("elder-%d-%d", seed, rng.IntN(3))
		if rng.IntN(10) == 0 {
			stream = sharedName
		}
		events := make([]esdb.EventData, 1+rng.IntN(4))
		for i := range events {
			events[i] = visit()
			if rng.IntN(4) == 0 {
				events[i].EventType = mealServed
			}
		}
		r, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, events...)
		if err != nil {
			return err
		}
		l.acknowledge(r.CommitPosition)
	}
	return nil
}

// subscriber follows from some moment of the load on, and hears what takes lets through.
type subscriber struct {
	after int // appends before it subscribes
	// subscribe begins behind position, which was acknowledged before.
	subscribe func(ctx context.Context, c *esdb.Client, position uint64) (*esdb.Subscription, error)
	takes     func(e heard, kind string) bool
	fromStart bool
	fromEnd   bool
	pause     int // appends it lets pass before it takes the next event

	position uint64
	heard    []heard
}

func subscribers() map[string]*subscriber {
	all := func(heard, string) bool { return true }
	toAll := func(o esdb.SubscribeToAllOptions) func(context.Context, *esdb.Client, uint64) (*esdb.Subscription, error) {
		return func(ctx context.Context, c *esdb.Client, position uint64) (*esdb.Subscription, error) {
			if o.From == nil {
				o.From = esdb.Position{Commit: position, Prepare: position}
			}
			return c.SubscribeToAll(ctx, o)
		}
	}
	toShared := func(ctx context.Context, c *esdb.Client, _ uint64) (*esdb.Subscription, error) {
		return c.SubscribeToStream(ctx, sharedName, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	}
	ofElders := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"elder-1"}}
	ofMeals := &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: "^Meal"}
	elder := func(e heard, _ string) bool { return strings.HasPrefix(e.stream, "elder-1") }
	meal := func(_ heard, kind string) bool { return strings.HasPrefix(kind, "Meal") }
	shared := func(e heard, _ string) bool { return e.stream == sharedName }
	return map[string]*subscriber{
		"$all from the start":           {fromStart: true, subscribe: toAll(esdb.SubscribeToAllOptions{From: esdb.Start{}}), takes: all},
		"$all from the start, later":    {after: 3000, fromStart: true, subscribe: toAll(esdb.SubscribeToAllOptions{From: esdb.Start{}}), takes: all},
		"$all from a position":          {after: 1000, subscribe: toAll(esdb.SubscribeToAllOptions{}), takes: all},
		"$all from the end":             {after: 1500, fromEnd: true, subscribe: toAll(esdb.SubscribeToAllOptions{From: esdb.End{}}), takes: all},
		"$all, slow":                    {fromStart: true, pause: 60, subscribe: toAll(esdb.SubscribeToAllOptions{From: esdb.Start{}}), takes: all},
		"a stream":                      {fromStart: true, subscribe: toShared, takes: shared},
		"a stream, later and slow":      {after: 2000, pause: 40, fromStart: true, subscribe: toShared, takes: shared},
		"filtered by stream":            {fromStart: true, subscribe: toAll(esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: ofElders}), takes: elder},
		"filtered by type, later":       {after: 2500, subscribe: toAll(esdb.SubscribeToAllOptions{Filter: ofMeals}), takes: meal},
		"filtered by type, slow":        {fromStart: true, pause: 50, subscribe: toAll(esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: ofMeals}), takes: meal},
		"filtered by stream, from end":  {after: 800, fromEnd: true, subscribe: toAll(esdb.SubscribeToAllOptions{From: esdb.End{}, Filter: ofElders}), takes: elder},
		"$all from a position, at last": {after: 5000, subscribe: toAll(esdb.SubscribeToAllOptions{}), takes: all},
	}
}

// run listens until the last event it takes has come.
func (s *subscriber) run(ctx context.Context, client *esdb.Client, l *load) error {
	s.position = l.passed(s.after)
	sub, err := s.subscribe(ctx, client, s.position)
	if err != nil {
		return err
	}
	defer sub.Close()
	if s.fromEnd { // what is sent from here on must be heard; what was on its way may have come before
		r, err := client.AppendToStream(ctx, "begun-"+uuid.NewString(), esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, visit())
		if err != nil {
			return err
		}
		s.position = r.CommitPosition
	}
	for {
		e := sub.Recv()
		if e.SubscriptionDropped != nil {
			return e.SubscriptionDropped.Error
		}
		if e.EventAppeared == nil {
			continue
		}
		event := e.EventAppeared.OriginalEvent()
		s.heard = append(s.heard, heardOf(event))
		if string(event.Data) == lastWords && (event.StreamID == lastStream || !s.takes(heard{stream: lastStream}, mealServed)) {
			return nil
		}
		if s.pause > 0 {
			l.passed(s.pause * len(s.heard))
		}
	}
}

// missed answers what of all, in which kinds are the types, the subscriber should have heard otherwise.
func (s *subscriber) missed(all []heard, kinds []string) string {
	var want []heard
	must := 0 // how many of them come behind its position
	for i, e := range all {
		if !s.takes(e, kinds[i]) || !s.fromStart && !s.fromEnd && e.position <= s.position {
			continue
		}
		want = append(want, e)
		if e.position > s.position {
			must++
		}
	}
	if s.fromEnd { // it may have begun a little earlier
		want = want[max(0, len(want)-max(must, len(s.heard))):]
	}
	if slices.Equal(want, s.heard) {
		return ""
	}
	for i := range min(len(want), len(s.heard)) {
		if want[i] != s.heard[i] {
			return fmt.Sprintf("event %d of %d is %+v instead of %+v", i, len(want), s.heard[i], want[i])
		}
	}
	return fmt.Sprintf("%d events instead of %d", len(s.heard), len(want))
}

// TestEverySubscriberHearsWhatWasWritten lets subscribers of all sorts follow 64 writers. Each must have heard exactly
// what a read of $all finds in the end, in its order.
func TestEverySubscriberHearsWhatWasWritten(t *testing.T) {
	s := open(t, embedded.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	l := newLoad()
	all := subscribers()
	failed := make(chan error, len(all)+writers)
	var listening, writing sync.WaitGroup
	for name, one := range all {
		client := contract.Dial(t, s.URL())
		listening.Go(func() {
			if err := one.run(ctx, client, l); err != nil {
				failed <- fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	client := contract.Dial(t, s.URL())
	for seed := range uint64(writers) {
		writing.Go(func() {
			if err := l.write(ctx, client, seed); err != nil {
				failed <- err
			}
		})
	}
	writing.Wait()
	l.end()
	for _, stream := range []string{sharedName, lastStream} {
		_, err := client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}},
			esdb.EventData{EventID: uuid.New(), EventType: mealServed, Data: []byte(lastWords)})
		require.NoError(t, err)
	}
	listening.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	var stored []heard
	var kinds []string
	for _, e := range everything(t, client) {
		stored, kinds = append(stored, heardOf(&e)), append(kinds, e.EventType)
	}
	for name, one := range all {
		if problem := one.missed(stored, kinds); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
	}
}
