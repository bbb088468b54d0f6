package figure

// Command is one of the commands of a figure's stream (one stream per area and series).
type Command interface{ figureCommand() }

// Report reports a number for a period (calendar.ParsePeriod's forms). Value is finite and not negative; one that is ten
// times that of the nearest period, or a tenth of it, must be Confirmed, and so must the first of another type of period.
type Report struct {
	Area, Series, Period string
	Value                float64
	Unit, Source         string
	Confirmed            bool
}

// Correct replaces the number of a period, with a reason of at most 500 characters that names no person.
type Correct struct {
	Area, Series, Period string
	Value                float64
	Source, Reason       string
	Confirmed            bool // as in Report
}

func (Report) figureCommand()  {}
func (Correct) figureCommand() {}
