package indicators_test

import (
	"cmp"
	"context"
	"encoding/binary"
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

// held are rows of standings, each of which adds one to its measure and area from its month on until it is taken back. A
// measure is known from the month on in which it was first said of anybody.
type held struct {
	rows  []facts.Standing
	taken map[uuid.UUID]uint64 // records, by the number at which they were taken back
	few   int                  // questions about single subjects
}

func (h *held) Measure(_ context.Context, _ indicators.Group, b indicators.Bounds) (measured []indicators.Measured, _ error) {
	if len(b.Subjects) > 0 {
		h.few++
	}
	for _, asked := range b.Measures {
		for _, month := range b.Months {
			areas := map[string]indicators.Measured{}
			for _, r := range h.rows {
				at, taken := h.taken[r.Record]
				since := calendar.DayOf(r.EffectiveOn).Month()
				if r.Standing != asked.Words || r.Number > b.Number || taken && at <= b.Number || since > month || len(b.Subjects) > 0 && !slices.Contains(b.Subjects, r.Subject) {
					continue
				}
				areas[""] = indicators.Measured{Month: month, Measure: asked.Label}
				sum := areas[r.Area]
				sum.Month, sum.Area, sum.Measure = month, r.Area, asked.Label
				sum.Value++
				if since == month {
					sum.Records++
				}
				areas[r.Area] = sum
			}
			for _, m := range areas {
				measured = append(measured, m)
			}
		}
	}
	return measured, nil
}

func TestWhatIsCountedOnIsWhatIsCountedAnew(t *testing.T) {
	words, areas := []string{"poor", "poor_willing", "ability_2"}, []string{"532601001", "532601002", "532622001"}
	span := indicators.Months{First: calendar.MonthOf(2022, 1), Current: calendar.MonthOf(2022, 6)}
	few := 0
	rapid.Check(t, func(t *rapid.T) {
		h := &held{taken: map[uuid.UUID]uint64{}}
		on := &indicators.Increments{Measurer: h}
		number := uint64(0)
		for range rapid.IntRange(1, 30).Draw(t, "batches") {
			marks := indicators.Marks{}
			for range rapid.IntRange(1, 4).Draw(t, "rows") {
				number++
				if len(h.rows) > 0 && rapid.IntRange(0, 9).Draw(t, "what") == 0 {
					wrong := h.rows[rapid.IntRange(0, len(h.rows)-1).Draw(t, "which")]
					if _, taken := h.taken[wrong.Record]; !taken {
						h.taken[wrong.Record] = number
					}
					marks.Mark(facts.Amendment{Kind: facts.Withdrawn, Fact: wrong.Record, WasOn: wrong.EffectiveOn}, span)
					continue
				}
				var record uuid.UUID
				binary.BigEndian.PutUint64(record[:], number)
				row := facts.Standing{
					Key: facts.Key{Number: number}, Subject: uuid.UUID{15: byte(rapid.IntRange(1, 5).Draw(t, "subject"))}, Kind: "elder", Record: record,
					Standing: rapid.SampledFrom(words).Draw(t, "word"), Area: rapid.SampledFrom(areas).Draw(t, "area"),
					EffectiveOn: time.Date(2021, time.Month(rapid.IntRange(9, 22).Draw(t, "month")), 10, 0, 0, 0, 0, time.UTC),
				}
				h.rows = append(h.rows, row)
				marks.Mark(row, span)
			}
			on.Note(marks)
			b := indicators.Bounds{Number: number}
			for m := span.First; m <= span.Current; m++ {
				if rapid.Bool().Draw(t, "asked") {
					b.Months = append(b.Months, m)
				}
			}
			for _, word := range words {
				if rapid.Bool().Draw(t, "asked") {
					b.Measures = append(b.Measures, indicators.Asked{Label: "elder:" + word, Kind: standing.Elder, Words: word})
				}
			}
			if len(b.Months) == 0 || len(b.Measures) == 0 {
				continue
			}
			got, err := on.Measure(t.Context(), indicators.Standings, b)
			require.NoError(t, err)
			few += h.few
			want, err := h.Measure(t.Context(), indicators.Standings, b)
			require.NoError(t, err)
			require.Equal(t, inOrder(want), inOrder(got), "at %d", number)
		}
	})
	require.Positive(t, few, "nothing was counted on")
}

func inOrder(rows []indicators.Measured) []indicators.Measured {
	slices.SortFunc(rows, func(a, b indicators.Measured) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Area, b.Area))
	})
	return rows
}
