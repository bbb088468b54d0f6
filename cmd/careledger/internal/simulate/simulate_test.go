package simulate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/simulate"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
)

func world(t testing.TB, o simulate.Options) *simulate.World {
	t.Helper()
	areas, err := area.Wenshan()
	require.NoError(t, err)
	figures, err := simulate.Wenshan()
	require.NoError(t, err)
	o.Areas, o.Figures = areas, figures
	if o.From == 0 {
		o.From = figures.Opening
	}
	if o.To == 0 {
		o.To = calendar.MonthOf(2026, time.December)
	}
	w, err := simulate.New(o)
	require.NoError(t, err)
	return w
}

func TestScratch(t *testing.T) {
	started := time.Now()
	n := map[string]int{}
	total := 0
	for r := range world(t, simulate.Options{Seed: 1, Scale: 0.1}).Records() {
		n[r.Event.EventType()]++
		total++
	}
	fmt.Println(total, time.Since(started))
	for k, v := range n {
		fmt.Println(k, v)
	}
}

func TestScratchTable(t *testing.T) {
	for _, l := range world(t, simulate.Options{Seed: 1, Scale: 0.2}).Table() {
		fmt.Printf("%v %-4s %-40s %10.6g %10.6g %v %v %v\n", l.At, l.Number, l.Name, l.Said, l.Simulated, l.Known, l.Agrees, l.Reason)
	}
}
