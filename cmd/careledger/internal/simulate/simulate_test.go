package simulate_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/simulate"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/figure"
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

func text(t *testing.T, o simulate.Options, form simulate.Form) string {
	t.Helper()
	var b bytes.Buffer
	n, err := simulate.Write(&b, world(t, o).Records(), form, false)
	require.NoError(t, err)
	require.Equal(t, n, bytes.Count(b.Bytes(), []byte("\n")))
	return b.String()
}

var short = simulate.Options{Seed: 1, Scale: 0.01, To: calendar.MonthOf(2021, time.March)}

func TestTheSameSeedMakesTheSameBytes(t *testing.T) {
	for _, form := range []simulate.Form{simulate.Record.WriteEvent, simulate.Record.WriteCommand} {
		once := text(t, short, form)
		require.True(t, once == text(t, short, form), "the same twice")
		other := short
		other.Seed = 2
		require.False(t, once == text(t, other, form), "another seed is another prefecture")
	}
}

func TestRecordsComeInTheOrderInWhichTheyWereReceived(t *testing.T) {
	first := calendar.MonthOf(2020, time.November).First()
	last, ids, late := time.Time{}, map[uuid.UUID]bool{}, 0
	for r := range world(t, short).Records() {
		require.False(t, r.Received.Before(last), "%s came out of order", r.Event.EventType())
		last = r.Received
		day := calendar.DayOf(r.Received)
		require.LessOrEqual(t, first, day)
		require.LessOrEqual(t, day, short.To.Last())
		if r.Category != "figure" {
			require.LessOrEqual(t, r.On, day, "%s happened after it was recorded", r.Event.EventType())
		}
		if r.On+3 < day && r.On > first {
			late++
		}
		if _, ok := r.Command(); ok {
			require.False(t, ids[r.ID], "an id stands twice")
			ids[r.ID] = true
		}
	}
	require.Positive(t, late, "some come days later")
}

func TestALaterEndOnlyAddsRecords(t *testing.T) {
	longer := short
	longer.To += 9
	require.Contains(t, text(t, longer, simulate.Record.WriteCommand), text(t, short, simulate.Record.WriteCommand))
}

func TestALaterBeginningBringsWhatIsOlderInThen(t *testing.T) {
	later := short
	later.From = later.To - 1
	require.Equal(t, text(t, short, simulate.Record.WriteCommand), text(t, later, simulate.Record.WriteCommand))
	for r := range world(t, later).Records() {
		require.GreaterOrEqual(t, calendar.DayOf(r.Received).Month(), later.From)
	}
}

func TestPeopleAreTheSameAtEveryScale(t *testing.T) {
	lives := func(scale float64) map[string][]string {
		o := simulate.Options{Seed: 1, Scale: scale, To: short.To + 3, Parts: []string{simulate.Elders, simulate.Children}}
		lives := map[string][]string{}
		for r := range world(t, o).Records() {
			b, err := json.Marshal(r.Event)
			require.NoError(t, err)
			lives[r.Stream()] = append(lives[r.Stream()], r.Received.String()+string(b))
		}
		return lives
	}
	few, many := lives(0.01), lives(0.015)
	require.Greater(t, len(many), len(few)+1000)
	for stream, life := range few {
		require.Equal(t, many[stream], life)
	}
}

func TestWhatGoesWrongIsPutRight(t *testing.T) {
	kinds := map[string]int{}
	reported := map[string]float64{}
	for r := range world(t, simulate.Options{Seed: 1, Scale: 0.03, To: calendar.MonthOf(2022, time.December)}).Records() {
		kinds[r.Event.EventType()]++
		switch e := r.Event.(type) {
		case figure.Reported:
			reported[e.Area+e.Series+e.Period] = e.Value
		case figure.Corrected:
			was, there := reported[e.Area+e.Series+e.Period]
			require.True(t, there)
			require.NotEqual(t, was, e.Value)
			require.InEpsilon(t, e.Value, was, 0.2)
		case elder.HomeVisitCorrected:
			require.Equal(t, e.WasOn, e.OccurredOn)
		}
	}
	for _, kind := range []string{
		"HomeVisitCorrected.v1", "HomeVisitEnteredInError.v1", "RecordEnteredInError.v1", "FigureCorrected.v1", "StandingEnded.v1", "UnitClosed.v1",
		"BedsClosed.v1", "BedsConverted.v1", "ElderMoved.v1", "ElderDied.v1", "ElderTransferred.v1", "ElderDischarged.v1", "ChildWithdrawn.v1",
		"RetrofitAccepted.v1", "ChildcareFiled.v1",
	} {
		require.Positive(t, kinds[kind], "%s in %v", kind, slices.Sorted(maps.Keys(kinds)))
	}
}

func TestAFileIsReadBack(t *testing.T) {
	var plain, zipped bytes.Buffer
	_, err := simulate.Write(&plain, world(t, short).Records(), simulate.Record.WriteEvent, false)
	require.NoError(t, err)
	_, err = simulate.Write(&zipped, world(t, short).Records(), simulate.Record.WriteEvent, true)
	require.NoError(t, err)
	z, err := gzip.NewReader(&zipped)
	require.NoError(t, err)
	read, err := io.ReadAll(z)
	require.NoError(t, err)
	require.True(t, bytes.Equal(plain.Bytes(), read))
	line, _, _ := bytes.Cut(read, []byte("\n"))
	var event struct {
		Stream, Type string
		ID           uuid.UUID
		Data         map[string]any
		Metadata     map[string]any
	}
	require.NoError(t, json.Unmarshal(line, &event))
	require.Contains(t, event.Stream, "-5326")
	require.NotEmpty(t, event.Type)
	require.NotEmpty(t, event.Data)
	require.NotEmpty(t, event.Metadata["received_at"])
}

// full is a disk without room.
type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestAFileThatCannotBeWrittenEndsIt(t *testing.T) {
	_, err := simulate.Write(&full{1 << 20}, world(t, short).Records(), simulate.Record.WriteEvent, false)
	require.ErrorIs(t, err, errFull)
}

func TestWhatCannotBeSimulatedIsRefused(t *testing.T) {
	areas, err := area.Wenshan()
	require.NoError(t, err)
	figures, err := simulate.Wenshan()
	require.NoError(t, err)
	good := simulate.Options{Scale: 1, From: figures.Opening, To: figures.Opening + 1, Areas: areas, Figures: figures}
	_, err = simulate.New(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*simulate.Options){
		"too small":                    func(o *simulate.Options) { o.Scale = 0.001 },
		"too large":                    func(o *simulate.Options) { o.Scale = 101 },
		"before the opening":           func(o *simulate.Options) { o.From-- },
		"an end before a beginning":    func(o *simulate.Options) { o.To = o.From - 1 },
		"beyond what is known":         func(o *simulate.Options) { o.To = calendar.MonthOf(2031, time.January) },
		"a part that there is not":     func(o *simulate.Options) { o.Parts = []string{"roads"} },
		"another unit than the plan's": func(o *simulate.Options) { o.Series = map[string]string{"population": "households"} },
		"no figures":                   func(o *simulate.Options) { o.Figures = nil },
		"figures of somewhere else":    func(o *simulate.Options) { f := *figures; f.Prefecture = "532500"; o.Figures = &f },
	} {
		o := good
		change(&o)
		_, err := simulate.New(o)
		require.Error(t, err, name)
	}
	for name, figures := range map[string]string{
		"not JSON": "x", "an unknown member": `{"counts": {}, "roads": 1}`, "nothing in it": `{}`,
		"a month that is none": `{"counts": {"beds": {"2020-13": 1}}}`,
	} {
		_, err := simulate.Read([]byte(figures))
		require.Error(t, err, name)
	}
}
