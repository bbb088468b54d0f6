package calendar

import (
	"fmt"
	"time"
)

// Zone is the plan's statistical time zone, UTC+8 (Asia/Shanghai), fixed so that no zone file is needed.
func Zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// Day is a calendar day, counted from 1970-01-01 (day 0). The zero Day means "not given" on the wire ("").
type Day int32

const layout = "2006-01-02"

// DayOf is the statistical day of an instant.
func DayOf(t time.Time) Day {
	y, m, d := t.In(Zone()).Date()
	return Date(y, m, d)
}

// Date makes a day; out-of-range values are normalised as time.Date does.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads YYYY-MM-DD with years 1850 to 2199.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1850 || t.Year() > 2199 {
		return 0, fmt.Errorf("not a calendar day of the form YYYY-MM-DD")
	}
	return Date(t.Date()), nil
}

// Time is the day's midnight in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// End is the last microsecond of the day in the plan's zone.
func (d Day) End() time.Time {
	y, m, next := (d + 1).Time().Date()
	return time.Date(y, m, next, 0, 0, 0, 0, Zone()).Add(-time.Microsecond)
}

// Month is the month that holds the day.
func (d Day) Month() Month {
	y, m, _ := d.Time().Date()
	return Month(y*12 + int(m) - 1)
}

func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(layout)
}

// MarshalText writes "YYYY-MM-DD", or "" for the zero day.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "YYYY-MM-DD", or "" for the zero day.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDay(string(b))
	*d = v
	return err
}

// Month is a calendar month, counted as year*12 + month-1.
type Month int32

// MonthOf makes a month.
func MonthOf(year int, month time.Month) Month { return Month(year*12 + int(month) - 1) }

// ParseMonth reads YYYY-MM.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 1850 || t.Year() > 2199 {
		return 0, fmt.Errorf("not a month of the form YYYY-MM")
	}
	return MonthOf(t.Year(), t.Month()), nil
}

// First is the month's first day.
func (m Month) First() Day { return Date(int(m)/12, time.Month(int(m)%12+1), 1) }

// Last is the month's last day.
func (m Month) Last() Day { return (m + 1).First() - 1 }

func (m Month) String() string { return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1) }

// MarshalText writes "YYYY-MM".
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads "YYYY-MM".
func (m *Month) UnmarshalText(b []byte) error {
	v, err := ParseMonth(string(b))
	*m = v
	return err
}
