package simulate

import (
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/retrofit"
)

// Which share of the reported figures is wrong at first.
const wrongFigures = 0.06

// reports are the figures of each year, reported in spring by every county and the prefecture; some are wrong, and
// corrected some weeks later. The first year is that of the opening.
func (l *life) reports() {
	for _, s := range l.Figures.Reported {
		if _, wanted := l.Series[s.Series]; l.Series != nil && !wanted {
			continue
		}
		root := l.Areas.Root().Code
		for year := int(l.Figures.Opening) / 12; year <= int(l.horizon)/12; year++ {
			value := ofYear(s.Years, year)
			if !s.Fixed {
				value *= l.Scale
			}
			value = rounded(value, s.Decimals)
			l.report(s, root, year, value)
			if !s.Counties {
				continue
			}
			counties, weights := l.Areas.Children(root), l.countyWeights(s.Series)
			for c, part := range share(int(value), weights) {
				l.report(s, counties[c].Code, year, float64(part))
			}
		}
	}
}

func rounded(value float64, decimals int) float64 {
	by := math.Pow10(decimals)
	return math.Round(value*by) / by
}

// countyWeights are the counties' people, a little different in each series.
func (l *life) countyWeights(series string) []float64 {
	weights := make([]float64, len(l.Areas.Children(l.Areas.Root().Code)))
	for _, t := range l.towns {
		weights[t.countyAt] += t.people
	}
	for c := range weights {
		d := l.dice(sortReport, textNumber(series)<<8+uint64(c))
		weights[c] *= 1 + 0.05*(d.unit()-0.5)
	}
	return weights
}

func (l *life) report(s series, area string, year int, value float64) {
	d := l.dice(sortReport, textNumber(fmt.Sprint(s.Series, area, year)))
	period, month := fmt.Sprint(year), calendar.MonthOf(year+1, time.February)
	if s.SchoolYear {
		period, month = fmt.Sprint("SY", year), calendar.MonthOf(year, time.November)
	}
	end := calendar.MonthOf(year, time.December).Last()
	if p, err := calendar.ParsePeriod(period); err == nil {
		end = p.Last
	}
	on := month.First() + calendar.Day(d.below(50))
	f := folk{id: d.id()}
	told, wrong := value, area != l.Areas.Root().Code && d.chance(wrongFigures)
	if wrong {
		told = rounded(value*(0.9+0.2*float64(d.below(2))), s.Decimals)
	}
	steps := []step{{on: on, Record: Record{ID: f.next(), Category: "figure", Area: area, Event: figure.Reported{
		Area: area, Series: s.Series, Period: period, PeriodEnd: end, Value: told, Unit: s.Unit, Source: s.Source,
	}}}}
	if wrong {
		steps = append(steps, step{on: on + 10 + calendar.Day(d.below(60)), Record: Record{ID: f.next(), Category: "figure", Area: area, Event: figure.Corrected{
			Area: area, Series: s.Series, Period: period, PeriodEnd: end, Value: value, Unit: s.Unit, Source: s.Source, Reason: "演示：抄录有误",
		}}})
	}
	l.begin(nameOf(f.id), steps, l.first)
}

// retrofits are applied for, approved and accepted, as their count rises.
func (l *life) retrofits() {
	n := 0
	for m, rise := range l.rises("retrofits") {
		for range rise {
			f := newFolk(l.dice(sortRetrofit, uint64(n)))
			f.town = anyTown(l.towns, &f.dice)
			accepted := l.month(m).First() + calendar.Day(f.below(27))
			approved := accepted - 20 - calendar.Day(f.below(60))
			applied := approved - 10 - calendar.Day(f.below(60))
			f.retrofit(l, applied, approved, accepted)
			n++
		}
	}
}

func (f *folk) retrofit(l *life, applied, approved, accepted calendar.Day) {
	household := f.dice.id()
	area := l.towns[f.town].code
	at := func(on calendar.Day, r Record) step {
		r.ID, r.Category, r.Subject, r.Area = f.next(), "retrofit", f.id, area
		return step{on: on, Record: r}
	}
	l.begin(nameOf(f.id), []step{
		at(applied, Record{Event: retrofit.Applied{Retrofit: f.id, Area: area, Household: household, Elder: uuid.Nil, AppliedOn: applied}}),
		at(approved, Record{Event: retrofit.Approved{Retrofit: f.id, ApprovedOn: approved}}),
		at(accepted, Record{Event: retrofit.Accepted{Retrofit: f.id, Household: household, AcceptedOn: accepted}}),
	}, l.brings(f.town))
}
