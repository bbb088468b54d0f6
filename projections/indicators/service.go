package indicators

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

// Kept are kept numbers of a prefecture, and the ledger number up to which every cell of it is counted, and when. Position
// and ComputedAt of a number are its slab's: when it was last counted.
type Kept struct {
	Numbers   []Number
	Counted   uint64
	CountedAt time.Time
}

func (k Kept) folded() Folded { return Folded{k.Counted, k.CountedAt} }

// Store answers kept cells.
type Store interface {
	Measurer
	// Kept answers the kept numbers of a prefecture for months, areas and codes; none of them: all.
	Kept(ctx context.Context, prefecture string, months []calendar.Month, areas, codes []string) (Kept, error)
	// Frontier is the ledger number up to which every cell of the prefecture is counted.
	Frontier(ctx context.Context, prefecture string) (uint64, error)
	// NumberAt is the last ledger number such that everything up to it was recorded by t.
	NumberAt(ctx context.Context, prefecture string, t time.Time) (uint64, error)
	// Doubts answers what the events may touch that could not be folded into cells.
	Doubts(ctx context.Context, prefecture string, cells Folded) ([]Doubt, error)
	// VisitedAreas answers, per month, the areas where an indicator has records.
	VisitedAreas(ctx context.Context, prefecture, code string) (map[calendar.Month][]string, error)
}

// Service answers cells: numbers with what the plan says of them.
type Service struct {
	Engine Engine
	Store  Store
	Now    func() time.Time
	// Adopted answers what was adopted for areas, in the log's order; nil: nothing was.
	Adopted func() []plan.AreaTarget
}

// Cells answers the cells of a period, ordered by area and then in the plan's order. An area without a number answers
// a cell without data.
func (s *Service) Cells(ctx context.Context, q Query) (Answer, error) {
	areas := s.areas(q.Area, q.Level)
	month := s.monthOf(q.Period)
	if !q.KnownAt.IsZero() || q.Number > 0 {
		return s.knownAt(ctx, q, areas, month)
	}
	kept, err := s.Store.Kept(ctx, s.Engine.Plan.Prefecture, []calendar.Month{month}, nil, q.Codes) // of all areas: the townships say what is missing
	if err != nil {
		return Answer{}, err
	}
	cells, err := s.explain(ctx, kept.Numbers, areas, []calendar.Month{month}, q.Codes, "", kept.folded())
	s.say(cells, month, kept.Numbers)
	return Answer{Cells: cells, Frontier: kept.Counted, Counted: kept.Counted}, err
}

// Trend answers one indicator area by area, month by month.
func (s *Service) Trend(ctx context.Context, q TrendQuery) (Answer, error) {
	areas := s.areas(q.Area, q.Level)
	if len(areas) == 0 {
		return Answer{}, nil
	}
	codes := []string{s.root().Code}
	for _, a := range areas {
		codes = append(codes, a.Code)
	}
	if q.Variant == "" {
		q.Variant = plan.Official
	}
	var months []calendar.Month
	for m := q.From; m <= q.To; m++ {
		months = append(months, m)
	}
	kept, err := s.Store.Kept(ctx, s.Engine.Plan.Prefecture, months, codes, []string{q.Code})
	if err != nil {
		return Answer{}, err
	}
	cells, err := s.explain(ctx, kept.Numbers, areas, months, []string{q.Code}, q.Variant, kept.folded())
	for i, c := range cells {
		s.say(cells[i:i+1], c.Month, nil)
	}
	return Answer{Cells: cells, Frontier: kept.Counted, Counted: kept.Counted}, err
}

// Periods says which months a page should offer.
func (s *Service) Periods(ctx context.Context, _ string) (Periods, error) {
	current := calendar.DayOf(s.Now()).Month()
	p := Periods{First: s.Engine.Plan.BaselineOn.Month(), Newest: current, Current: current}
	visited, err := s.Store.VisitedAreas(ctx, s.Engine.Plan.Prefecture, s.Engine.Plan.Headline)
	if err != nil {
		return p, err
	}
	var months []calendar.Month
	for m, townships := range visited {
		if s.holdsAWholeCounty(townships) {
			months = append(months, m)
		}
	}
	if len(months) > 0 {
		p.Newest = slices.Max(months)
	}
	return p, nil
}

func (s *Service) holdsAWholeCounty(townships []string) bool {
	return slices.ContainsFunc(s.areas(s.root().Code, Counties), func(county area.Area) bool {
		below := s.Engine.Areas.Children(county.Code)
		return len(below) > 0 && !slices.ContainsFunc(below, func(t area.Area) bool { return !slices.Contains(townships, t.Code) })
	})
}

// knownAt counts the month from the facts, up to the number that was reached at that time.
func (s *Service) knownAt(ctx context.Context, q Query, areas []area.Area, month calendar.Month) (Answer, error) {
	counted, err := s.Store.Frontier(ctx, s.Engine.Plan.Prefecture)
	if err != nil {
		return Answer{}, fmt.Errorf("read the frontier: %w", err)
	}
	number := q.Number
	if number == 0 {
		if number, err = s.Store.NumberAt(ctx, s.Engine.Plan.Prefecture, q.KnownAt); err != nil {
			return Answer{}, fmt.Errorf("find what was known at that time: %w", err)
		}
	}
	all, err := s.Store.Doubts(ctx, s.Engine.Plan.Prefecture, FromFacts(number)) // before the facts: what is settled then is in them
	if err != nil {
		return Answer{}, err
	}
	numbers, err := s.numbersAt(ctx, month, number, q.Codes)
	if err != nil {
		return Answer{}, err
	}
	ask, err := s.asking(ctx, areas, []calendar.Month{month}, q.Codes, number, q.KnownAt)
	if err != nil {
		return Answer{}, err
	}
	cells := s.judge(numbers, areas, []calendar.Month{month}, q.Codes, "", number, ask, newDoubts(s.Engine.Areas, all))
	s.say(cells, month, numbers)
	return Answer{Cells: cells, Frontier: number, Counted: counted}, nil
}

func (s *Service) root() area.Area { return s.Engine.Areas.Root() }

func (s *Service) areas(code string, level Level) []area.Area {
	a, ok := s.Engine.Areas.Find(code)
	switch {
	case !ok:
		return nil
	case level == Counties && a.Parent == "":
		return s.Engine.Areas.Children(a.Code)
	case level == Townships && a.Parent == "":
		var all []area.Area
		for _, county := range s.Engine.Areas.Children(a.Code) {
			all = append(all, s.Engine.Areas.Children(county.Code)...)
		}
		return all
	case level == Townships:
		return s.Engine.Areas.Children(a.Code)
	}
	return []area.Area{a}
}

// monthOf is the month that a period asks for: the last one it holds, as far as it has gone.
func (s *Service) monthOf(p calendar.Period) calendar.Month {
	current := calendar.DayOf(s.Now()).Month()
	if p.Last.Month() > current && p.First.Month() <= current {
		return current
	}
	return p.Last.Month()
}

// History answers the official cells of the areas of levels for every month from one on.
func (s *Service) History(ctx context.Context, from calendar.Month, levels ...Level) (Answer, error) {
	var areas []area.Area
	for _, level := range levels {
		areas = append(areas, s.areas(s.root().Code, level)...)
	}
	codes := []string{s.root().Code}
	for _, a := range areas {
		codes = append(codes, a.Code)
	}
	var months []calendar.Month
	for m := max(from, s.Engine.Plan.BaselineOn.Month()); m <= calendar.DayOf(s.Now()).Month(); m++ {
		months = append(months, m)
	}
	kept, err := s.Store.Kept(ctx, s.Engine.Plan.Prefecture, months, codes, nil)
	if err != nil {
		return Answer{}, err
	}
	cells, err := s.explain(ctx, kept.Numbers, areas, months, nil, plan.Official, kept.folded())
	return Answer{Cells: cells, Frontier: kept.Counted, Counted: kept.Counted}, err
}
