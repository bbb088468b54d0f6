package indicators

import (
	"context"
	"slices"
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

// FromFacts is the fold of cells that are counted from the facts, up to a ledger number.
func FromFacts(number uint64) Folded { return Folded{number, factsNow} }

// At counts every cell of a month from the facts, up to a ledger number: areas in the order of their table, indicators in
// the plan's. Events that are parked are not asked for, and of targets counts what Adopted answers. The same number gives the same cells but for ComputedAt, as long as
// Now is on the same day.
func (s *Service) At(ctx context.Context, month calendar.Month, number uint64) ([]Cell, error) {
	numbers, err := s.numbersAt(ctx, month, number, nil)
	if err != nil {
		return nil, err
	}
	areas, months := s.Engine.Areas.All(), []calendar.Month{month}
	ask, err := s.asking(ctx, areas, months, nil, number, time.Time{})
	if err != nil {
		return nil, err
	}
	return s.judge(numbers, areas, months, nil, "", number, ask, doubts{}), nil
}

// numbersAt counts a month from the facts, up to a ledger number. No codes: all.
func (s *Service) numbersAt(ctx context.Context, month calendar.Month, number uint64, codes []string) ([]Number, error) {
	definitions := slices.DeleteFunc(s.Engine.Plan.In(month), func(d plan.Definition) bool {
		return len(codes) > 0 && !slices.Contains(codes, d.Code)
	})
	numbers, err := s.Engine.Compute(ctx, definitions, []calendar.Month{month}, number)
	if err != nil {
		return nil, err
	}
	at := s.Now().UTC()
	for i := range numbers {
		numbers[i].Position, numbers[i].ComputedAt = number, at
	}
	return numbers, nil
}
