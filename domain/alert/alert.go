package alert

import (
	"math"
	"strings"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// The refusals of an alert's stream.
var (
	ErrAlreadyOpen    = fault.New(fault.Refused, "already-open", "该预警已发出。", "This alert is open already.")
	ErrValue          = fault.New(fault.Invalid, "alert-value", "预警的数值须为有限数。", "The values of an alert must be finite numbers.")
	ErrUnknownCommand = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
	ErrNotOpen        = fault.New(fault.Refused, "not-open", "该预警未处于打开状态。", "This alert is not open.")
)

// Command is one of the commands of an alert's stream.
type Command interface{ alertCommand() }

// Raise opens the alert.
type Raise Raised

// Resolve ends it.
type Resolve struct {
	Reason          Reason
	Value, Expected *float64
	Position        uint64
}

func (Raise) alertCommand()   {}
func (Resolve) alertCommand() {}

// ID is the alert's id, a UUIDv5: the same judgement of the same cell is the same alert, for ever. The parts hold no slash.
func ID(rule, code, variant, area, period string) uuid.UUID {
	namespace := uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://careledger.dev/alerts"))
	return uuid.NewSHA1(namespace, []byte(strings.Join([]string{rule, code, variant, area, period}, "/")))
}

// State is what an alert's stream has told so far.
type State struct {
	Alert uuid.UUID
	Area  string
	Open  bool
}

// Decider is the rules of an alert's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "alert", Zero: func() State { return State{} }, Evolve: evolve, Decide: decide,
		Area: func(s State) string { return s.Area },
	}
}

func evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Raised:
		s.Alert, s.Area, s.Open = e.Alert, e.Area, true
	case Resolved:
		s.Open = false
	}
	return s
}

func decide(s State, c Command, _ calendar.Day) ([]event.Event, error) {
	switch c := c.(type) {
	case Raise:
		switch {
		case s.Open:
			return nil, ErrAlreadyOpen
		case !finite(&c.Value, &c.Expected):
			return nil, ErrValue
		}
		return []event.Event{Raised(c)}, nil
	case Resolve:
		switch {
		case !s.Open:
			return nil, ErrNotOpen
		case !finite(c.Value, c.Expected):
			return nil, ErrValue
		}
		return []event.Event{Resolved{Alert: s.Alert, Reason: c.Reason, Value: c.Value, Expected: c.Expected, Position: c.Position}}, nil
	}
	return nil, ErrUnknownCommand
}

// finite reports whether the numbers that are given can be stored.
func finite(numbers ...*float64) bool {
	for _, n := range numbers {
		if n != nil && (math.IsNaN(*n) || math.IsInf(*n, 0)) {
			return false
		}
	}
	return true
}
