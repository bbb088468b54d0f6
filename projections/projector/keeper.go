package projector

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
	"unique"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// keeper counts marked slabs and keeps the cells that changed.
type keeper struct {
	projector  *Projector
	engine     indicators.Engine
	increments *indicators.Increments
	kept       map[keptKey]keptValue
}

// keptKey names a cell; there are hundreds of thousands, of few codes and areas.
type keptKey struct {
	code, variant, area unique.Handle[string]
	month               calendar.Month
}

type keptValue struct {
	value, numerator, denominator float64
	records                       uint64
	version                       int
	present                       bool
}

// While far behind, what is counted now would be counted again soon: counting then takes a tenth of the time at most, until
// the projector has caught up.
const (
	pauseWhileBehind = time.Second
	pauseWhileLive   = 60 * time.Millisecond
	sparing          = 9
)

func (p *Projector) newKeeper(ctx context.Context) (*keeper, error) {
	all, err := p.Store.AllKept(ctx, p.Engine.Plan.Prefecture)
	if err != nil {
		return nil, fmt.Errorf("read the kept cells: %w", err)
	}
	increments := &indicators.Increments{Measurer: p.Store, Worth: p.Worth}
	k := &keeper{projector: p, engine: p.Engine, increments: increments, kept: make(map[keptKey]keptValue, len(all))}
	if p.Worth > 0 {
		k.engine.Store = increments
	}
	for _, n := range all {
		k.kept[keyOf(n)] = valueOf(n)
	}
	return k, nil
}

// run counts whenever something is marked, and never spends more than two thirds of the time on it. Nothing is counted
// before the rows that were there at the start are known to be whole.
func (k *keeper) run(ctx context.Context) error {
	if err := k.projector.verify(ctx); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-k.projector.wake:
		}
		replayed := k.projector.takeReplayed()
		marks, reached, live := k.projector.marked()
		started := time.Now()
		if err := k.projector.advance(ctx, reached); err != nil {
			return err
		}
		if k.projector.quiet() && !live {
			k.projector.putBack(marks, replayed)
		} else if err := k.countAndSettle(ctx, marks, reached.At.Number, replayed, started); err != nil {
			return err
		}
		tell(k.projector.rested)
		pause := max(pauseWhileLive, time.Since(started)/2)
		var caughtUp chan struct{}
		if !live {
			pause, caughtUp = max(pauseWhileBehind, sparing*time.Since(started)), k.projector.caughtUp
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		case <-caughtUp:
			timer.Stop()
		}
	}
}

func (k *keeper) countAndSettle(ctx context.Context, marks indicators.Marks, frontier uint64, replayed []facts.Row, started time.Time) error {
	if err := k.count(ctx, marks, frontier); err != nil {
		return err
	}
	return k.projector.settle(ctx, replayed, started)
}

// work is a set of definitions that are marked for the same months.
type work struct {
	definitions []plan.Definition
	months      []calendar.Month
}

// plan turns marks of groups into what is to be counted, each definition once.
func (k *keeper) plan(marks indicators.Marks) []*work {
	byMonths := map[string]*work{}
	var all []*work
	for _, d := range k.projector.Engine.Plan.Definitions {
		months := map[calendar.Month]struct{}{}
		for _, g := range indicators.GroupsOf(d) {
			for _, m := range marks.Months(g) {
				months[m] = struct{}{}
			}
		}
		maps.DeleteFunc(months, func(m calendar.Month, _ struct{}) bool { return !k.projector.Engine.Plan.Counts(d, m) })
		if len(months) == 0 {
			continue
		}
		sorted := slices.Sorted(maps.Keys(months))
		key := fmt.Sprint(sorted)
		if byMonths[key] == nil {
			byMonths[key] = &work{months: sorted}
			all = append(all, byMonths[key])
		}
		byMonths[key].definitions = append(byMonths[key].definitions, d)
	}
	return all
}

// count recounts what is marked at the frontier, keeps what changed and tells.
func (k *keeper) count(ctx context.Context, marks indicators.Marks, frontier uint64) error {
	p := k.projector
	if frontier == 0 {
		return nil
	}
	started := time.Now()
	k.increments.Note(marks, frontier)
	var slabs []Slab
	var changed []indicators.Number
	for _, w := range k.plan(marks) {
		numbers, err := k.engine.Compute(ctx, w.definitions, w.months, frontier)
		if err != nil {
			return err
		}
		at := p.Now().UTC()
		for _, d := range w.definitions {
			for _, m := range w.months {
				slabs = append(slabs, Slab{Code: d.Code, Variant: d.Variant, Month: m, Version: d.Version, Position: frontier, ComputedAt: at})
			}
		}
		changed = append(changed, k.differences(numbers, w, frontier, at)...)
	}
	// Whoever claims the prefecture takes rows back only after that: without a claim until here, all rows were there.
	if err := p.look(ctx); err != nil {
		return err
	}
	if err := p.Store.Keep(ctx, p.Engine.Plan.Prefecture, changed, slabs, frontier); err != nil {
		return fmt.Errorf("keep cells: %w", err)
	}
	p.counted(frontier, started)
	for _, n := range changed {
		k.kept[keyOf(n)] = valueOf(n)
	}
	if len(slabs) == 0 {
		return nil
	}
	return p.Announce(ctx, Notice{Prefecture: p.Engine.Plan.Prefecture, Frontier: frontier, Slabs: touched(slabs, changed)})
}

// differences are the numbers that are not what is kept, and, without a value, those that are no more.
func (k *keeper) differences(numbers []indicators.Number, w *work, frontier uint64, at time.Time) []indicators.Number {
	var changed []indicators.Number
	counted := make(map[keptKey]bool, len(numbers))
	for _, n := range numbers {
		n.Position, n.ComputedAt = frontier, at
		counted[keyOf(n)] = true
		if k.kept[keyOf(n)] != valueOf(n) {
			changed = append(changed, n)
		}
	}
	for _, d := range w.definitions {
		for _, m := range w.months {
			for _, a := range k.projector.Engine.Areas.All() {
				key := keyOf(indicators.Number{Code: d.Code, Variant: d.Variant, Area: a.Code, Month: m})
				if k.kept[key].present && !counted[key] {
					changed = append(changed, indicators.Number{
						Code: d.Code, Variant: d.Variant, Version: d.Version, Area: a.Code, Month: m, Position: frontier, ComputedAt: at,
					})
				}
			}
		}
	}
	return changed
}

// touched lists the slabs in which a cell changed: what a page needs to ask for again.
func touched(slabs []Slab, changed []indicators.Number) []Slab {
	type slab struct {
		code, variant string
		month         calendar.Month
	}
	hit := map[slab]bool{}
	for _, n := range changed {
		hit[slab{n.Code, n.Variant, n.Month}] = true
	}
	touched := []Slab{}
	for _, s := range slabs {
		if hit[slab{s.Code, s.Variant, s.Month}] {
			touched = append(touched, s)
		}
	}
	return touched
}

func keyOf(n indicators.Number) keptKey {
	return keptKey{unique.Make(n.Code), unique.Make(n.Variant), unique.Make(n.Area), n.Month}
}

func valueOf(n indicators.Number) keptValue {
	v := keptValue{records: n.Records, version: n.Version, present: n.Value != nil}
	if n.Value != nil {
		v.value = *n.Value
	}
	if n.Numerator != nil {
		v.numerator = *n.Numerator
	}
	if n.Denominator != nil {
		v.denominator = *n.Denominator
	}
	return v
}
