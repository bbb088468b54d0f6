package app

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/plan"
)

// prefectures are those that the process works for: its own, where it serves a page, and all whose plan and areas the log
// holds, as they were last adopted.
type prefectures struct {
	app     *App
	running context.Context //nolint:containedctx // the work's, which outlives a broken watch

	mu  sync.Mutex
	all map[string]*adopted
}

// adopted is what the log says of a prefecture, and the work that goes on for it.
type adopted struct {
	plan, areas []byte
	own         bool // its plan and areas are this process's, whatever the log says
	work        *prefecture
	stop        func()
}

func newPrefectures(ctx context.Context, a *App) *prefectures {
	return &prefectures{app: a, running: ctx, all: map[string]*adopted{}}
}

// serve begins the work for the prefecture whose page this process serves.
func (p *prefectures) serve() {
	p.mu.Lock()
	defer p.mu.Unlock()
	own := &adopted{own: true}
	p.all[p.app.plan.Prefecture] = own
	p.begin(own, p.app.own)
}

// adoptions notes in the log how far it has been looked through for adopted plans and areas, and the streams that hold them.
type adoptions struct {
	At      event.Position `json:"position"`
	Streams []string       `json:"streams"`
}

// follow begins the work for each prefecture that the log knows of, and anew where its plan or areas change.
func (p *prefectures) follow(ctx context.Context) error {
	log := p.app.engines.log
	noted := log.Note("prefectures")
	var known adoptions
	if _, err := noted.Read(ctx, &known); err != nil {
		return err
	}
	var before []event.Recorded
	for _, stream := range known.Streams {
		events, err := log.Load(ctx, stream, 0)
		if err != nil {
			return fmt.Errorf("read what was adopted: %w", err)
		}
		before = append(before, events...)
	}
	p.take(before)
	types := []string{ledger.PlanAdopted{}.EventType(), ledger.AreasAdopted{}.EventType()}
	return log.Watch(ctx, known.At, types, func(ctx context.Context, events []event.Recorded, at event.Position) error {
		p.take(events)
		for _, r := range events {
			if !slices.Contains(known.Streams, r.Stream) {
				known.Streams = append(known.Streams, r.Stream)
			}
		}
		known.At = at
		return noted.Write(ctx, known)
	})
}

// take begins the work anew for each prefecture of which events adopt something.
func (p *prefectures) take(events []event.Recorded) {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := map[string]*adopted{}
	for _, r := range events {
		if code, a := p.note(r); a != nil {
			changed[code] = a
		}
	}
	for code, a := range changed {
		p.restart(code, a)
	}
}

// note keeps what an event adopts, and answers its prefecture where that is news.
func (p *prefectures) note(r event.Recorded) (code string, a *adopted) {
	code = r.Metadata.Prefecture()
	a = p.all[code]
	if a == nil {
		a = &adopted{}
		p.all[code] = a
	}
	if a.own {
		return code, nil
	}
	kept, content := &a.plan, []byte(nil)
	switch e := r.Event.(type) {
	case ledger.PlanAdopted:
		content = e.Content
	case ledger.AreasAdopted:
		kept, content = &a.areas, []byte(e.Content)
	}
	if content == nil || bytes.Equal(*kept, content) {
		return code, nil
	}
	*kept = content
	return code, a
}

func (p *prefectures) restart(code string, a *adopted) {
	if a.plan == nil || a.areas == nil {
		return
	}
	read, err := plan.Read(bytes.NewReader(a.plan))
	if err != nil {
		p.app.options.Logger.Error("an adopted plan cannot be used by this build", "prefecture", code, "error", err)
		return
	}
	areas, err := area.Load(strings.NewReader(string(a.areas)))
	if err != nil || areas.Root().Code[:4] != read.Prefecture {
		p.app.options.Logger.Error("an adopted table of areas cannot be used by this build", "prefecture", code, "error", err)
		return
	}
	p.begin(a, p.app.newPrefecture(read, areas))
}

// begin starts work once what was done before has ended.
func (p *prefectures) begin(a *adopted, work *prefecture) {
	before := a.stop
	ctx, cancel := context.WithCancel(p.running)
	ended := make(chan struct{})
	a.stop = func() {
		cancel()
		<-ended
	}
	a.work = work
	p.app.work.Go(func() {
		defer close(ended)
		if before != nil {
			before()
		}
		work.run(ctx)
	})
}

// list answers what there is work for, by code.
func (p *prefectures) list() []*prefecture {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*prefecture
	for _, code := range slices.Sorted(maps.Keys(p.all)) {
		if work := p.all[code].work; work != nil {
			all = append(all, work)
		}
	}
	return all
}
