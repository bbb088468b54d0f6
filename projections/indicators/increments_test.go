package indicators_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// held are rows of standings. A row adds one to its measure and area from its day on, if its subject is registered by then,
// until it is taken back. A measure is known when its standing has been said of anybody, and anybody was registered. The month
// that runs is counted up to the day after the last one that was closed.
type held struct {
	rows   []facts.Standing
	taken  map[uuid.UUID]uint64 // records, by the number at which they were taken back
	closed map[uint64]calendar.Day
	few    int // questions about single subjects
}

func (h *held) Measure(_ context.Context, _ indicators.Group, b indicators.Bounds) (measured []indicators.Measured, _ error) {
	if len(b.Subjects) > 0 {
		h.few++
	}
	for _, month := range b.Months {
		said, registered := map[string]bool{}, map[uuid.UUID]bool{}
		var rows []facts.Standing
		for _, r := range h.rows {
			at, taken := h.taken[r.Record]
			if r.Number > b.Number || taken && at <= b.Number || calendar.DayOf(r.EffectiveOn) > h.counted(month, b.Number) || len(b.Subjects) > 0 && !slices.Contains(b.Subjects, r.Subject) {
				continue
			}
			said[r.Standing] = true
			registered[r.Subject] = registered[r.Subject] || r.Standing == standing.Registered
			rows = append(rows, r)
		}
		for _, asked := range b.Measures {
			word := cmp.Or(asked.Words, standing.Registered)
			if said[word] && said[standing.Registered] {
				measured = append(measured, indicators.Measured{Month: month, Measure: asked.Label})
			}
			areas := map[string]indicators.Measured{}
			for _, r := range rows {
				if r.Standing != word || !registered[r.Subject] {
					continue
				}
				sum := areas[r.Area]
				sum.Month, sum.Area, sum.Measure = month, r.Area, asked.Label
				sum.Value++
				if calendar.DayOf(r.EffectiveOn).Month() == month {
					sum.Records++
				}
				areas[r.Area] = sum
			}
			measured = slices.AppendSeq(measured, maps.Values(areas))
		}
	}
	return measured, nil
}

func (h *held) counted(month calendar.Month, number uint64) calendar.Day {
	var today calendar.Day
	for at, day := range h.closed {
		if at <= number {
			today = max(today, day+1)
		}
	}
	if today.Month() == month {
		return today
	}
	return month.Last()
}

// draw adds an event as of a number, and marks what it touches.
func (h *held) draw(t *rapid.T, number uint64, marks indicators.Marks, span indicators.Months) {
	day := func() calendar.Day {
		return calendar.MonthOf(2021, time.Month(rapid.IntRange(12, 15).Draw(t, "month"))).First() + calendar.Day(10*rapid.IntRange(0, 2).Draw(t, "day"))
	}
	switch what := rapid.IntRange(0, 14).Draw(t, "what"); {
	case what == 0 && len(h.rows) > 0:
		wrong := h.rows[rapid.IntRange(0, len(h.rows)-1).Draw(t, "which")]
		if _, taken := h.taken[wrong.Record]; !taken {
			h.taken[wrong.Record] = number
		}
		marks.Mark(facts.Amendment{Kind: facts.Withdrawn, Fact: wrong.Record, WasOn: wrong.EffectiveOn}, span)
	case what == 1:
		h.closed[number] = day()
		marks.DayClosed(h.closed[number], span)
	default:
		var record uuid.UUID
		binary.BigEndian.PutUint64(record[:], number)
		row := facts.Standing{
			Key: facts.Key{Number: number}, Subject: uuid.UUID{15: byte(rapid.IntRange(1, 5).Draw(t, "subject"))}, Kind: "elder", Record: record,
			Standing:    rapid.SampledFrom([]string{standing.Registered, standing.Registered, "poor", "poor_willing", "ability_2"}).Draw(t, "word"),
			Area:        rapid.SampledFrom([]string{"532601001", "532601002", "532622001"}).Draw(t, "area"),
			EffectiveOn: day().Time(),
		}
		h.rows = append(h.rows, row)
		marks.Mark(row, span)
	}
}

func TestWhatIsCountedOnIsWhatIsCountedAnew(t *testing.T) {
	span := indicators.Months{First: calendar.MonthOf(2022, 1), Current: calendar.MonthOf(2022, 4)}
	few := 0
	rapid.Check(t, func(t *rapid.T) {
		h := &held{taken: map[uuid.UUID]uint64{}, closed: map[uint64]calendar.Day{}}
		on := &indicators.Increments{Measurer: h}
		number := uint64(0)
		for range rapid.IntRange(1, 30).Draw(t, "batches") {
			marks := indicators.Marks{}
			for range rapid.IntRange(1, 4).Draw(t, "events") {
				number++
				h.draw(t, number, marks, span)
			}
			on.Note(marks, number)
			b := indicators.Bounds{Number: number}
			for m := span.First; m <= span.Current; m++ {
				if rapid.IntRange(0, 3).Draw(t, "asked") > 0 {
					b.Months = append(b.Months, m)
				}
			}
			for _, word := range []string{"", "poor", "poor_willing", "ability_2"} {
				if rapid.IntRange(0, 3).Draw(t, "asked") > 0 {
					b.Measures = append(b.Measures, indicators.Asked{Label: "elder:" + word, Kind: standing.Elder, Words: word})
				}
			}
			if len(b.Months) == 0 || len(b.Measures) == 0 {
				continue
			}
			for range rapid.IntRange(1, 2).Draw(t, "times") {
				got, err := on.Measure(t.Context(), indicators.Standings, b)
				require.NoError(t, err)
				few += h.few
				h.few = 0
				want, err := h.Measure(t.Context(), indicators.Standings, b)
				require.NoError(t, err)
				require.Equal(t, inOrder(want), inOrder(got), "at %d", number)
			}
		}
	})
	require.Positive(t, few, "nothing was counted on")
}

// What was first said of a day of this month that is still to come makes nothing known yet; what is said after it, of an
// earlier day, does.
func TestAMeasureIsKnownFromItsFirstDayOn(t *testing.T) {
	span := indicators.Months{First: calendar.MonthOf(2022, 1), Current: calendar.MonthOf(2022, 4)}
	h := &held{taken: map[uuid.UUID]uint64{}, closed: map[uint64]calendar.Day{1: calendar.Date(2022, 4, 9)}}
	on := &indicators.Increments{Measurer: h}
	said := func(number uint64, subject byte, word string, day int) facts.Standing {
		return facts.Standing{
			Key: facts.Key{Number: number}, Subject: uuid.UUID{15: subject}, Kind: "elder", Record: uuid.UUID{14: byte(number)}, Standing: word,
			Area: "532601001", EffectiveOn: calendar.Date(2022, 4, day).Time(),
		}
	}
	for _, row := range []facts.Standing{said(2, 1, standing.Registered, 1), said(3, 1, "poor", 20), said(4, 2, "poor", 5)} {
		h.rows = append(h.rows, row)
		marks := indicators.Marks{}
		marks.Mark(row, span)
		on.Note(marks, row.Number)
		b := indicators.Bounds{
			Number: row.Number, Months: []calendar.Month{span.Current}, Measures: []indicators.Asked{{Label: "elder:poor", Kind: standing.Elder, Words: "poor"}},
		}
		got, err := on.Measure(t.Context(), indicators.Standings, b)
		require.NoError(t, err)
		want, err := h.Measure(t.Context(), indicators.Standings, b)
		require.NoError(t, err)
		require.Equal(t, inOrder(want), inOrder(got), "at %d", row.Number)
	}
}

func inOrder(rows []indicators.Measured) []indicators.Measured {
	slices.SortFunc(rows, func(a, b indicators.Measured) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Area, b.Area))
	})
	return rows
}
