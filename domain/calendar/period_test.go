package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
)

func TestThePeriodOfAMonth(t *testing.T) {
	for _, c := range []struct {
		typ    string
		month  calendar.Month
		period string
	}{
		{"month", calendar.MonthOf(2022, time.November), "2022-11"},
		{"quarter", calendar.MonthOf(2022, time.November), "2022-Q4"},
		{"quarter", calendar.MonthOf(2022, time.January), "2022-Q1"},
		{"year", calendar.MonthOf(2022, time.January), "2022"},
		{"year", calendar.MonthOf(2022, time.December), "2022"},
		{"school_year", calendar.MonthOf(2022, time.August), "SY2021"},
		{"school_year", calendar.MonthOf(2022, time.September), "SY2022"},
		{"mch_year", calendar.MonthOf(2022, time.September), "MCH2022"},
		{"mch_year", calendar.MonthOf(2022, time.October), "MCH2023"},
	} {
		typ, err := calendar.ParsePeriodType(c.typ)
		require.NoError(t, err)
		require.Equal(t, c.period, typ.Of(c.month).String(), "%s of %s", c.typ, c.month)
	}
	_, err := calendar.ParsePeriodType("week")
	require.Error(t, err)
}

func TestAPeriodHoldsItsMonthAndIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom([]calendar.PeriodType{calendar.Monthly, calendar.Quarterly, calendar.Yearly, calendar.SchoolYear, calendar.MCHYear}).Draw(t, "type")
		month := calendar.Month(rapid.IntRange(1900*12, 2190*12).Draw(t, "month"))
		p := typ.Of(month)
		require.LessOrEqual(t, p.First, month.First())
		require.GreaterOrEqual(t, p.Last, month.Last())
		require.Equal(t, calendar.Month(typ.Months()), p.Last.Month()-p.First.Month()+1)
		read, err := calendar.ParsePeriod(p.String())
		require.NoError(t, err)
		require.Equal(t, p, read)
	})
}
