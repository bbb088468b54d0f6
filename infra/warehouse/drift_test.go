package warehouse_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/oracle"
	"github.com/careledger/careledger/projections/projector"
)

// historiesChecked is how many random histories a test run projects, unless -rapid.checks says otherwise.
const historiesChecked = "8"

// A history with late, corrected and withdrawn records is projected in random batches by a projector that is ended at
// random points, with rows written twice and rows whose checkpoint was lost; some of the events it cannot read at first,
// and parks them until they are replayed. Every cell, now and as known at an earlier
// number, is what the oracle counts; and again after everything was thrown away and built anew.
func TestCellsNeverDrift(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		require.NoError(t, flag.Set("rapid.checks", historiesChecked))
		defer func() { require.NoError(t, flag.Set("rapid.checks", f.DefValue)) }()
	}
	w := open(t)
	p, err := plan.Wenshan()
	require.NoError(t, err)
	areas, err := area.Wenshan()
	require.NoError(t, err)
	d := drift{warehouse: w, engine: indicators.Engine{Plan: p, Areas: areas, Store: w}, shelf: &indicators.Shelf{Store: w}}
	rapid.Check(t, func(t *rapid.T) {
		require.NoError(t, w.Forget(context.Background(), p.Prefecture))
		events := drawHistory(t, areas)
		d.project(t, events, disturbed)
		d.compare(t, events, "projected in batches")
		d.compareKnownAt(t, events)
		d.unmovedByErasures(t, events)
		require.NoError(t, w.Forget(context.Background(), p.Prefecture))
		d.project(t, events, undisturbed)
		d.compare(t, events, "built anew")
	})
}

type drift struct {
	warehouse *warehouse.Warehouse
	engine    indicators.Engine
	shelf     *indicators.Shelf // through all histories
}

// today is when the histories are counted.
var today = time.Date(2022, 7, 10, 4, 0, 0, 0, time.UTC)

type disturbance bool

const (
	undisturbed disturbance = false
	disturbed   disturbance = true
)

var errEnded = errors.New("ended by the test")

// unsteady is a warehouse that writes rows twice, or loses the answer of a write or of a checkpoint, where it is told to.
type unsteady struct {
	*warehouse.Warehouse
	next    func() string
	counted chan uint64
	kept    uint64                   // up to which number the cells were counted
	events  []event.Recorded         // as the log holds them
	unread  func(number uint64) bool // what the projector cannot read at first
}

// lookup reads an event with a build that knows its type.
func (u *unsteady) lookup(_ context.Context, _ string, revision uint64) (event.Recorded, error) {
	return u.events[revision], nil
}

// replays asks again and again for everything, as somebody would who sees that something stays parked.
func (u *unsteady) replays(ctx context.Context, take func(context.Context, projector.Replay) error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		if err := take(ctx, projector.Replay{Request: uuid.New()}); err != nil {
			return err
		}
	}
}

// delivered are events as the projector's build reads them.
func (u *unsteady) delivered(events []event.Recorded) []event.Recorded {
	read := slices.Clone(events)
	for i, e := range read {
		if u.unread(e.Number) {
			read[i].Event = nil
		}
	}
	return read
}

func (u *unsteady) Write(ctx context.Context, rows []facts.Row) error {
	if settles(rows) {
		defer func() { u.counted <- u.kept }() // it comes behind Keep, from the same goroutine
	}
	switch u.next() {
	case "rows are written twice":
		return errors.Join(u.Warehouse.Write(ctx, rows), u.Warehouse.Write(ctx, rows))
	case "rows are written, and their answer is lost":
		return errors.Join(u.Warehouse.Write(ctx, rows), errEnded)
	case "rows are not written":
		return errEnded
	}
	return u.Warehouse.Write(ctx, rows)
}

func (u *unsteady) Keep(ctx context.Context, prefecture string, changed []indicators.Number, slabs []projector.Slab, upTo uint64) error {
	if err := u.Warehouse.Keep(ctx, prefecture, changed, slabs, upTo); err != nil {
		return err
	}
	u.kept = upTo
	u.counted <- upTo
	return nil
}

// settles reports whether rows say that parked events are parked no more.
func settles(rows []facts.Row) bool {
	if len(rows) == 0 {
		return false
	}
	p, ok := rows[0].(facts.Parked)
	return ok && p.SettledAt.After(facts.Never())
}

// project runs projectors, one after the other, until everything is counted.
func (d *drift) project(t *rapid.T, events []event.Recorded, how disturbance) {
	plan := []string{}
	sizes, unread := []int{len(events)}, func(uint64) bool { return false }
	if how == disturbed {
		every, rest := rapid.Uint64Range(2, 30).Draw(t, "one of how many cannot be read"), rapid.Uint64Range(0, 1).Draw(t, "which")
		unread = func(number uint64) bool { return number%every == rest }
		sizes = rapid.SliceOfN(rapid.IntRange(1, 20), 1, 8).Draw(t, "batches")
		plan = rapid.SliceOfN(rapid.SampledFrom([]string{
			"", "", "", "", "rows are written twice", "rows are written, and their answer is lost", "rows are not written", "the projector ends after them",
		}), 0, 12).Draw(t, "what happens to each batch")
	}
	steps := make(chan string, len(plan))
	for _, s := range plan {
		steps <- s
	}
	current := ""
	last := events[len(events)-1].Number
	u := &unsteady{Warehouse: d.warehouse, events: events, unread: unread, next: func() string {
		select {
		case current = <-steps:
		default:
			current = ""
		}
		return current
	}}
	batch := 0
	live := rapid.Bool().Draw(t, "each batch is counted")
	feed := func(ctx context.Context, from event.Checkpoint, take func(context.Context, []event.Recorded, bool) error) error {
		rest := events
		for len(rest) > 0 && rest[0].Number <= from.Number {
			rest = rest[1:]
		}
		for len(rest) > 0 {
			n := min(len(rest), sizes[batch%len(sizes)])
			batch++
			if err := take(ctx, u.delivered(rest[:n]), live || n == len(rest)); err != nil {
				return err
			}
			if current == "the projector ends after them" {
				return errEnded
			}
			rest = rest[n:]
		}
		<-ctx.Done()
		return ctx.Err()
	}
	for range 20 { // more than can be disturbed
		if d.run(t, u, feed, last) {
			return
		}
	}
	t.Fatal("not everything was counted")
}

// run runs one projector until it has counted up to a number, or ends by itself.
func (d *drift) run(t *rapid.T, u *unsteady, feed projector.Feed, upTo uint64) (counted bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	u.counted, u.kept = make(chan uint64, 10_000), 0
	p := projector.Projector{
		Engine: d.engine, Store: u, Feed: feed, Epoch: 1, Mismatch: func(error) bool { return false },
		Announce: func(context.Context, projector.Notice) error { return nil },
		Now:      func() time.Time { return today }, Logger: slog.New(slog.DiscardHandler), Lookup: u.lookup, Replays: u.replays,
		Worth: time.Nanosecond, // whatever can be counted on is
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	for {
		select {
		case n := <-u.counted:
			parked, err := d.warehouse.ParkedCount(ctx, d.engine.Plan.Prefecture)
			require.NoError(t, err)
			if n >= upTo && parked == 0 {
				cancel()
				<-ended
				return true
			}
		case err := <-ended:
			if !errors.Is(err, errEnded) {
				t.Fatalf("the projector ended by itself: %v", err)
			}
			return false
		}
	}
}

func (d *drift) months() (all []calendar.Month) {
	for m := d.engine.Plan.BaselineOn.Month(); m <= calendar.DayOf(today).Month(); m++ {
		all = append(all, m)
	}
	return all
}

// compare holds every kept cell against the oracle.
func (d *drift) compare(t *rapid.T, events []event.Recorded, when string) {
	kept, err := d.warehouse.AllKept(context.Background(), d.engine.Plan.Prefecture)
	require.NoError(t, err)
	last := events[len(events)-1].Number
	d.same(t, kept, events, d.months(), last, when)

	month := rapid.SampledFrom(d.months()).Draw(t, "at hand")
	read, err := d.warehouse.Kept(context.Background(), d.engine.Plan.Prefecture, []calendar.Month{month}, nil, nil)
	require.NoError(t, err)
	shown, err := d.shelf.Kept(context.Background(), d.engine.Plan.Prefecture, []calendar.Month{month}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, read.Counted, shown.Counted, when)
	require.ElementsMatch(t, read.Numbers, shown.Numbers, when)
}

func (d *drift) compareKnownAt(t *rapid.T, events []event.Recorded) {
	number := rapid.Uint64Range(1, events[len(events)-1].Number).Draw(t, "known up to")
	months := []calendar.Month{rapid.SampledFrom(d.months()).Draw(t, "month")}
	numbers, err := d.engine.Compute(context.Background(), d.engine.Plan.Definitions, months, number)
	require.NoError(t, err)
	d.same(t, numbers, events, months, number, fmt.Sprintf("as known at %d", number))
}

// unmovedByErasures holds the cells at an erasure against those just before it, and against the oracle's without any.
func (d *drift) unmovedByErasures(t *rapid.T, events []event.Recorded) {
	var erasures []uint64
	rest := slices.DeleteFunc(slices.Clone(events), func(r event.Recorded) bool {
		_, is := r.Event.(person.Erased)
		if is {
			erasures = append(erasures, r.Number)
		}
		return is
	})
	if len(erasures) == 0 {
		return
	}
	number := rapid.SampledFrom(erasures).Draw(t, "erasure")
	months := []calendar.Month{rapid.SampledFrom(d.months()).Draw(t, "month of an erasure")}
	before, err := d.engine.Compute(context.Background(), d.engine.Plan.Definitions, months, number-1)
	require.NoError(t, err)
	after, err := d.engine.Compute(context.Background(), d.engine.Plan.Definitions, months, number)
	require.NoError(t, err)
	require.Equal(t, before, after)
	d.same(t, after, rest, months, number, fmt.Sprintf("at the erasure %d", number))
}

func (d *drift) same(t *rapid.T, numbers []indicators.Number, events []event.Recorded, months []calendar.Month, number uint64, when string) {
	type key struct {
		oracle.Key
		month calendar.Month
	}
	got := map[key]oracle.Cell{}
	for _, n := range numbers {
		if n.Value == nil {
			continue
		}
		cell := oracle.Cell{Value: *n.Value, Numerator: *n.Numerator, Records: n.Records}
		if n.Denominator != nil {
			cell.Denominator = *n.Denominator
		}
		got[key{oracle.Key{Code: n.Code, Variant: n.Variant, Area: n.Area}, n.Month}] = cell
	}
	wanted := 0
	for _, m := range months {
		for k, want := range oracle.Cells(d.engine.Plan, d.engine.Areas, events, number, m) {
			wanted++
			if have, there := got[key{k, m}]; !there || have != want {
				t.Fatalf("%s: %s %v: %+v (there: %v), and the oracle counts %+v", when, m, k, have, there, want)
			}
		}
	}
	if wanted != len(got) {
		t.Fatalf("%s: %d cells, and the oracle counts %d", when, len(got), wanted)
	}
}
