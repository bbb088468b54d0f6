package indicators

import (
	"context"
	"slices"
	"sync"

	"github.com/careledger/careledger/domain/calendar"
)

// Shelf is a store that has the months that were asked for last at hand: what pages, people and programs ask for again and
// again between two counts. It answers what the store would: that everything is counted up to the same number and at the same
// time as before is asked each time.
type Shelf struct {
	Store

	mu     sync.Mutex
	months []*shelved // the longest not asked for first
}

// mostShelved bounds them: each holds about a megabyte.
const mostShelved = 12

// shelved are the kept numbers of a month, and the reported figures as of then, once somebody has asked for them.
type shelved struct {
	Kept
	month   calendar.Month
	figures []Measured
}

// Kept implements Store.
func (s *Shelf) Kept(ctx context.Context, prefecture string, months []calendar.Month, areas, codes []string) (Kept, error) {
	if len(months) != 1 {
		return s.Store.Kept(ctx, prefecture, months, areas, codes)
	}
	all, err := s.month(ctx, prefecture, months[0])
	if err != nil {
		return Kept{}, err
	}
	asked := Kept{Counted: all.Counted, CountedAt: all.CountedAt}
	for _, n := range all.Numbers {
		if (len(areas) == 0 || slices.Contains(areas, n.Area)) && (len(codes) == 0 || slices.Contains(codes, n.Code)) {
			asked.Numbers = append(asked.Numbers, n)
		}
	}
	return asked, nil
}

func (s *Shelf) month(ctx context.Context, prefecture string, month calendar.Month) (Kept, error) {
	if there := s.take(month); there != nil {
		now, err := s.Store.Kept(ctx, prefecture, []calendar.Month{0}, []string{""}, []string{""}) // how far all is counted, and when
		if err != nil || now.folded() == there.folded() {
			return there.Kept, err
		}
	}
	kept, err := s.Store.Kept(ctx, prefecture, []calendar.Month{month}, nil, nil)
	if err == nil && kept.Counted > 0 {
		s.put(&shelved{Kept: kept, month: month})
	}
	return kept, err
}

// Measure implements Measurer.
func (s *Shelf) Measure(ctx context.Context, g Group, b Bounds) ([]Measured, error) {
	if g != Figures || len(b.Months) != 1 {
		return s.Store.Measure(ctx, g, b)
	}
	there := s.take(b.Months[0])
	if there != nil && there.Counted == b.Number && there.figures != nil {
		return there.figures, nil
	}
	figures, err := s.Store.Measure(ctx, g, b)
	if err == nil && there != nil && there.Counted == b.Number {
		s.put(&shelved{Kept: there.Kept, month: there.month, figures: append([]Measured{}, figures...)})
	}
	return figures, err
}

// take answers what is at hand of a month; nil where nothing is.
func (s *Shelf) take(month calendar.Month) *shelved {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, one := range s.months {
		if one.month == month {
			s.months = append(slices.Delete(s.months, i, i+1), one)
			return one
		}
	}
	return nil
}

func (s *Shelf) put(one *shelved) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.months = append(slices.DeleteFunc(s.months, func(other *shelved) bool { return other.month == one.month }), one)
	if len(s.months) > mostShelved {
		s.months = slices.Delete(s.months, 0, 1)
	}
}
