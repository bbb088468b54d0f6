package projector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/careledger/careledger/projections/facts"
)

// ErrDamaged ends a run: rows are missing, or there are some that were never written. The next run builds all anew.
var ErrDamaged = errors.New("the warehouse does not hold the rows that were written to it")

// verifyEvery is how often the rows are counted, beside once at the start: what a power cut or a disk has taken shows.
const verifyEvery = time.Hour

// verify holds the rows up to the checkpoint against what was counted when they were written.
func (p *Projector) verify(ctx context.Context) error {
	prefecture := p.Engine.Plan.Prefecture
	held, err := p.Store.Progress(ctx, prefecture)
	if err != nil {
		return fmt.Errorf("read the checkpoint of %s: %w", prefecture, err)
	}
	counted, err := p.Store.Count(ctx, prefecture, held.At.Number)
	if err != nil {
		return fmt.Errorf("count the rows of %s: %w", prefecture, err)
	}
	if held.Term != p.term || maps.Equal(counted, held.Totals) {
		return nil
	}
	for _, table := range facts.Counted() {
		if counted[table] != held.Totals[table] {
			p.Logger.Error("a table of the warehouse does not hold what was written to it", "prefecture", prefecture, "table", table,
				"rows", counted[table].Rows, "written", held.Totals[table].Rows, "up_to", held.At.Number)
		}
	}
	return fmt.Errorf("%w: %s", ErrDamaged, prefecture)
}
