package unit

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/standing"
)

// The refusals of a unit's stream, beside those of package standing.
var (
	ErrAlreadyRegistered = fault.New(fault.Refused, "already-registered", "该单位或人员已登记，请直接使用原有档案。", "This unit is on the register already; use the existing record.")
	ErrNotRegistered     = fault.New(fault.NotFound, "unit-not-found", "没有这个单位或人员的档案，请先登记或核对编号。", "There is no unit with this id; register it first or check the id.")
	ErrIDMissing         = fault.New(fault.Invalid, "id-missing", "编号不能为空或全零。", "The id must not be empty or all zeros.")
	ErrUnknownCommand    = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
	ErrUnknownWord       = fault.New(fault.Invalid, "unknown-word", "该字段的取值不在允许范围内，请从 /docs 所列的取值中选择。", "The value is not one of the allowed words; /docs lists them.")
	ErrName              = fault.New(fault.Invalid, "name-length", "名称不得超过100个字符。", "The name must not exceed 100 characters.")
	ErrNameInClear       = fault.New(fault.Invalid, "name-in-clear", "人员姓名须加密保存，不能作为公开名称。", "A person's name is kept sealed; it cannot be a public name.")
	ErrDayMissing        = fault.New(fault.Invalid, "day-missing", "请填写日期。", "A day is needed.")
	ErrInTheFuture       = fault.New(fault.Invalid, "in-the-future", "日期在未来，最多可提前一天，请核对。", "The day lies in the future; at most one day ahead is taken. Check it.")
	ErrAlreadyClosed     = fault.New(fault.Refused, "already-closed", "该单位已关闭（或该人员已离职）。", "This unit is closed already, or the person has left.")
	ErrClosedTooEarly    = fault.New(fault.Refused, "closed-before-registration", "关闭日期早于登记日期，请核对。", "The closing is before the registration; check the day.")
	ErrNotClosed         = fault.New(fault.Refused, "not-closed", "该单位没有关闭，无需撤销。", "This unit is not closed, so there is nothing to take back.")
	ErrReasonMissing     = fault.New(fault.Invalid, "reason-missing", "请写明原因。", "A reason is needed.")
)

// State is what a unit's stream has told so far. ClosedOn is zero while it is open.
type State struct {
	Unit         uuid.UUID
	Kind         standing.Kind
	Area         string
	Name         string
	Personal     *event.Sealed
	RegisteredOn calendar.Day
	ClosedOn     calendar.Day
	Known        standing.State
}

// Registered reports whether it is on the register.
func (s State) Registered() bool { return s.Unit != uuid.Nil }

func (s State) subject() standing.Subject {
	return standing.Subject{ID: s.Unit, Kind: s.Kind, Since: s.RegisteredOn, Last: s.ClosedOn}
}

// Command is one of the commands of a unit's stream.
type Command interface{ unitCommand() }

// Register asks to enter a unit on the register.
type Register struct {
	Unit         uuid.UUID
	Kind         standing.Kind
	Area         string
	RegisteredOn calendar.Day
	Name         string
	Personal     *event.Sealed
}

// Close closes it.
type Close struct{ ClosedOn calendar.Day }

// EnterClosureInError takes its closing back.
type EnterClosureInError struct{ Reason *event.Sealed }

// Keep is a command of what is known of it.
type Keep struct{ standing.Command }

func (Register) unitCommand()            {}
func (Close) unitCommand()               {}
func (EnterClosureInError) unitCommand() {}
func (Keep) unitCommand()                {}

// Decider is the rules of a unit's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "unit", Zero: func() State { return State{} }, Evolve: evolve, Decide: decide,
		Area: func(s State) string { return s.Area },
	}
}

func evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Registered:
		s.Unit, s.Kind, s.Area, s.Name = e.Unit, e.Kind, e.Area, e.Name
		s.RegisteredOn, s.Personal = e.RegisteredOn, e.Personal
	case Closed:
		s.ClosedOn = e.ClosedOn
	case ClosureEnteredInError:
		s.ClosedOn = 0
	default:
		s.Known = standing.Evolve(s.Known, e)
	}
	return s
}

func decide(s State, c Command, today calendar.Day) ([]event.Event, error) {
	if c, ok := c.(Register); ok {
		return register(s, c, today)
	}
	if !s.Registered() {
		return nil, ErrNotRegistered
	}
	switch c := c.(type) {
	case Close:
		return closeUnit(s, c, today)
	case EnterClosureInError:
		return enterClosureInError(s, c)
	case Keep:
		return standing.Decide(s.subject(), s.Known, c.Command, today)
	}
	return nil, ErrUnknownCommand
}

func register(s State, c Register, today calendar.Day) ([]event.Event, error) {
	c.Name = strings.TrimSpace(c.Name)
	switch {
	case s.Registered():
		return nil, ErrAlreadyRegistered
	case c.Unit == uuid.Nil:
		return nil, ErrIDMissing.At("/id")
	case !slices.Contains(standing.UnitKinds(), c.Kind):
		return nil, ErrUnknownWord.At("/kind")
	case c.Kind == standing.Staff && c.Name != "":
		return nil, ErrNameInClear.At("/name")
	case utf8.RuneCountInString(c.Name) > 100:
		return nil, ErrName.At("/name")
	}
	if err := dated(c.RegisteredOn, today, "/registered_on"); err != nil {
		return nil, err
	}
	return []event.Event{Registered(c)}, nil
}

func closeUnit(s State, c Close, today calendar.Day) ([]event.Event, error) {
	if s.ClosedOn != 0 {
		return nil, ErrAlreadyClosed
	}
	if err := dated(c.ClosedOn, today, "/closed_on"); err != nil {
		return nil, err
	}
	if c.ClosedOn < s.RegisteredOn {
		return nil, ErrClosedTooEarly.At("/closed_on")
	}
	return []event.Event{Closed{Unit: s.Unit, Kind: s.Kind, ClosedOn: c.ClosedOn}}, nil
}

func enterClosureInError(s State, c EnterClosureInError) ([]event.Event, error) {
	switch {
	case s.ClosedOn == 0:
		return nil, ErrNotClosed
	case c.Reason == nil:
		return nil, ErrReasonMissing.At("/reason")
	}
	return []event.Event{ClosureEnteredInError{Unit: s.Unit, Kind: s.Kind, Area: s.Area, WasOn: s.ClosedOn, Reason: c.Reason}}, nil
}

// dated refuses a missing day and one more than a day ahead.
func dated(on, today calendar.Day, pointer string) error {
	switch {
	case on == 0:
		return ErrDayMissing.At(pointer)
	case on > today+1:
		return ErrInTheFuture.At(pointer)
	}
	return nil
}
