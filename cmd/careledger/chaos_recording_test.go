package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
)

const (
	recorders   = 3
	chaosElders = 240 // each recorder has its own
	chaosBatch  = 30
)

// recording is what caseworkers send, and what of it was acknowledged.
type recording struct {
	t      *testing.T
	client *client.Client
	seed   uint64
	areas  *area.Table

	mu           sync.Mutex
	acknowledged map[uuid.UUID]string // command id → stream
}

func newRecording(t *testing.T, c *client.Client, areas *area.Table, seed uint64) *recording {
	t.Helper()
	return &recording{t: t, client: c, seed: seed, areas: areas, acknowledged: map[uuid.UUID]string{}}
}

func chaosID(kind string, n int) string { return demo.ID("chaos "+kind, n).String() }

// begin registers who is visited and where they may live.
func (l *recording) begin(ctx context.Context) {
	l.t.Helper()
	var commands []demo.Command
	add := func(kind string, target map[string]string, key, body string) {
		commands = append(commands, demo.Command{Key: "chaos/" + key, Type: kind, Target: target, Body: json.RawMessage(body)})
	}
	counties := l.areas.Children(l.areas.Root().Code)
	for n := range chaosElders {
		townships := l.areas.Children(counties[n%len(counties)].Code)
		id := chaosID("elder", n)
		add("register-elder", nil, "elder/"+id, fmt.Sprintf(`{"id":%q,"area":%q,"registered_on":"2021-06-01","sex":"female","born_on":"1948-03-11","name":"试用%d"}`,
			id, townships[n%len(townships)].Code, n))
		add("record-circumstances", map[string]string{"elder": id}, "circumstances/"+id, `{"circumstances":["living_alone"],"effective_on":"2021-07-01"}`)
	}
	for n := range 8 {
		id := chaosID("institution", n)
		target := map[string]string{"institution": id}
		add("register-institution", nil, "institution/"+id, fmt.Sprintf(
			`{"id":%q,"area":%q,"name":"试用院%d","kind":"apartment","ownership":"public","registered_on":"2021-01-01"}`, id, l.areas.Children(counties[n].Code)[0].Code, n))
		add("open-beds", target, "beds/"+id, `{"beds":100,"nursing_beds":40,"opened_on":"2021-01-05"}`)
		add("operate-beds", target, "operate/"+id, `{"beds":80,"operated_on":"2021-02-05"}`)
	}
	taken, err := l.send(ctx, commands)
	require.NoError(l.t, err)
	require.Len(l.t, taken, len(commands))
}

// record sends batches until it is told to stop. What is refused by a rule is not sent again.
func (l *recording) record(ctx context.Context, stop <-chan struct{}, w int) error {
	r := recorder{recording: l, number: w, rand: rand.New(rand.NewPCG(l.seed, uint64(1+w)))}
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		sent := make([]visitSent, 0, chaosBatch)
		var commands []demo.Command
		for range chaosBatch {
			c, v := r.next()
			commands, sent = append(commands, c), append(sent, v)
		}
		taken, err := l.send(ctx, commands)
		if err != nil {
			return err
		}
		for i, c := range commands {
			if taken[c.Key] && sent[i].id != "" {
				r.visits = append(r.visits, sent[i])
			}
		}
	}
}

type visitSent struct{ elder, id string }

// recorder is one caseworker, with elders of its own.
type recorder struct {
	*recording
	number, count int
	rand          *rand.Rand
	visits        []visitSent
}

func (r *recorder) next() (demo.Command, visitSent) {
	r.count++
	key := fmt.Sprintf("chaos/%d/%d/%d", r.seed, r.number, r.count)
	elder := chaosID("elder", recorders*r.rand.IntN(chaosElders/recorders)+r.number)
	on := calendar.Date(2022, time.January, 1+r.rand.IntN(300)).String()
	outcome := []string{"seen", "seen", "seen", "absent", "hospitalised"}[r.rand.IntN(5)]
	order := func(kind string, target map[string]string, body string) demo.Command {
		return demo.Command{Key: key, Type: kind, Target: target, Body: json.RawMessage(body)}
	}
	what := r.rand.IntN(20)
	if what < 4 && len(r.visits) > 0 {
		at := r.rand.IntN(len(r.visits))
		v := r.visits[at]
		target := map[string]string{"elder": v.elder, "visit": v.id}
		if what > 0 {
			return order("correct-home-visit", target, fmt.Sprintf(`{"occurred_on":%q,"mode":"video","outcome":%q,"reason":"记错"}`, on, outcome)), visitSent{}
		}
		r.visits = append(r.visits[:at], r.visits[at+1:]...)
		return order("enter-home-visit-in-error", target, `{"reason":"登错人"}`), visitSent{}
	}
	if what == 4 {
		institution := chaosID("institution", r.rand.IntN(8))
		return order("admit-elder", map[string]string{"elder": elder}, fmt.Sprintf(`{"institution":%q,"admitted_on":%q}`, institution, on)), visitSent{}
	}
	visit := uuid.NewSHA1(uuid.NameSpaceOID, []byte(key)).String()
	return order("log-home-visit", map[string]string{"elder": elder}, fmt.Sprintf(`{"id":%q,"occurred_on":%q,"mode":"home","outcome":%q}`, visit, on, outcome)),
		visitSent{elder, visit}
}

// send sends commands until each is acknowledged or refused by a rule, and answers the keys of those that were taken.
func (l *recording) send(ctx context.Context, commands []demo.Command) (taken map[string]bool, err error) {
	taken = map[string]bool{}
	for left := commands; len(left) > 0; {
		var answer struct {
			Results []struct {
				Key       string          `json:"key"`
				Status    string          `json:"status"`
				CommandID uuid.UUID       `json:"command_id"`
				Stream    string          `json:"stream"`
				Problem   *client.Problem `json:"problem"`
			} `json:"results"`
		}
		if err := l.client.Post(ctx, "/api/v1/commands", map[string]any{"commands": left}, &answer); err != nil {
			return nil, err
		}
		if len(answer.Results) != len(left) {
			return nil, fmt.Errorf("%d results for %d commands", len(answer.Results), len(left))
		}
		var again []demo.Command
		for i, r := range answer.Results {
			switch {
			case r.Status == "accepted" || r.Status == "duplicate":
				taken[r.Key] = true
				l.mu.Lock()
				l.acknowledged[r.CommandID] = r.Stream
				l.mu.Unlock()
			case r.Problem != nil && r.Problem.Status == http.StatusServiceUnavailable:
				again = append(again, left[i])
			case r.Problem == nil || r.Problem.Status >= http.StatusInternalServerError:
				return nil, fmt.Errorf("%s: %s %w", r.Key, r.Status, r.Problem)
			}
		}
		left = again
	}
	return taken, nil
}
