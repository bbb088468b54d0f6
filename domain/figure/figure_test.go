package figure_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/figure"
)

type row = dectest.Row[figure.Command]

// today is the statistical day on which every command of these tests is received.
const today = calendar.Day(19326) // 2022-11-30

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

// after is a history of its own: rows never share one.
func after(past []event.Event, more ...event.Event) []event.Event { return slices.Concat(past, more) }

func TestFigure(t *testing.T) {
	if today != day(2022, 11, 30) {
		t.Fatalf("today is %s", today)
	}
	rows := slices.Concat(reporting(), correcting())
	dectest.Run(t, figure.Decider(), today, rows)
	dectest.EveryRefusal(t, rows)
}

func reported() figure.Reported {
	return figure.Reported{
		Area: "532600", Series: "population_60_plus", Period: "2020", PeriodEnd: day(2020, 12, 31), Value: 487_600, Unit: "persons",
		Source: "第七次全国人口普查",
	}
}

func corrected() figure.Corrected {
	return figure.Corrected{
		Area: "532600", Series: "population_60_plus", Period: "2020", PeriodEnd: day(2020, 12, 31), Value: 487_612, Unit: "persons",
		Source: "统计局", Reason: "rounding",
	}
}

func reporting() []row {
	ask := figure.Report{
		Area: "532600", Series: "population_60_plus", Period: "2020", Value: 487_600, Unit: "persons", Source: "第七次全国人口普查",
	}
	with := func(change func(*figure.Report)) figure.Report { c := ask; change(&c); return c }
	of := func(period string) figure.Report { return with(func(c *figure.Report) { c.Period = period }) }
	is := func(period string, end calendar.Day) []event.Event {
		e := reported()
		e.Period, e.PeriodEnd = period, end
		return []event.Event{e}
	}
	value := func(v float64) figure.Report { return with(func(c *figure.Report) { c.Value = v }) }
	return []row{
		{Behaviour: "a year's number is reported", When: ask, Then: []event.Event{reported()}},
		{Behaviour: "a month's", When: of("2022-02"), Then: is("2022-02", day(2022, 2, 28))},
		{Behaviour: "a quarter's", When: of("2022-Q3"), Then: is("2022-Q3", day(2022, 9, 30))},
		{Behaviour: "a school year's", When: of("SY2021"), Then: is("SY2021", day(2022, 8, 31))},
		{Behaviour: "an MCH year's", When: of("MCH2022"), Then: is("MCH2022", day(2022, 9, 30))},
		{Behaviour: "that of a period which is still running", When: of("2022"), Then: is("2022", day(2022, 12, 31))},
		{Behaviour: "that of a period which begins tomorrow", When: of("2022-12"), Then: is("2022-12", day(2022, 12, 31))},
		{Behaviour: "not that of a later one", When: of("2023"), Refused: figure.ErrFuturePeriod.At("/period")},
		{Behaviour: "a period has one of the known forms", When: of("2022-13"), Refused: figure.ErrPeriod.At("/period")},
		{
			Behaviour: "another period of the series is reported", Given: []event.Event{reported()}, When: of("2021"), Then: is("2021", day(2021, 12, 31)),
		},
		{
			Behaviour: "ten times the last number asks to be confirmed", Given: []event.Event{reported()},
			When: figure.Report{Area: "532600", Series: "population_60_plus", Period: "2021", Value: 4_876_000, Unit: "persons", Source: "统计局"}, Refused: figure.ErrTenfold.At("/value"),
		},
		{
			Behaviour: "so does a tenth of it", Given: []event.Event{reported()},
			When: figure.Report{Area: "532600", Series: "population_60_plus", Period: "2021", Value: 48_760, Unit: "persons", Source: "统计局"}, Refused: figure.ErrTenfold.At("/value"),
		},
		{
			Behaviour: "confirmed, it is recorded", Given: []event.Event{reported()},
			When: figure.Report{Area: "532600", Series: "population_60_plus", Period: "2021", Value: 4_876_000, Unit: "persons", Source: "统计局", Confirmed: true},
			Then: []event.Event{figure.Reported{
				Area: "532600", Series: "population_60_plus", Period: "2021", PeriodEnd: day(2021, 12, 31), Value: 4_876_000, Unit: "persons", Source: "统计局",
			}},
		},
		{
			Behaviour: "a month's number in a series of years asks to be confirmed", Given: []event.Event{reported()},
			When: figure.Report{Area: "532600", Series: "population_60_plus", Period: "2022-02", Value: 487_000, Unit: "persons", Source: "统计局"}, Refused: figure.ErrPeriodType.At("/period"),
		},
		{
			Behaviour: "confirmed, it is recorded, and not held against a year", Given: []event.Event{reported()},
			When: figure.Report{Area: "532600", Series: "population_60_plus", Period: "2022-02", Value: 40_000, Unit: "persons", Source: "统计局", Confirmed: true},
			Then: []event.Event{monthly()},
		},
		{
			Behaviour: "from then on months are reported like years", Given: []event.Event{reported(), monthly()},
			When: figure.Report{Area: "532600", Series: "population_60_plus", Period: "2022-03", Value: 41_000, Unit: "persons", Source: "统计局"},
			Then: []event.Event{figure.Reported{
				Area: "532600", Series: "population_60_plus", Period: "2022-03", PeriodEnd: day(2022, 3, 31), Value: 41_000, Unit: "persons", Source: "统计局",
			}},
		},
		{
			Behaviour: "a series has one unit, whatever the period", Given: []event.Event{reported()},
			When: figure.Report{Area: "532600", Series: "population_60_plus", Period: "2022-02", Value: 49, Unit: "10,000 persons", Source: "统计局", Confirmed: true}, Refused: figure.ErrUnit.At("/unit"),
		},
		{
			Behaviour: "a series has one unit", Given: []event.Event{reported()},
			When: figure.Report{Area: "532600", Series: "population_60_plus", Period: "2021", Value: 49, Unit: "10,000 persons", Source: "统计局"}, Refused: figure.ErrUnit.At("/unit"),
		},
		{
			Behaviour: "so does a correction", Given: []event.Event{reported(), func() figure.Reported {
				e := reported()
				e.Period, e.PeriodEnd = "2021", day(2021, 12, 31)
				return e
			}()},
			When:    figure.Correct{Area: "532600", Series: "population_60_plus", Period: "2021", Value: 4_876_000, Source: "统计局", Reason: "typing"},
			Refused: figure.ErrTenfold.At("/value"),
		},
		{Behaviour: "a period is reported once", Given: []event.Event{reported()}, When: ask, Refused: figure.ErrAlreadyReported},
		{
			Behaviour: "nothing may be reported as 0", When: value(0),
			Then: []event.Event{func() figure.Reported { e := reported(); e.Value = 0; return e }()},
		},
		{Behaviour: "less than nothing may not", When: value(-1), Refused: figure.ErrValue.At("/value")},
		{Behaviour: "nor what is no number", When: value(math.NaN()), Refused: figure.ErrValue.At("/value")},
		{Behaviour: "nor what has no end", When: value(math.Inf(1)), Refused: figure.ErrValue.At("/value")},
		{
			Behaviour: "names, units and sources may be as short as one character", When: with(func(c *figure.Report) { c.Series, c.Unit, c.Source = "a", "人", "册" }),
			Then: []event.Event{func() figure.Reported { e := reported(); e.Series, e.Unit, e.Source = "a", "人", "册"; return e }()},
		},
		{
			Behaviour: "and as long as 60, 30 and 500",
			When: with(func(c *figure.Report) {
				c.Series, c.Unit, c.Source = strings.Repeat("_", 60), strings.Repeat("人", 30), strings.Repeat("册", 500)
			}),
			Then: []event.Event{func() figure.Reported {
				e := reported()
				e.Series, e.Unit, e.Source = strings.Repeat("_", 60), strings.Repeat("人", 30), strings.Repeat("册", 500)
				return e
			}()},
		},
		{Behaviour: "a series is a slug", When: with(func(c *figure.Report) { c.Series = "Population" }), Refused: figure.ErrSeries.At("/series")},
		{Behaviour: "a series has a name", When: with(func(c *figure.Report) { c.Series = "" }), Refused: figure.ErrSeries.At("/series")},
		{
			Behaviour: "a series' name has 60 characters at most",
			When:      with(func(c *figure.Report) { c.Series = strings.Repeat("a", 61) }), Refused: figure.ErrSeries.At("/series"),
		},
		{Behaviour: "a number has a unit", When: with(func(c *figure.Report) { c.Unit = " " }), Refused: figure.ErrText.At("/unit")},
		{Behaviour: "a unit is short", When: with(func(c *figure.Report) { c.Unit = strings.Repeat("人", 31) }), Refused: figure.ErrText.At("/unit")},
		{Behaviour: "a number has a source", When: with(func(c *figure.Report) { c.Source = "" }), Refused: figure.ErrText.At("/source")},
		{
			Behaviour: "a source has 500 characters at most",
			When:      with(func(c *figure.Report) { c.Source = strings.Repeat("普", 501) }), Refused: figure.ErrText.At("/source"),
		},
		{Behaviour: "no command is no command", Refused: figure.ErrUnknownCommand},
	}
}

// monthly is a month's number in the series.
func monthly() figure.Reported {
	return figure.Reported{
		Area: "532600", Series: "population_60_plus", Period: "2022-02", PeriodEnd: day(2022, 2, 28), Value: 40_000, Unit: "persons", Source: "统计局",
	}
}

func correcting() []row {
	given := []event.Event{reported()}
	ask := figure.Correct{Area: "532600", Series: "population_60_plus", Period: "2020", Value: 487_612, Source: "统计局", Reason: "rounding"}
	with := func(change func(*figure.Correct)) figure.Correct { c := ask; change(&c); return c }
	return []row{
		{Behaviour: "a correction keeps the unit and the period", Given: given, When: ask, Then: []event.Event{corrected()}},
		{
			Behaviour: "a correction is corrected", Given: after(given, corrected()),
			When: with(func(c *figure.Correct) { c.Value = 1 }),
			Then: []event.Event{func() figure.Corrected { e := corrected(); e.Value = 1; return e }()},
		},
		{Behaviour: "what is not reported is not corrected", When: ask, Refused: figure.ErrNotReported},
		{Behaviour: "nor another period", Given: given, When: with(func(c *figure.Correct) { c.Period = "2021" }), Refused: figure.ErrNotReported},
		{Behaviour: "a correction is a number", Given: given, When: with(func(c *figure.Correct) { c.Value = math.NaN() }), Refused: figure.ErrValue.At("/value")},
		{Behaviour: "a correction has a source", Given: given, When: with(func(c *figure.Correct) { c.Source = "" }), Refused: figure.ErrText.At("/source")},
		{Behaviour: "a correction has a reason", Given: given, When: with(func(c *figure.Correct) { c.Reason = "" }), Refused: figure.ErrText.At("/reason")},
	}
}

func TestStateHoldsTheNewestNumber(t *testing.T) {
	d := figure.Decider()
	s := d.Evolve(d.Evolve(d.Zero(), reported()), corrected())
	want := figure.Number{Value: 487_612, Unit: "persons", End: day(2020, 12, 31)}
	if got := s.Periods["2020"]; got != want {
		t.Errorf("%+v instead of %+v", got, want)
	}
}

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, figure.Decider(), today, figure.Types(), []figure.Command{figure.Report{}, figure.Correct{}})
}

func TestReleasedBytes(t *testing.T) {
	golden.Check(t, figure.Types(), reported(), corrected())
}
