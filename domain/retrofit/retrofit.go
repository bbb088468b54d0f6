package retrofit

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// The refusals of a retrofit's stream.
var (
	ErrAlreadyApplied   = fault.New(fault.Refused, "already-applied", "该改造已申请。", "This retrofit has been applied for already.")
	ErrNotApplied       = fault.New(fault.NotFound, "retrofit-not-found", "没有这项改造申请，请先申请或核对编号。", "There is no retrofit with this id; apply first or check the id.")
	ErrAlreadyApproved  = fault.New(fault.Refused, "already-approved", "该改造已批准。", "This retrofit is approved already.")
	ErrNotApproved      = fault.New(fault.Refused, "not-approved", "该改造尚未批准，不能验收。", "This retrofit is not approved yet and cannot be accepted.")
	ErrAlreadyAccepted  = fault.New(fault.Refused, "already-accepted", "该改造已验收。", "This retrofit is accepted already.")
	ErrOutOfOrder       = fault.New(fault.Refused, "days-out-of-order", "日期早于上一步骤，请核对。", "The day is before the step that comes first; check it.")
	ErrInTheFuture      = fault.New(fault.Invalid, "in-the-future", "日期在未来，最多可提前一天，请核对。", "The day lies in the future; at most one day ahead is taken. Check it.")
	ErrDayMissing       = fault.New(fault.Invalid, "day-missing", "请填写日期。", "A day is needed.")
	ErrIDMissing        = fault.New(fault.Invalid, "id-missing", "编号不能为空或全零。", "The id must not be empty or all zeros.")
	ErrHouseholdMissing = fault.New(fault.Invalid, "household-missing", "请填写家庭编号。", "A household id is needed.")
	ErrUnknownCommand   = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
)

// State is what a retrofit's stream has told so far. A day is zero until its step is taken.
type State struct {
	Retrofit   uuid.UUID
	Area       string
	Household  uuid.UUID
	AppliedOn  calendar.Day
	ApprovedOn calendar.Day
	AcceptedOn calendar.Day
}

// Decider is the rules of a retrofit's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "retrofit", Zero: func() State { return State{} }, Evolve: evolve, Decide: decide,
		Area: func(s State) string { return s.Area },
	}
}

func evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Applied:
		s.Retrofit, s.Area, s.Household, s.AppliedOn = e.Retrofit, e.Area, e.Household, e.AppliedOn
	case Approved:
		s.ApprovedOn = e.ApprovedOn
	case Accepted:
		s.AcceptedOn = e.AcceptedOn
	}
	return s
}

func decide(s State, c Command, today calendar.Day) ([]event.Event, error) {
	switch c := c.(type) {
	case Apply:
		return apply(s, c, today)
	case Approve:
		return approve(s, c, today)
	case Accept:
		return accept(s, c, today)
	}
	return nil, ErrUnknownCommand
}

// dated refuses a missing day, one more than a day ahead and one before the step that comes first.
func dated(on, after, today calendar.Day, pointer string) error {
	switch {
	case on == 0:
		return ErrDayMissing.At(pointer)
	case on > today+1:
		return ErrInTheFuture.At(pointer)
	case on < after:
		return ErrOutOfOrder.At(pointer)
	}
	return nil
}

func apply(s State, c Apply, today calendar.Day) ([]event.Event, error) {
	switch {
	case s.Retrofit != uuid.Nil:
		return nil, ErrAlreadyApplied
	case c.Retrofit == uuid.Nil:
		return nil, ErrIDMissing.At("/id")
	case c.Household == uuid.Nil:
		return nil, ErrHouseholdMissing.At("/household")
	}
	if err := dated(c.AppliedOn, c.AppliedOn, today, "/applied_on"); err != nil {
		return nil, err
	}
	return []event.Event{Applied(c)}, nil
}

func approve(s State, c Approve, today calendar.Day) ([]event.Event, error) {
	switch {
	case s.Retrofit == uuid.Nil:
		return nil, ErrNotApplied
	case s.ApprovedOn != 0:
		return nil, ErrAlreadyApproved
	}
	if err := dated(c.ApprovedOn, s.AppliedOn, today, "/approved_on"); err != nil {
		return nil, err
	}
	return []event.Event{Approved{Retrofit: s.Retrofit, ApprovedOn: c.ApprovedOn}}, nil
}

func accept(s State, c Accept, today calendar.Day) ([]event.Event, error) {
	switch {
	case s.Retrofit == uuid.Nil:
		return nil, ErrNotApplied
	case s.AcceptedOn != 0:
		return nil, ErrAlreadyAccepted
	case s.ApprovedOn == 0:
		return nil, ErrNotApproved
	}
	if err := dated(c.AcceptedOn, s.ApprovedOn, today, "/accepted_on"); err != nil {
		return nil, err
	}
	return []event.Event{Accepted{Retrofit: s.Retrofit, Household: s.Household, AcceptedOn: c.AcceptedOn}}, nil
}
