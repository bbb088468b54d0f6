package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// PeriodType says how long a statistical period is and where it starts.
type PeriodType uint8

// The period types. A school year starts on 1 September; a maternal and child health (MCH) year runs from
// 1 October of the year before to 30 September.
const (
	Monthly PeriodType = iota + 1
	Quarterly
	Yearly
	SchoolYear
	MCHYear
)

// periodTypes are the words of the types.
var periodTypes = map[string]PeriodType{
	"month": Monthly, "quarter": Quarterly, "year": Yearly, "school_year": SchoolYear, "mch_year": MCHYear,
}

// ParsePeriodType reads "month", "quarter", "year", "school_year" or "mch_year".
func ParsePeriodType(s string) (PeriodType, error) {
	if t, ok := periodTypes[s]; ok {
		return t, nil
	}
	return 0, fmt.Errorf("not a type of period: write month, quarter, year, school_year or mch_year")
}

// Months is how many months a period has.
func (t PeriodType) Months() int {
	switch t {
	case Quarterly:
		return 3
	case Yearly, SchoolYear, MCHYear:
		return 12
	}
	return 1
}

// Starts is the month of the year, 0 to 11, in which a period begins, and so one every Months months.
func (t PeriodType) Starts() int {
	switch t {
	case SchoolYear:
		return int(time.September) - 1
	case MCHYear:
		return int(time.October) - 1
	}
	return 0
}

// Of is the period that holds a month.
func (t PeriodType) Of(m Month) Period {
	months := Month(t.Months())
	first := m - (m-Month(t.Starts())+12)%months
	return Period{t, first.First(), (first + months - 1).Last()}
}

// Period is a statistical period: First and Last are its days, inclusive.
type Period struct {
	Type        PeriodType
	First, Last Day
}

// MonthPeriod is the period of one month.
func MonthPeriod(m Month) Period { return Period{Monthly, m.First(), m.Last()} }

// ParsePeriod reads "2022-11", "2022-Q4", "2022", "SY2022" or "MCH2022".
func ParsePeriod(s string) (Period, error) {
	bad := fmt.Errorf("not a period: write 2022-11, 2022-Q4, 2022, SY2022 or MCH2022")
	if m, err := ParseMonth(s); err == nil {
		return MonthPeriod(m), nil
	}
	typ, digits := Yearly, s
	switch {
	case strings.HasPrefix(s, "SY"):
		typ, digits = SchoolYear, s[2:]
	case strings.HasPrefix(s, "MCH"):
		typ, digits = MCHYear, s[3:]
	case len(s) == 7 && s[4:6] == "-Q" && s[6] >= '1' && s[6] <= '4':
		typ, digits = Quarterly, s[:4]
	}
	year, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 4 || year < 1850 || year > 2199 {
		return Period{}, bad
	}
	switch typ {
	case Quarterly:
		m := MonthOf(year, time.Month(int(s[6]-'1')*3+1))
		return Period{Quarterly, m.First(), (m + 2).Last()}, nil
	case SchoolYear:
		m := MonthOf(year, time.September)
		return Period{SchoolYear, m.First(), (m + 11).Last()}, nil
	case MCHYear:
		m := MonthOf(year-1, time.October)
		return Period{MCHYear, m.First(), (m + 11).Last()}, nil
	}
	m := MonthOf(year, time.January)
	return Period{Yearly, m.First(), (m + 11).Last()}, nil
}

func (p Period) String() string {
	first := p.First.Time()
	switch p.Type {
	case Quarterly:
		return fmt.Sprintf("%04d-Q%d", first.Year(), (int(first.Month())+2)/3)
	case Yearly:
		return fmt.Sprintf("%04d", first.Year())
	case SchoolYear:
		return fmt.Sprintf("SY%04d", first.Year())
	case MCHYear:
		return fmt.Sprintf("MCH%04d", first.Year()+1)
	}
	return p.First.Month().String()
}
