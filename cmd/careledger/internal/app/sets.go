package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/projection"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/freshness"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/lineage"
	"github.com/careledger/careledger/projections/registers"
)

// sets are the sets of facts and cells of one prefecture, as its projection's stream has them.
type sets struct {
	app        *App
	prefecture string

	mu      sync.Mutex
	state   projection.State
	known   bool          // the state was read
	changed chan struct{} // closed at the next change

	shelved   *indicators.Shelf
	shelvedOf int // which set
}

// wait waits until the state was read; false where ctx ended before.
func (s *sets) wait(ctx context.Context) bool {
	for {
		s.mu.Lock()
		known, changed := s.known, s.changed
		s.mu.Unlock()
		if known {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func newSets(a *App, prefecture string) *sets {
	return &sets{app: a, prefecture: prefecture, state: projection.Begun(), changed: make(chan struct{})}
}

// now answers the state, and a channel that closes when it changes.
func (s *sets) now() (projection.State, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.changed
}

// serving is the set from which numbers are read.
func (s *sets) serving() *warehouse.Warehouse {
	state, _ := s.now()
	return s.app.engines.warehouse.Set(state.Serving)
}

// shelf is the set that serves, with the cells that were last asked for at hand.
func (s *sets) shelf() (*indicators.Shelf, *warehouse.Warehouse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.app.engines.warehouse.Set(s.state.Serving)
	if s.shelved == nil || s.shelvedOf != s.state.Serving {
		s.shelved, s.shelvedOf = &indicators.Shelf{Store: w}, s.state.Serving
	}
	return s.shelved, w
}

func (s *sets) serves(set int) bool {
	state, _ := s.now()
	return state.Serving == set
}

// load reads the stream anew.
func (s *sets) load(ctx context.Context) error {
	events, err := s.app.engines.log.Load(ctx, projection.Stream(s.prefecture), 0)
	if err != nil {
		return fmt.Errorf("read the projection of %s: %w", s.prefecture, err)
	}
	state := projection.Begun()
	for _, r := range events {
		state = projection.Evolve(state, r.Event)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.known = state, true
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// follow keeps the state as the log has it.
func (s *sets) follow(ctx context.Context) error {
	from, err := s.app.engines.log.End(ctx) // what is appended from here on is heard, and all before is read
	if err != nil {
		return err
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	var types []string
	for _, t := range projection.Types() {
		types = append(types, t.Name)
	}
	return s.app.engines.log.Watch(ctx, from, types, func(ctx context.Context, events []event.Recorded, _ event.Position) error {
		if slices.ContainsFunc(events, func(r event.Recorded) bool { return r.Metadata.Prefecture() == s.prefecture }) {
			return s.load(ctx)
		}
		return nil
	})
}

// say runs a command on the projection's stream.
func (s *sets) say(ctx context.Context, c projection.Command, who command.Context) command.Outcome {
	outcome := command.Execute(ctx, s.app.handler, projection.Decider(), projection.Stream(s.prefecture), []command.Item[projection.Command]{{
		Context: who, Entity: command.EntityFor(who.ID, "rebuild"), OccurredOn: calendar.DayOf(s.app.options.Now()), Command: c,
	}})[0]
	if outcome.Err == nil {
		outcome.Err = s.load(ctx)
	}
	return outcome
}

// feedSets keeps a projector at work for each set that is fed, and throws away what is not needed any more.
func (p *prefecture) feedSets(ctx context.Context) {
	stop := map[int]func(){} // by set
	var all sync.WaitGroup
	defer all.Wait()
	for ctx.Err() == nil {
		state, changed := p.sets.now()
		for set, end := range stop {
			if !slices.Contains(state.Fed(), set) {
				end()
				delete(stop, set)
			}
		}
		for _, set := range state.Fed() {
			if stop[set] != nil {
				continue
			}
			work, cancel := context.WithCancel(ctx)
			ended := make(chan struct{})
			stop[set] = func() { cancel(); <-ended }
			all.Go(func() {
				defer close(ended)
				p.keep(work, p.leaseOf(set), func(ctx context.Context, term uint64) error { return p.project(ctx, term, set) })
			})
		}
		p.discard(ctx, state)
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

func (p *prefecture) leaseOf(set int) string {
	if set == projection.First {
		return "projector-" + p.code()
	}
	return fmt.Sprintf("projector-%s-set%d", p.code(), set)
}

// discard empties the sets that will never be read again.
func (p *prefecture) discard(ctx context.Context, state projection.State) {
	for set := projection.First; set <= state.Last; set++ {
		if set == state.Serving || set == state.Previous || set == state.Building || p.discarded[set] {
			continue
		}
		w := p.app.engines.warehouse.Set(set)
		if err := errors.Join(w.Migrate(ctx), w.Forget(ctx, p.code())); err != nil {
			p.app.options.Logger.Debug("a set that is not needed is still there", "prefecture", p.code(), "set", set, "error", err)
			continue
		}
		p.discarded[set] = true
	}
}

// build watches over the set that is built, and promotes it as soon as it follows the log. One process at a time does.
func (p *prefecture) build(ctx context.Context, _ uint64) error {
	current := false
	tick := time.NewTicker(buildLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		var err error
		if !current {
			current, err = p.current(ctx)
		}
		if err = errors.Join(err, p.promote(ctx)); err != nil {
			return err
		}
	}
}

const buildLook = 500 * time.Millisecond

// current begins to build a set anew where the one that serves was begun with another version of what events are turned
// into. It answers false where that is not known yet.
func (p *prefecture) current(ctx context.Context) (bool, error) {
	state, _ := p.sets.now()
	if state.Building > 0 {
		return true, nil
	}
	at, err := p.sets.serving().Progress(ctx, p.code())
	if err != nil || at.Term == 0 {
		return false, nil //nolint:nilerr // it is being made
	}
	built := max(at.Facts, firstFacts)
	if built == facts.Version || at.At.Number == 0 { // nothing yet: it is begun with this version
		return true, nil
	}
	return true, p.sets.say(ctx, projection.Begin{Area: p.areas.Root().Code, Facts: facts.Version, Reason: fmt.Sprintf("facts %d → %d", built, facts.Version)},
		command.ProcessContext("projector", p.app.options.Now())).Err
}

// firstFacts is the version of the sets that do not say with which they were begun.
const firstFacts = 1

// promote makes a set serve that has counted everything, with no more events parked than the one that serves.
func (p *prefecture) promote(ctx context.Context) error {
	state, _ := p.sets.now()
	if state.Building == 0 || state.Paused {
		return nil
	}
	building, head := p.app.engines.warehouse.Set(state.Building), p.app.newest(p.code())
	counted, err := building.Frontier(ctx, p.code())
	if err != nil || head == 0 || counted < head {
		return nil //nolint:nilerr // it is being made
	}
	parked, err := building.ParkedCount(ctx, p.code())
	if err != nil {
		return err
	}
	before, err := p.sets.serving().ParkedCount(ctx, p.code())
	if err != nil {
		before = 0 // the set that serves may be gone
	}
	if parked > before {
		p.app.options.Logger.Warn("the new set cannot count events that the old one can, and does not take its place", "prefecture", p.code(), "set", state.Building, "parked", parked)
		return nil
	}
	err = p.sets.say(ctx, projection.Promote{Set: state.Building, Position: counted}, command.ProcessContext("projector", p.app.options.Now())).Err
	if f, refused := fault.Of(err); refused && f.Kind == fault.Refused { // it was abandoned just now
		return p.sets.load(ctx)
	}
	if err == nil {
		p.app.options.Logger.Info("a new set serves", "prefecture", p.code(), "set", state.Building, "number", counted)
	}
	return err
}

// served answers numbers and lists from the set that serves when it is asked.
type served struct{ *prefecture }

func (s served) Cells(ctx context.Context, q indicators.Query) (indicators.Answer, error) {
	return s.cells().Cells(ctx, q)
}

func (s served) Trend(ctx context.Context, q indicators.TrendQuery) (indicators.Answer, error) {
	return s.cells().Trend(ctx, q)
}

func (s served) Allotted(ctx context.Context, code string, factors map[string]float64) (indicators.Allotted, error) {
	return s.cells().Allotted(ctx, code, factors)
}

func (s served) Periods(ctx context.Context, area string) (indicators.Periods, error) {
	return s.cells().Periods(ctx, area)
}

func (s served) Rows(ctx context.Context, q lineage.Query) (lineage.Page, error) {
	return s.lineage().Rows(ctx, q)
}

func (s served) Differences(ctx context.Context, q lineage.DifferenceQuery) (lineage.DifferencePage, error) {
	return s.lineage().Differences(ctx, q)
}

func (s served) Elders(ctx context.Context, prefecture string, areas []string, after uuid.UUID, limit int) (registers.Elders, error) {
	return s.sets.serving().Elders(ctx, prefecture, areas, after, limit)
}

func (s served) AreasHeard(ctx context.Context, prefecture string) ([]freshness.AreaHeard, error) {
	return s.sets.serving().AreasHeard(ctx, prefecture)
}

func (s served) DevicesHeard(ctx context.Context, prefecture string, since time.Time) ([]freshness.DeviceHeard, error) {
	return s.sets.serving().DevicesHeard(ctx, prefecture, since)
}

func (s served) Alerts(ctx context.Context, prefecture string, areas []string, state string) ([]registers.Alert, error) {
	return s.sets.serving().Alerts(ctx, prefecture, areas, state)
}
