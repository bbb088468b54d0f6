package projection

import (
	"strings"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// The refusals of a projection's stream.
var (
	ErrBuilding    = fault.New(fault.Refused, "already-rebuilding", "已有一次重建在进行；请等它完成，或先放弃它。", "A rebuild is under way already; wait for it, or abandon it first.")
	ErrNotBuilding = fault.New(fault.Refused, "not-rebuilding", "当前没有进行中的重建。", "No rebuild is under way.")
	ErrPaused      = fault.New(fault.Refused, "rebuild-paused", "重建已经暂停。", "The rebuild is paused already.")
	ErrNotPaused   = fault.New(fault.Refused, "rebuild-not-paused", "重建没有暂停。", "The rebuild is not paused.")
	ErrNoPrevious  = fault.New(fault.Refused, "nothing-to-roll-back", "没有可以退回或清除的上一套数据。", "There is no set from before to go back to or to throw away.")
	ErrReason      = fault.New(fault.Invalid, "rebuild-reason", "原因不超过 200 字。", "A reason has at most 200 characters.")
	ErrUnknown     = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
)

const maxReason = 200

// Command is one of the commands of a projection's stream.
type Command interface{ projectionCommand() }

// Begin builds a new set. A set from before is retired.
type Begin struct {
	Area   string
	Facts  int
	Reason string
}

// Pause and Resume stop building the set for a while; Abandon gives it up.
type (
	Pause   struct{}
	Resume  struct{}
	Abandon struct{}
)

// Promote makes the set that was built serve.
type Promote struct {
	Set      int
	Position uint64
}

// RollBack makes the set from before serve again; Retire gives it up.
type (
	RollBack struct{}
	Retire   struct{}
)

func (Begin) projectionCommand()    {}
func (Pause) projectionCommand()    {}
func (Resume) projectionCommand()   {}
func (Abandon) projectionCommand()  {}
func (Promote) projectionCommand()  {}
func (RollBack) projectionCommand() {}
func (Retire) projectionCommand()   {}

// State is which sets a prefecture has; 0 where there is none of a kind.
type State struct {
	Area     string
	Serving  int
	Previous int // fed, so that it can serve again
	Building int
	Paused   bool
	Last     int // the last number given to a set
}

// Fed are the sets that new events are to reach.
func (s State) Fed() []int {
	fed := []int{s.Serving}
	if s.Previous > 0 {
		fed = append(fed, s.Previous)
	}
	if s.Building > 0 && !s.Paused {
		fed = append(fed, s.Building)
	}
	return fed
}

// Stream is the stream of a prefecture's projection.
func Stream(prefecture string) string { return "projection-" + prefecture }

// Begun is the state of a prefecture of which nothing has been decided.
func Begun() State { return State{Serving: First, Last: First} }

// Decider is the rules of a projection's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "projection", Zero: Begun, Evolve: Evolve, Decide: decide, Area: func(s State) string { return s.Area },
	}
}

// Evolve folds one event.
func Evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case RebuildBegun:
		s.Area, s.Building, s.Last, s.Paused = e.Area, e.Set, e.Set, false
	case RebuildPaused:
		s.Paused = true
	case RebuildResumed:
		s.Paused = false
	case RebuildAbandoned:
		s.Building, s.Paused = 0, false
	case Promoted:
		s.Serving, s.Previous, s.Building, s.Paused = e.Set, e.Before, 0, false
	case RolledBack:
		s.Serving, s.Previous = e.Set, e.From
	case Retired:
		s.Previous = 0
	}
	return s
}

func decide(s State, c Command, _ calendar.Day) ([]event.Event, error) {
	switch c := c.(type) {
	case Begin:
		return begin(s, c)
	case RollBack, Retire:
		return decidePrevious(s, c)
	}
	if s.Building == 0 {
		return nil, ErrNotBuilding
	}
	switch c := c.(type) {
	case Pause:
		if s.Paused {
			return nil, ErrPaused
		}
		return []event.Event{RebuildPaused{Set: s.Building}}, nil
	case Resume:
		if !s.Paused {
			return nil, ErrNotPaused
		}
		return []event.Event{RebuildResumed{Set: s.Building}}, nil
	case Abandon:
		return []event.Event{RebuildAbandoned{Set: s.Building}}, nil
	case Promote:
		if c.Set != s.Building {
			return nil, ErrNotBuilding
		}
		return []event.Event{Promoted{Set: c.Set, Before: s.Serving, Position: c.Position}}, nil
	}
	return nil, ErrUnknown
}

func begin(s State, c Begin) ([]event.Event, error) {
	switch {
	case s.Building > 0:
		return nil, ErrBuilding
	case len([]rune(c.Reason)) > maxReason:
		return nil, ErrReason
	}
	begun := RebuildBegun{Area: c.Area, Set: s.Last + 1, Facts: c.Facts, Reason: strings.TrimSpace(c.Reason)}
	if s.Previous > 0 {
		return []event.Event{Retired{Set: s.Previous}, begun}, nil
	}
	return []event.Event{begun}, nil
}

func decidePrevious(s State, c Command) ([]event.Event, error) {
	if s.Previous == 0 {
		return nil, ErrNoPrevious
	}
	if _, back := c.(RollBack); back {
		return []event.Event{RolledBack{Set: s.Previous, From: s.Serving}}, nil
	}
	return []event.Event{Retired{Set: s.Previous}}, nil
}
