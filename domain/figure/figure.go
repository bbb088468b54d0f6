package figure

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// The refusals of a figure's stream.
var (
	ErrAlreadyReported = fault.New(fault.Refused, "figure-already-reported", "该期数字已上报；如需修改请用更正。", "This period's figure is reported already; correct it instead.")
	ErrNotReported     = fault.New(fault.NotFound, "figure-not-reported", "该期数字尚未上报，不能更正。", "This period's figure is not reported yet and cannot be corrected.")
	ErrSeries          = fault.New(fault.Invalid, "series-name", "指标系列名须为小写字母、数字和下划线。", "The series must be 1 to 60 lower-case letters, digits and underscores.")
	ErrPeriod          = fault.New(fault.Invalid, "period-form", "统计期写法不对，请写 2022-11、2022-Q4、2022、SY2022 或 MCH2022。", "The period cannot be read; write 2022-11, 2022-Q4, 2022, SY2022 or MCH2022.")
	ErrFuturePeriod    = fault.New(fault.Invalid, "in-the-future", "统计期尚未开始，不能上报。", "The period has not begun yet and cannot be reported.")
	ErrValue           = fault.New(fault.Invalid, "figure-value", "数值须为不小于0的有限数。", "The value must be a finite number of 0 or more.")
	ErrUnit            = fault.New(fault.Refused, "figure-other-unit", "计量单位与该系列此前上报的不同，请核对；同一系列只用一种单位。", "The unit is another one than that of the series before; check it. A series has one unit.")
	ErrTenfold         = fault.New(fault.Refused, "figure-tenfold", "数值是最近一期的十倍以上或不足十分之一，请核对单位与小数点；确认无误请加 confirmed: true 再次提交。", "The value is ten times that of the nearest period, or a tenth of it; check unit and decimal point. Where it is right, send it again with confirmed: true.")
	ErrPeriodType      = fault.New(fault.Refused, "figure-period-type", "该系列此前按另一种统计期上报（如按年而非按月），请核对 period；确认无误请加 confirmed: true 再次提交。", "The series has been reported for periods of another type so far (of years, say, and not of months); check period. Where it is right, send it again with confirmed: true.")
	ErrText            = fault.New(fault.Invalid, "text-length", "请填写该字段：单位1至30个字符，来源和原因1至500个字符。", "The field is needed: a unit has 1 to 30 characters, a source or reason 1 to 500.")
	ErrUnknownCommand  = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
)

// State is the newest number of each period. The area is known from the first report on.
type State struct {
	Area    string
	Periods map[string]Number
}

// Number is a reported number with its unit and the period's last day.
type Number struct {
	Value float64
	Unit  string
	End   calendar.Day
}

// Decider is the rules of a figure's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "figure", Zero: func() State { return State{Periods: map[string]Number{}} }, Evolve: evolve, Decide: decide,
		Area: func(s State) string { return s.Area },
	}
}

func evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Reported:
		s.Area = e.Area
		s.Periods[e.Period] = Number{e.Value, e.Unit, e.PeriodEnd}
	case Corrected:
		s.Periods[e.Period] = Number{e.Value, e.Unit, e.PeriodEnd}
	}
	return s
}

func decide(s State, c Command, today calendar.Day) ([]event.Event, error) {
	switch c := c.(type) {
	case Report:
		return report(s, c, today)
	case Correct:
		return correct(s, c)
	}
	return nil, ErrUnknownCommand
}

// slug reports whether a series name has 1 to 60 lower-case letters, digits and underscores.
func slug(series string) bool {
	return len(series) >= 1 && len(series) <= 60 && strings.Trim(series, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func report(s State, c Report, today calendar.Day) ([]event.Event, error) {
	if !slug(c.Series) {
		return nil, ErrSeries.At("/series")
	}
	period, err := calendar.ParsePeriod(c.Period)
	switch {
	case err != nil:
		return nil, ErrPeriod.At("/period")
	case period.First > today+1:
		return nil, ErrFuturePeriod.At("/period")
	}
	if _, reported := s.Periods[c.Period]; reported {
		return nil, ErrAlreadyReported
	}
	if err := valid(c.Value, field{"/unit", c.Unit, 30}, field{"/source", c.Source, 500}); err != nil {
		return nil, err
	}
	switch {
	case !s.takes(c.Unit):
		return nil, ErrUnit.At("/unit")
	case !c.Confirmed && s.otherwise(period):
		return nil, ErrPeriodType.At("/period")
	case !c.Confirmed && s.tenfold(c.Value, period):
		return nil, ErrTenfold.At("/value")
	}
	return []event.Event{Reported{
		Area: c.Area, Series: c.Series, Period: c.Period, PeriodEnd: period.Last, Value: c.Value, Unit: c.Unit, Source: c.Source,
	}}, nil
}

// takes reports whether a unit is that of the newest period; any is where there is none.
func (s State) takes(unit string) bool {
	var newest Number
	for _, n := range s.Periods {
		if n.End >= newest.End {
			newest = n
		}
	}
	return len(s.Periods) == 0 || newest.Unit == unit
}

// otherwise reports whether all numbers so far are of periods of another type.
func (s State) otherwise(of calendar.Period) bool {
	for name := range s.Periods {
		if p, err := calendar.ParsePeriod(name); err != nil || p.Type == of.Type {
			return false
		}
	}
	return len(s.Periods) > 0
}

// nearest is the number of the period of the same type before this one, else of the one after it.
func (s State) nearest(of calendar.Period) (near Number, known bool) {
	for name, n := range s.Periods {
		p, err := calendar.ParsePeriod(name)
		before := n.End < of.Last
		switch {
		case err != nil, p.Type != of.Type, n.End == of.Last:
		case !known, before && (near.End > of.Last || n.End > near.End), !before && near.End > of.Last && n.End < near.End:
			near, known = n, true
		}
	}
	return near, known
}

// tenfold reports whether a value is ten times its neighbour's, or a tenth of it.
func (s State) tenfold(value float64, of calendar.Period) bool {
	near, known := s.nearest(of)
	return known && near.Value != 0 && value != 0 && (value >= near.Value*10 || value <= near.Value/10)
}

func correct(s State, c Correct) ([]event.Event, error) {
	was, reported := s.Periods[c.Period]
	if !reported {
		return nil, ErrNotReported
	}
	if err := valid(c.Value, field{"/source", c.Source, 500}, field{"/reason", c.Reason, 500}); err != nil {
		return nil, err
	}
	period, err := calendar.ParsePeriod(c.Period)
	if err != nil {
		return nil, ErrPeriod.At("/period")
	}
	if !c.Confirmed && s.tenfold(c.Value, period) {
		return nil, ErrTenfold.At("/value")
	}
	return []event.Event{Corrected{
		Area: c.Area, Series: c.Series, Period: c.Period, PeriodEnd: was.End, Value: c.Value, Unit: was.Unit, Source: c.Source,
		Reason: c.Reason,
	}}, nil
}

// field is a text of 1 to most characters.
type field struct {
	pointer, text string
	most          int
}

func valid(value float64, fields ...field) error {
	if math.IsNaN(value) || math.IsInf(value, 0) || value < 0 {
		return ErrValue.At("/value")
	}
	for _, f := range fields {
		if n := utf8.RuneCountInString(strings.TrimSpace(f.text)); n < 1 || n > f.most {
			return ErrText.At(f.pointer)
		}
	}
	return nil
}
