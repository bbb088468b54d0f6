package lineage

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	MonthOf(p calendar.Period) calendar.Month
}

// ErrNoCell is answered where there is no cell to be behind: the code, the variant or the area has none.
var ErrNoCell = errors.New("there is no such cell")

// Rows answers a page of the rows behind a cell.
func (s *Service) Rows(ctx context.Context, q Query) (Page, error) {
	at, cell, counted, err := s.find(ctx, q.Of, q.State)
	if err != nil {
		return Page{}, err
	}
	rows, totals, err := s.Store.Lineage(ctx, at, q.Role, q.After, q.Limit+1)
	if err != nil {
		return Page{}, fmt.Errorf("list what is behind %s: %w", q.Code, err)
	}
	p := Page{Rows: rows[:min(len(rows), q.Limit)], More: len(rows) > q.Limit, Totals: totals, Cell: cell, Counted: counted}
	keys := make([]Key, len(p.Rows))
	for i, r := range p.Rows {
		keys[i] = r.Key
	}
	events, err := s.behind(ctx, at, 0, keys)
	for i, r := range p.Rows {
		p.Rows[i].Events = events[r.Key]
	}
	return p, err
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
	within := s.Areas.Within(of.Area)
	if !ok || len(within) == 0 {
		return at, shown, 0, ErrNoCell
	}
	if shown, counted, err = s.shown(ctx, d, of.Area, state); err != nil {
		return at, shown, 0, err
	}
	at = Cell{
		Definition: d, Prefecture: s.Plan.Prefecture, Area: of.Area, Month: s.Cells.MonthOf(state.Period), From: s.Plan.BaselineOn + 1, Number: shown.Position,
	}
	for _, a := range within {
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
