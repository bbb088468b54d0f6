package child

import (
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

// The refusals of a child's stream.
var (
	ErrAlreadyRegistered  = fault.New(fault.Refused, "already-registered", "该儿童已登记，请直接使用原有档案。", "This child is on the register already; use the existing record.")
	ErrNotRegistered      = fault.New(fault.NotFound, "child-not-found", "没有这名儿童的档案，请先登记或核对编号。", "There is no child with this id; register the child first or check the id.")
	ErrIDMissing          = fault.New(fault.Invalid, "id-missing", "编号不能为空或全零。", "The id must not be empty or all zeros.")
	ErrUnknownCommand     = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
	ErrUnknownWord        = fault.New(fault.Invalid, "unknown-word", "该字段的取值不在允许范围内，请从 /docs 所列的取值中选择。", "The value is not one of the allowed words; /docs lists them.")
	ErrInTheFuture        = fault.New(fault.Invalid, "in-the-future", "日期在未来，最多可提前一天，请核对。", "The day lies in the future; at most one day ahead is taken. Check it.")
	ErrDayMissing         = fault.New(fault.Invalid, "day-missing", "请填写日期。", "A day is needed.")
	ErrBornLater          = fault.New(fault.Invalid, "born-after-registration", "出生日期晚于登记日期，请核对。", "The day of birth is after the day of registration; check both.")
	ErrOver3              = fault.New(fault.Refused, "child-over-3", "儿童已满3周岁，不在入托登记范围。", "The child is 3 or older on that day and outside this register.")
	ErrBeforeBirth        = fault.New(fault.Invalid, "enrolment-before-birth", "入托日期早于出生月份，请核对。", "The enrolment is dated before the month of birth; check the day.")
	ErrAlreadyEnrolled    = fault.New(fault.Refused, "already-enrolled", "该儿童已在托，请先办理退托。", "The child has a place already; withdraw first.")
	ErrEnrolmentExists    = fault.New(fault.Refused, "enrolment-exists", "该入托编号已使用，请换一个新编号。", "This enrolment id is used already; send a new one.")
	ErrOverlapping        = fault.New(fault.Refused, "overlapping-enrolment", "入托日期早于上一次退托日期，请核对。", "The enrolment is before the end of an earlier one; check the day.")
	ErrEnrolmentAbandoned = fault.New(fault.Refused, "enrolment-abandoned", "这次入托因超时已放弃，请重新提交一次新的入托。", "This enrolment was given up after a timeout; send a new one.")
	ErrEnrolmentCommitted = fault.New(fault.Refused, "enrolment-committed", "该入托已生效，不能放弃。", "This enrolment has been committed and cannot be given up.")
	ErrAlreadyAbandoned   = fault.New(fault.Refused, "already-abandoned", "该入托已放弃。", "This enrolment was given up already.")
	ErrNotEnrolled        = fault.New(fault.Refused, "not-enrolled", "该儿童没有这次在托记录，请核对。", "The child has no such enrolment; check it.")
	ErrAlreadyWithdrawn   = fault.New(fault.Refused, "already-withdrawn", "该入托已办理退托。", "This enrolment has ended already.")
	ErrDaysSinceBirth     = fault.New(fault.Invalid, "days-since-birth", "请填写访视时的出生天数，且须与出生月份相符。", "Say how many days after birth the visit was; it must agree with the month of birth.")
	ErrNextDueTooEarly    = fault.New(fault.Invalid, "next-due-too-early", "下次应做日期早于本次日期，请核对。", "The next one would be due before this one; check both days.")
	ErrWithdrawnTooEarly  = fault.New(fault.Refused, "withdrawal-before-enrolment", "退托日期早于入托日期，请核对。", "The withdrawal is before the enrolment; check the day.")
)

// Decider is the rules of a child's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "child", Zero: zero, Evolve: evolve, Decide: decide,
		Area: func(s State) string { return s.Area },
	}
}

func decide(s State, c Command, today calendar.Day) ([]event.Event, error) {
	if c, ok := c.(Register); ok {
		return register(s, c, today)
	}
	if !s.Registered() {
		return nil, ErrNotRegistered
	}
	if s.MergedInto != uuid.Nil && !ofAnyRegistration(c) {
		return nil, person.AlreadyMerged(s.MergedInto)
	}
	switch c := c.(type) {
	case Enrol:
		return enrol(s, c, today)
	case Withdraw:
		return withdraw(s, c, today)
	case AbandonEnrolment:
		return abandonEnrolment(s, c)
	case Keep:
		if c, is := c.Command.(standing.EnterInError); is {
			if err := person.Takes(s.Erased, c.Reason); err != nil {
				return nil, err
			}
		}
		return standing.Decide(s.subject(), s.Known, c.Command, today)
	case Erase:
		return person.DecideErase(s.subject(), s.Erased, c.Erase)
	case Merge:
		return person.DecideMerge(s.subject(), s.enrolled(), c.Merge)
	}
	return decideHealth(s, c, today)
}

// ofAnyRegistration reports whether a command is taken of a merged registration too: its own personal values lie under its own
// key, and a place that was reserved for it must become free.
func ofAnyRegistration(c Command) bool {
	switch c.(type) {
	case Erase, AbandonEnrolment:
		return true
	}
	return false
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

func register(s State, c Register, today calendar.Day) ([]event.Event, error) {
	switch {
	case s.Registered():
		return nil, ErrAlreadyRegistered
	case c.Child == uuid.Nil:
		return nil, ErrIDMissing.At("/id")
	}
	if err := dated(c.RegisteredOn, today, "/registered_on"); err != nil {
		return nil, err
	}
	y, m, d := c.Born.Time().Date()
	switch {
	case c.Sex != Male && c.Sex != Female:
		return nil, ErrUnknownWord.At("/sex")
	case c.Born == 0:
		return nil, ErrDayMissing.At("/born_on")
	case c.Born > c.RegisteredOn:
		return nil, ErrBornLater.At("/born_on")
	case calendar.Date(y+3, m, d) <= c.RegisteredOn:
		return nil, ErrOver3.At("/born_on")
	}
	return []event.Event{Registered{
		Child: c.Child, Area: c.Area, RegisteredOn: c.RegisteredOn, Sex: c.Sex, BirthMonth: c.Born.Month(),
		Personal: c.Personal, Guardian: c.Guardian,
	}}, nil
}

func enrol(s State, c Enrol, today calendar.Day) ([]event.Event, error) {
	if err := dated(c.EnrolledOn, today, "/enrolled_on"); err != nil {
		return nil, err
	}
	_, used := s.Enrolments[c.Enrolment]
	switch {
	case s.Abandoned[c.Enrolment]:
		return nil, ErrEnrolmentAbandoned
	case used:
		return nil, ErrEnrolmentExists
	case !slices.Contains([]Class{Infant, Toddler, Junior, Mixed}, c.Class):
		return nil, ErrUnknownWord.At("/class")
	case c.EnrolledOn < s.BirthMonth.First():
		return nil, ErrBeforeBirth.At("/enrolled_on")
	}
	doubts := slices.Clone(c.Doubts)
	for _, broken := range s.brokenByEnrolment(c.EnrolledOn) {
		if !c.Report {
			return nil, broken
		}
		doubts = append(doubts, broken.Code)
	}
	return []event.Event{Enrolled{
		Child: s.Child, Enrolment: c.Enrolment, Childcare: c.Childcare, ChildcareArea: c.ChildcareArea, Class: c.Class,
		BirthMonth: s.BirthMonth, EnrolledOn: c.EnrolledOn, Doubts: event.Doubts{Doubts: doubts},
	}}, nil
}

// brokenByEnrolment lists the rules that an enrolment on a day would break: asked for, it is refused; reported, doubted.
// The day of birth is sealed, so a child counts as under 3 to the end of the month in which it turns 3.
func (s State) brokenByEnrolment(on calendar.Day) []*fault.Error {
	var broken []*fault.Error
	overlapping := false
	for _, taken := range s.Enrolments {
		if !taken.Ended {
			broken = []*fault.Error{ErrAlreadyEnrolled}
		}
		overlapping = overlapping || taken.Ended && on < taken.EndedOn
	}
	if overlapping {
		broken = append(broken, ErrOverlapping)
	}
	if on.Month() > s.BirthMonth+36 {
		broken = append(broken, ErrOver3)
	}
	return broken
}

func withdraw(s State, c Withdraw, today calendar.Day) ([]event.Event, error) {
	taken, found := s.Enrolments[c.Enrolment]
	switch {
	case !found:
		return nil, ErrNotEnrolled
	case taken.Ended:
		return nil, ErrAlreadyWithdrawn
	}
	if err := dated(c.WithdrawnOn, today, "/withdrawn_on"); err != nil {
		return nil, err
	}
	switch {
	case c.WithdrawnOn < taken.EnrolledOn:
		return nil, ErrWithdrawnTooEarly.At("/withdrawn_on")
	case !slices.Contains([]WithdrawalReason{OfAge, MovedAway, OtherReason}, c.Reason):
		return nil, ErrUnknownWord.At("/reason")
	}
	return []event.Event{Withdrawn{
		Child: s.Child, Enrolment: c.Enrolment, Childcare: taken.Childcare, ChildcareArea: taken.ChildcareArea,
		BirthMonth: s.BirthMonth, WithdrawnOn: c.WithdrawnOn, Reason: c.Reason,
	}}, nil
}

func abandonEnrolment(s State, c AbandonEnrolment) ([]event.Event, error) {
	taken, found := s.Enrolments[c.Enrolment]
	switch {
	case found && taken.Childcare == c.Childcare && !taken.Ended:
		return nil, ErrEnrolmentCommitted
	case s.Abandoned[c.Enrolment]:
		return nil, ErrAlreadyAbandoned
	}
	return []event.Event{EnrolmentAbandoned{Child: s.Child, Enrolment: c.Enrolment, Childcare: c.Childcare}}, nil
}
