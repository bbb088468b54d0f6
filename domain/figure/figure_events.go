package figure

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Reported: an office reported a number (上报数) for an area, series and period. Value is in Unit; Source says by whom or
// from which document.
type Reported struct {
	Area      string       `json:"area"`
	Series    string       `json:"series"`
	Period    string       `json:"period"`
	PeriodEnd calendar.Day `json:"period_end"`
	Value     float64      `json:"value"`
	Unit      string       `json:"unit"`
	Source    string       `json:"source"`
}

// Corrected: the number is another one; the first stays in the log.
type Corrected struct {
	Area      string       `json:"area"`
	Series    string       `json:"series"`
	Period    string       `json:"period"`
	PeriodEnd calendar.Day `json:"period_end"`
	Value     float64      `json:"value"`
	Unit      string       `json:"unit"`
	Source    string       `json:"source"`
	Reason    string       `json:"reason"`
}

func (Reported) EventType() string  { return "FigureReported.v1" }
func (Corrected) EventType() string { return "FigureCorrected.v1" }

// Types lists the events of a figure's stream.
func Types() []event.Type {
	return []event.Type{event.TypeOf[Reported](), event.TypeOf[Corrected]()}
}
