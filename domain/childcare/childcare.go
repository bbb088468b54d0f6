package childcare

import (
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/standing"
)

// The refusals of a childcare institution's stream.
var (
	ErrAlreadyRegistered      = fault.New(fault.Refused, "already-registered", "该托育机构已登记。", "This childcare institution is on the register already.")
	ErrNotRegistered          = fault.New(fault.NotFound, "childcare-not-found", "没有这家托育机构，请先登记或核对编号。", "There is no childcare institution with this id; register it first or check the id.")
	ErrIDMissing              = fault.New(fault.Invalid, "id-missing", "编号不能为空或全零。", "The id must not be empty or all zeros.")
	ErrUnknownCommand         = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
	ErrFilingNumber           = fault.New(fault.Invalid, "filing-number-length", "备案号不得超过100个字符。", "The filing number must not exceed 100 characters.")
	ErrName                   = fault.New(fault.Invalid, "name-length", "名称须为1至100个字符。", "The name must have 1 to 100 characters.")
	ErrUnknownWord            = fault.New(fault.Invalid, "unknown-word", "该字段的取值不在允许范围内，请从 /docs 所列的取值中选择。", "The value is not one of the allowed words; /docs lists them.")
	ErrInTheFuture            = fault.New(fault.Invalid, "in-the-future", "日期在未来，最多可提前一天，请核对。", "The day lies in the future; at most one day ahead is taken. Check it.")
	ErrDayMissing             = fault.New(fault.Invalid, "day-missing", "请填写日期。", "A day is needed.")
	ErrBeforeRegistration     = fault.New(fault.Refused, "before-registration", "日期早于机构登记日期，请核对。", "The day is before the institution's registration; check it.")
	ErrAlreadyFiled           = fault.New(fault.Refused, "already-filed", "该托育机构已备案。", "This childcare institution is on file already.")
	ErrPlaceCount             = fault.New(fault.Invalid, "place-count", "托位数须为1至10000的整数，普惠托位不得超过总数。", "Places must be a whole number from 1 to 10,000, and inclusive ones may not exceed them.")
	ErrNotEnoughPlaces        = fault.New(fault.Refused, "not-enough-places", "没有这么多托位可以关闭，请核对分项。", "There are not that many places to close; check each part.")
	ErrInclusiveExceedsPlaces = fault.New(fault.Refused, "inclusive-exceeds-places", "普惠托位将超过托位总数，请核对。", "There would be more inclusive places than places; check the number.")
	ErrPlacesInUse            = fault.New(fault.Refused, "places-in-use", "关闭后托位将少于在托人数，请先办理退托。", "Fewer places would be left than are taken; withdraw children first.")
	ErrNoVacantPlace          = fault.New(fault.Refused, "no-vacant-place", "该托育机构没有空余托位，请选择其他机构。", "This childcare institution has no vacant place; choose another one.")
	ErrPlaceAlreadyReserved   = fault.New(fault.Refused, "place-already-reserved", "该入托已占用托位。", "This enrolment holds a place already.")
	ErrEnrolmentOfAnother     = fault.New(fault.Refused, "enrolment-of-another", "该入托编号属于另一名儿童，请换一个新编号。", "This enrolment id belongs to another child; send a new one.")
	ErrPlaceNotReserved       = fault.New(fault.Refused, "place-not-reserved", "该入托没有占用托位。", "This enrolment holds no place.")
)

// Decider is the rules of a childcare institution's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "childcare", Zero: zero, Evolve: evolve, Decide: decide,
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
	case File:
		return file(s, c, today)
	case OpenPlaces:
		return openPlaces(s, c, today)
	case ClosePlaces:
		return closePlaces(s, c, today)
	case ReservePlace:
		return reservePlace(s, c, today)
	case ReleasePlace:
		return releasePlace(s, c)
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
	case c.Childcare == uuid.Nil:
		return nil, ErrIDMissing.At("/id")
	case n < 1 || n > 100:
		return nil, ErrName.At("/name")
	case c.Ownership != Public && c.Ownership != Private:
		return nil, ErrUnknownWord.At("/ownership")
	}
	if err := dated(c.RegisteredOn, today, "/registered_on"); err != nil {
		return nil, err
	}
	return []event.Event{Registered(c)}, nil
}

func file(s State, c File, today calendar.Day) ([]event.Event, error) {
	if s.Filed {
		return nil, ErrAlreadyFiled
	}
	if err := s.dated(c.FiledOn, today, "/filed_on"); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(c.FilingNumber) > 100 {
		return nil, ErrFilingNumber.At("/filing_number")
	}
	return []event.Event{Filed{Childcare: s.Childcare, FiledOn: c.FiledOn, FilingNumber: c.FilingNumber}}, nil
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
