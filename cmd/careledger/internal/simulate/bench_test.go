package simulate_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/simulate"
	"github.com/careledger/careledger/domain/calendar"
)

// BenchmarkGenerate tells how many events a second are made and written into a file.
func BenchmarkGenerate(b *testing.B) {
	o := simulate.Options{Seed: 1, Scale: 0.02, To: calendar.MonthOf(2022, time.December)}
	measure := func(b *testing.B, form simulate.Form, zipped bool) {
		b.ReportAllocs()
		events := 0
		for b.Loop() {
			f, err := os.Create(filepath.Join(b.TempDir(), "events.ndjson"))
			require.NoError(b, err)
			n, err := simulate.Write(f, world(b, o).Records(), form, zipped)
			require.NoError(b, err)
			require.NoError(b, f.Close())
			events += n
		}
		b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "lines/s")
	}
	b.Run("events", func(b *testing.B) { measure(b, simulate.Record.WriteEvent, false) })
	b.Run("events zipped", func(b *testing.B) { measure(b, simulate.Record.WriteEvent, true) })
	b.Run("commands", func(b *testing.B) { measure(b, simulate.Record.WriteCommand, false) })
}
