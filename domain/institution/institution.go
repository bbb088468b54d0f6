package institution

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

// The refusals of an institution's stream.
var (
	ErrAlreadyRegistered    = fault.New(fault.Refused, "already-registered", "该机构已登记。", "This institution is on the register already.")
	ErrNotRegistered        = fault.New(fault.NotFound, "institution-not-found", "没有这家养老机构，请先登记或核对编号。", "There is no institution with this id; register it first or check the id.")
	ErrIDMissing            = fault.New(fault.Invalid, "id-missing", "编号不能为空或全零。", "The id must not be empty or all zeros.")
	ErrUnknownCommand       = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
	ErrName                 = fault.New(fault.Invalid, "name-length", "名称须为1至100个字符。", "The name must have 1 to 100 characters.")
	ErrUnknownWord          = fault.New(fault.Invalid, "unknown-word", "该字段的取值不在允许范围内，请从 /docs 所列的取值中选择。", "The value is not one of the allowed words; /docs lists them.")
	ErrInTheFuture          = fault.New(fault.Invalid, "in-the-future", "日期在未来，最多可提前一天，请核对。", "The day lies in the future; at most one day ahead is taken. Check it.")
	ErrDayMissing           = fault.New(fault.Invalid, "day-missing", "请填写日期。", "A day is needed.")
	ErrBeforeRegistration   = fault.New(fault.Refused, "before-registration", "日期早于机构登记日期，请核对。", "The day is before the institution's registration; check it.")
	ErrBedCount             = fault.New(fault.Invalid, "bed-count", "床位数须为1至100000的整数，分项不得超过总数。", "Beds must be a whole number from 1 to 100,000, and no part may exceed the whole.")
	ErrNursingExceedsBeds   = fault.New(fault.Refused, "nursing-exceeds-beds", "护理型床位将超过床位总数，请核对。", "There would be more nursing-type beds than beds; check the number.")
	ErrOperatingExceedsBeds = fault.New(fault.Refused, "operating-exceeds-beds", "投入运营床位将超过床位总数，请核对。", "There would be more beds in operation than beds; check the number.")
	ErrNotEnoughBeds        = fault.New(fault.Refused, "not-enough-beds", "没有这么多床位可以关闭，请核对分项。", "There are not that many beds to close; check each part.")
	ErrBedsInUse            = fault.New(fault.Refused, "beds-in-use", "关闭后运营床位将少于在住人数，请先办理退住或转院。", "Fewer beds would be in operation than are taken; discharge or transfer first.")
	ErrNoVacantBed          = fault.New(fault.Refused, "no-vacant-bed", "该机构没有空余的运营床位，请选择其他机构。", "This institution has no vacant bed in operation; choose another one.")
	ErrBedAlreadyReserved   = fault.New(fault.Refused, "bed-already-reserved", "该入住已占用床位。", "This stay holds a bed already.")
	ErrStayOfAnother        = fault.New(fault.Refused, "stay-of-another", "该入住编号属于另一位老年人，请换一个新编号。", "This stay id belongs to another elder; send a new one.")
	ErrBedNotReserved       = fault.New(fault.Refused, "bed-not-reserved", "该入住没有占用床位。", "This stay holds no bed.")
)

// Decider is the rules of an institution's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "institution", Zero: zero, Evolve: evolve, Decide: decide,
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
	switch c := c.(type) {
	case OpenBeds:
		return openBeds(s, c, today)
	case ConvertBeds:
		return convertBeds(s, c, today)
	case OperateBeds:
		return operateBeds(s, c, today)
	case CloseBeds:
		return closeBeds(s, c, today)
	case ReserveBed:
		return reserveBed(s, c, today)
	case ReleaseBed:
		return releaseBed(s, c)
	case Keep:
		return standing.Decide(s.subject(), s.Known, c.Command, today)
	}
	return nil, ErrUnknownCommand
}

func register(s State, c Register, today calendar.Day) ([]event.Event, error) {
	c.Name = strings.TrimSpace(c.Name)
	switch n := utf8.RuneCountInString(c.Name); {
	case s.Registered():
		return nil, ErrAlreadyRegistered
	case c.Institution == uuid.Nil:
		return nil, ErrIDMissing.At("/id")
	case n < 1 || n > 100:
		return nil, ErrName.At("/name")
	case !slices.Contains([]Kind{Apartment, WelfareHome, RuralHome, PrivateHome}, c.Kind):
		return nil, ErrUnknownWord.At("/kind")
	case !slices.Contains([]Ownership{Public, Private, PublicPrivate}, c.Ownership):
		return nil, ErrUnknownWord.At("/ownership")
	}
	if err := dated(c.RegisteredOn, today, "/registered_on"); err != nil {
		return nil, err
	}
	return []event.Event{Registered(c)}, nil
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

// dated refuses, beside those, a day before the registration.
func (s State) dated(on, today calendar.Day, pointer string) error {
	if on != 0 && on < s.RegisteredOn {
		return ErrBeforeRegistration.At(pointer)
	}
	return dated(on, today, pointer)
}
