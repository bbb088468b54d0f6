package lineage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// Service answers what is behind the cells of one prefecture.
type Service struct {
	Plan  *plan.Plan
	Areas *area.Table
	Cells Cells
	Store Store
}

// Cells answers cells as indicators.Service does.
type Cells interface {
	Cells(ctx context.Context, q indicators.Query) (indicators.Answer, error)
}

// ErrNoCell is answered where there is no cell to be behind: the code, the variant or the area has none.
var ErrNoCell = errors.New("there is no such cell")

// Rows answers a page of the rows behind a cell.
func (s *Service) Rows(ctx context.Context, q Query) (Page, error) {
	at, cell, counted, err := s.find(ctx, q.Of, q.State)
	if err != nil {
		return Page{}, err
	}
	p := Page{Cell: cell, Counted: counted}
	var parts sync.WaitGroup
	var failed [2]error
	parts.Go(func() { p.Rows, p.More, failed[0] = s.page(ctx, at, q) })
	parts.Go(func() { p.Totals, failed[1] = s.totals(ctx, at, q) })
	parts.Wait()
	return p, errors.Join(failed[:]...)
}

// page answers rows with their events, and whether there are more.
func (s *Service) page(ctx context.Context, at Cell, q Query) (rows []Row, more bool, err error) {
	if rows, err = Read(ctx, s.Store, at, q.Role, q.After, q.Limit+1, firstReach); err != nil {
		return nil, false, fmt.Errorf("list what is behind %s: %w", q.Code, err)
	}
	if more = len(rows) > q.Limit; more {
		rows = rows[:q.Limit]
	}
	keys := make([]Key, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	events, err := s.behind(ctx, at, 0, keys)
	for i, r := range rows {
		rows[i].Events = events[r.Key]
	}
	return rows, more, err
}

// totals answers those that an earlier page had, or adds all up.
func (s *Service) totals(ctx context.Context, at Cell, q Query) (Totals, error) {
	if q.Totals != nil {
		return *q.Totals, nil
	}
	totals, err := s.Store.Totals(ctx, at)
	if err != nil {
		return Totals{}, fmt.Errorf("add up what is behind %s: %w", q.Code, err)
	}
	return totals, nil
}

// firstReach is how many subjects a page looks at first; where it is not filled, it looks at more and more of them.
const firstReach = 200

// Read answers the rows behind one, at most limit. Where all that counts is of one kind, it looks at its subjects part by
// part, in the order of their ids, in which the facts lie: a page costs what it shows, and not what all of the prefecture
// does. reach is how many subjects it looks at first.
func Read(ctx context.Context, store Store, at Cell, role Role, after Key, limit, reach int) ([]Row, error) {
	kind := at.WindowKind()
	if kind == "" || after.Kind > kind {
		return store.Rows(ctx, at, role, Window{After: after}, limit)
	}
	var rows []Row
	for ; ; reach *= 4 {
		from := after
		if from.Kind != kind {
			from = Key{Kind: kind}
		}
		until, err := store.Reach(ctx, at, from, reach)
		if err != nil {
			return nil, err
		}
		part, err := store.Rows(ctx, at, role, Window{After: after, Until: until}, limit-len(rows))
		rows = append(rows, part...)
		if err != nil || len(rows) == limit || until == (Key{}) {
			return rows, err
		}
		after = until
	}
}

// Differences answers a page of the subjects that make two states of a cell differ.
func (s *Service) Differences(ctx context.Context, q DifferenceQuery) (DifferencePage, error) {
	after, cell, counted, err := s.find(ctx, q.Of, q.State)
	if err != nil {
		return DifferencePage{}, err
	}
	before, against, _, err := s.find(ctx, q.Of, q.Against)
	if err != nil {
		return DifferencePage{}, err
	}
	rows, totals, err := s.Store.Differences(ctx, before, after, q.After, q.Limit+1)
	if err != nil {
		return DifferencePage{}, fmt.Errorf("compare what is behind %s: %w", q.Code, err)
	}
	p := DifferencePage{Rows: rows[:min(len(rows), q.Limit)], More: len(rows) > q.Limit, Totals: totals, Cell: cell, Against: against, Counted: counted}
	keys := make([]Key, len(p.Rows))
	for i, r := range p.Rows {
		keys[i] = r.Key
	}
	events, err := s.between(ctx, before, after, keys)
	for i, r := range p.Rows {
		p.Rows[i].Events = events[r.Key]
	}
	return p, err
}

// between answers the events that were recorded between two states of one month, or all that are behind two months.
func (s *Service) between(ctx context.Context, before, after Cell, keys []Key) (map[Key][]facts.Event, error) {
	if before.Month == after.Month {
		if before.Number > after.Number {
			before, after = after, before
		}
		return s.behind(ctx, after, before.Number, keys)
	}
	all, err := s.behind(ctx, after, 0, keys)
	if err != nil {
		return nil, err
	}
	others, err := s.behind(ctx, before, 0, keys)
	for key, events := range others {
		both := append(events, all[key]...)
		slices.SortFunc(both, func(a, b facts.Event) int { return int(a.Number) - int(b.Number) })
		all[key] = slices.CompactFunc(both, func(a, b facts.Event) bool { return a.Number == b.Number })
	}
	return all, err
}

func (s *Service) behind(ctx context.Context, at Cell, above uint64, keys []Key) (map[Key][]facts.Event, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	events, err := s.Store.Behind(ctx, at, above, keys)
	if err != nil {
		return nil, fmt.Errorf("find the events behind %s: %w", at.Definition.Code, err)
	}
	return events, nil
}

// find answers how the store knows the cell of a state, the cell itself, and how far the projection is.
func (s *Service) find(ctx context.Context, of Of, state State) (at Cell, shown indicators.Cell, counted uint64, err error) {
	d, ok := s.Plan.Find(of.Code, of.Variant)
	_, exists := s.Areas.Find(of.Area)
	if !ok || !exists {
		return at, shown, 0, ErrNoCell
	}
	if shown, counted, err = s.shown(ctx, d, of.Area, state); err != nil {
		return at, shown, 0, err
	}
	at = Cell{
		Definition: d, Prefecture: s.Plan.Prefecture, Area: shown.Area, Whole: shown.Area == s.Areas.Root().Code, Month: shown.Month, Begin: d.PeriodType().Of(shown.Month).First,
		From: s.Plan.BaselineOn + 1, Number: shown.Position,
	}
	if at.Merges, err = s.Store.Merges(ctx, at.Prefecture, at.Number); err != nil {
		return at, shown, 0, err
	}
	if d.Rollup == plan.Lowest {
		if at.Area, err = s.lowest(ctx, d, shown, state.Period); err != nil {
			return at, shown, 0, err
		}
	}
	for _, a := range s.Areas.Within(at.Area) {
		at.Areas = append(at.Areas, a.Code)
	}
	return at, shown, counted, nil
}

// shown is the cell itself. On a later page its number is known: the kept cell may still have it, else it is counted anew.
func (s *Service) shown(ctx context.Context, d plan.Definition, area string, state State) (c indicators.Cell, counted uint64, err error) {
	q := indicators.Query{Area: area, Level: indicators.Self, Period: state.Period, Codes: []string{d.Code}}
	if state.Number == 0 {
		q.KnownAt = state.KnownAt
		return s.ask(ctx, q, d.Variant)
	}
	if state.KnownAt.IsZero() {
		if c, counted, err = s.ask(ctx, q, d.Variant); err != nil || c.Position == state.Number {
			return c, counted, err
		}
	}
	q.Number = state.Number
	return s.ask(ctx, q, d.Variant)
}

func (s *Service) ask(ctx context.Context, q indicators.Query, variant string) (indicators.Cell, uint64, error) {
	a, err := s.Cells.Cells(ctx, q)
	if err != nil {
		return indicators.Cell{}, 0, err
	}
	for _, c := range a.Cells {
		if c.Definition.Variant == variant {
			return c, a.Counted, nil
		}
	}
	return indicators.Cell{}, 0, ErrNoCell
}

// lowest is the township whose number an area shows where the lowest one counts; the area itself where none has a number.
func (s *Service) lowest(ctx context.Context, d plan.Definition, shown indicators.Cell, p calendar.Period) (string, error) {
	if a, _ := s.Areas.Find(shown.Area); a.Level == area.Township || shown.Value == nil {
		return shown.Area, nil
	}
	a, err := s.Cells.Cells(ctx, indicators.Query{Area: shown.Area, Level: indicators.Townships, Period: p, Codes: []string{d.Code}, Number: shown.Position})
	lowest := indicators.Cell{Area: shown.Area}
	for _, c := range a.Cells {
		if c.Definition.Variant == d.Variant && c.Value != nil && (lowest.Value == nil || *c.Value < *lowest.Value) {
			lowest = c
		}
	}
	return lowest.Area, err
}
