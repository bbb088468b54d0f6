package warehouse

import (
	"context"
	"fmt"
	"math"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/projections/facts"
)

// everything is a number that no event has.
const everything uint64 = math.MaxUint64

// Merges implements lineage.Store: how registrations of a prefecture were merged by a number.
func (w *Warehouse) Merges(ctx context.Context, prefecture string, number uint64) (m facts.Merges, err error) {
	var rows []struct {
		Merges    uint64      `ch:"merges"`
		Subjects  []uuid.UUID `ch:"subjects"`
		Survivors []uuid.UUID `ch:"survivors"`
	}
	err = w.read(ctx, &rows, facts.MergesSQL, clickhouse.Named("prefecture", prefecture), clickhouse.Named("number", number))
	if err != nil || len(rows) == 0 {
		return m, wrapped(err)
	}
	m = facts.Merges{Count: rows[0].Merges, Chained: map[uuid.UUID]uuid.UUID{}}
	for i, subject := range rows[0].Subjects {
		m.Chained[subject] = rows[0].Survivors[i]
	}
	return m, nil
}

func wrapped(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read the merged registrations: %w", err)
}

// ofSurvivors makes a statement count what was recorded under merged registrations for their survivors, as of a number. One
// that reads nothing of persons is left alone, and nothing is asked for it.
func (w *Warehouse) ofSurvivors(ctx context.Context, prefecture string, number uint64, sql string) (string, error) {
	if !facts.OfPersons(sql) {
		return sql, nil
	}
	m, err := w.Merges(ctx, prefecture, number)
	return m.Apply(sql), err
}
