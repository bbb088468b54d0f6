package plan

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// The refusals of a plan's stream.
var (
	ErrTargetValue    = fault.New(fault.Invalid, "target-value", "目标值须为不小于0的有限数。", "The target's value must be a finite number of 0 or more.")
	ErrTargetDay      = fault.New(fault.Invalid, "target-day", "请填写目标生效日期 effective_on。", "Give the day from which the target is in force as effective_on.")
	ErrTargetReason   = fault.New(fault.Invalid, "target-reason", "原因不超过 500 字。", "A reason has at most 500 characters.")
	ErrSameTarget     = fault.New(fault.Refused, "target-unchanged", "该目标自该日起已是这个数值，无需修改。", "The target has this value from that day on already; nothing is to be changed.")
	ErrNoTarget       = fault.New(fault.NotFound, "target-not-in-force", "该地区没有可撤销的此项目标。", "The area has no such target that could be withdrawn.")
	ErrUnknownCommand = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
)

const longestReason = 500

// Command is one of the commands of a plan's stream.
type Command interface{ planCommand() }

// SetTarget adopts or revises an area's value of one of the plan's targets. Area is the plan's own.
type SetTarget struct {
	Held
	Area        string
	Value       float64
	EffectiveOn calendar.Day
	Reason      string
}

// WithdrawTarget ends a target of an area. InPlan says that the plan itself asks it of the area.
type WithdrawTarget struct {
	Held
	Area        string
	InPlan      bool
	EffectiveOn calendar.Day
	Reason      string
}

func (SetTarget) planCommand()      {}
func (WithdrawTarget) planCommand() {}

// Stream is the stream of a plan.
func Stream(prefecture, plan string) string { return "plan-" + prefecture + "-" + plan }

// State is what a plan's stream says of targets. Area is the plan's own.
type State struct {
	Area    string
	Targets []AreaTarget
}

// Decider is the rules of a plan's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "plan", Zero: func() State { return State{} }, Evolve: Evolve, Decide: decide, Area: func(s State) string { return s.Area },
	}
}

// Evolve folds one event.
func Evolve(s State, e event.Event) State {
	if a, ok := AreaTargetOf(e); ok {
		s.Targets = append(s.Targets, a)
	}
	switch e := e.(type) {
	case TargetAdopted:
		s.Area = e.Area
	case TargetRevised:
		s.Area = e.Area
	case TargetWithdrawn:
		s.Area = e.Area
	}
	return s
}

func decide(s State, c Command, _ calendar.Day) ([]event.Event, error) {
	switch c := c.(type) {
	case SetTarget:
		return set(s, c)
	case WithdrawTarget:
		return withdraw(s, c)
	}
	return nil, ErrUnknownCommand
}

func set(s State, c SetTarget) ([]event.Event, error) {
	if math.IsNaN(c.Value) || math.IsInf(c.Value, 0) || c.Value < 0 {
		return nil, ErrTargetValue.At("/value")
	}
	reason, err := spoken(c.EffectiveOn, c.Reason)
	if err != nil {
		return nil, err
	}
	e := TargetAdopted{c.Area, c.Code, c.Target, c.Of, c.Value, c.EffectiveOn, reason}
	before, there := InForce(s.Targets, c.Held, c.EffectiveOn)
	switch {
	case !there || before.Withdrawn:
		return []event.Event{e}, nil
	case before.Value == c.Value:
		return nil, ErrSameTarget
	}
	return []event.Event{TargetRevised(e)}, nil
}

func withdraw(s State, c WithdrawTarget) ([]event.Event, error) {
	reason, err := spoken(c.EffectiveOn, c.Reason)
	if err != nil {
		return nil, err
	}
	if before, there := InForce(s.Targets, c.Held, c.EffectiveOn); there && before.Withdrawn || !there && !c.InPlan {
		return nil, ErrNoTarget
	}
	return []event.Event{TargetWithdrawn{c.Area, c.Code, c.Target, c.Of, c.EffectiveOn, reason}}, nil
}

func spoken(effective calendar.Day, reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case effective == 0:
		return "", ErrTargetDay.At("/effective_on")
	case utf8.RuneCountInString(reason) > longestReason:
		return "", ErrTargetReason.At("/reason")
	}
	return reason, nil
}
