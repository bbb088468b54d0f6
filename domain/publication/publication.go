package publication

import (
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// The refusals of a publications' stream.
var (
	ErrFuture    = fault.New(fault.Invalid, "period-in-the-future", "该月份尚未开始，不能发布；请选择已结束的月份。", "The month has not begun; publish one that is over.")
	ErrOpen      = fault.New(fault.Refused, "period-still-open", "该月份尚未结束，请在月末之后发布。", "The month is not over; publish it when it is.")
	ErrUnchanged = fault.New(fault.Refused, "publication-unchanged", "自上次发布以来数据没有变化，无需新的修订版。", "Nothing has changed since this month was last published; no revision is needed.")
	ErrMoved     = fault.New(fault.Unavailable, "publication-moved-on", "该月份刚刚被他人发布，请重试。", "Somebody has just published this month; try again.")
	ErrUnknown   = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
)

// Command is one of the commands of a publications' stream.
type Command interface{ publicationCommand() }

// Seal publishes a month.
type Seal struct{ Sealed }

func (Seal) publicationCommand() {}

// State is everything that was sealed for a prefecture, oldest first.
type State struct {
	Area string
	All  []Sealed
}

// Stream is the stream of a prefecture's publications.
func Stream(prefecture string) string { return "publication-" + prefecture }

// Newest answers the last revision of a month.
func (s State) Newest(period calendar.Month) (Sealed, bool) {
	for _, p := range slices.Backward(s.All) {
		if p.Period == period {
			return p, true
		}
	}
	return Sealed{}, false
}

// Find answers a publication by its id.
func (s State) Find(id uuid.UUID) (Sealed, bool) {
	i := slices.IndexFunc(s.All, func(p Sealed) bool { return p.Publication == id })
	if i < 0 {
		return Sealed{}, false
	}
	return s.All[i], true
}

// Decider is the rules of a publications' stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "publication", Zero: func() State { return State{} }, Evolve: Evolve, Decide: decide, Area: func(s State) string { return s.Area },
	}
}

// Evolve folds one event.
func Evolve(s State, e event.Event) State {
	if sealed, ok := e.(Sealed); ok {
		s.Area = sealed.Area
		s.All = append(s.All, sealed)
	}
	return s
}

// Over refuses a month that is not over.
func Over(period calendar.Month, today calendar.Day) error {
	switch {
	case period.First() > today:
		return ErrFuture.At("/period")
	case period.Last() >= today:
		return ErrOpen.At("/period")
	}
	return nil
}

func decide(s State, c Command, today calendar.Day) ([]event.Event, error) {
	seal, ok := c.(Seal)
	if !ok {
		return nil, ErrUnknown
	}
	if err := Over(seal.Period, today); err != nil {
		return nil, err
	}
	newest, _ := s.Newest(seal.Period) // without one revision 0
	switch {
	case seal.Revision != newest.Revision+1:
		return nil, ErrMoved
	case seal.Revision > 1 && seal.Numbers == newest.Numbers:
		return nil, ErrUnchanged
	}
	return []event.Event{seal.Sealed}, nil
}
