package elder

import (
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

// Decider is the rules of an elder's stream.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Category: "elder", Zero: zero, Evolve: evolve, Decide: decide,
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
	if err := person.Takes(s.Erased, personal(c)); err != nil {
		return nil, err
	}
	switch c := c.(type) {
	case RecordCircumstances:
		return recordCircumstances(s, c, today)
	case LogHomeVisit:
		return logHomeVisit(s, c, today)
	case CorrectHomeVisit:
		return correctHomeVisit(s, c, today)
	case EnterHomeVisitInError:
		return enterHomeVisitInError(s, c)
	case Admit:
		return admit(s, c, today)
	case Transfer:
		return transfer(s, c, today)
	case Discharge:
		return discharge(s, c, today)
	case AbandonAdmission:
		return abandonAdmission(s, c)
	case Keep:
		return standing.Decide(s.subject(), s.Known, c.Command, today)
	}
	return decideLife(s, c, today)
}

// ofAnyRegistration reports whether a command is taken of a merged registration too: its own personal values lie under its own
// key, and a bed that was reserved for it must become free.
func ofAnyRegistration(c Command) bool {
	switch c.(type) {
	case Erase, AbandonAdmission:
		return true
	}
	return false
}

// personal is the personal value that a command brings, nil where it brings none.
func personal(c Command) *event.Sealed {
	switch c := c.(type) {
	case LogHomeVisit:
		return c.Note
	case CorrectHomeVisit:
		return c.Reason
	case EnterHomeVisitInError:
		return c.Reason
	case EnterDeathInError:
		return c.Reason
	case Keep:
		if c, is := c.Command.(standing.EnterInError); is {
			return c.Reason
		}
	}
	return nil
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
	case c.Elder == uuid.Nil:
		return nil, ErrIDMissing.At("/id")
	}
	if err := dated(c.RegisteredOn, today, "/registered_on"); err != nil {
		return nil, err
	}
	switch {
	case c.Sex != Male && c.Sex != Female:
		return nil, ErrUnknownWord.At("/sex")
	case c.Born == 0:
		return nil, ErrDayMissing.At("/born_on")
	case c.Born > c.RegisteredOn:
		return nil, ErrBornLater.At("/born_on")
	case !reached(60, c.Born, c.RegisteredOn):
		return nil, ErrUnder60.At("/born_on")
	}
	return []event.Event{Registered{
		Elder: c.Elder, Area: c.Area, RegisteredOn: c.RegisteredOn, Sex: c.Sex, BirthMonth: c.Born.Month(),
		Household: c.Household, Personal: c.Personal,
	}}, nil
}

// reached reports whether somebody born on a day is of that age on another.
func reached(years int, born, on calendar.Day) bool {
	y, m, d := born.Time().Date()
	return calendar.Date(y+years, m, d) <= on
}

func recordCircumstances(s State, c RecordCircumstances, today calendar.Day) ([]event.Event, error) {
	if err := dated(c.EffectiveOn, today, "/effective_on"); err != nil {
		return nil, err
	}
	switch {
	case c.EffectiveOn < s.BirthMonth.First():
		return nil, ErrBeforeBirth.At("/effective_on")
	case s.deadBefore(c.EffectiveOn):
		return nil, ErrDeceased.At("/effective_on")
	}
	held := []Circumstance{}
	for _, word := range Circumstances() { // in the plan's order, each once
		if slices.Contains(c.Circumstances, word) {
			held = append(held, word)
		}
	}
	for _, word := range c.Circumstances {
		if !slices.Contains(held, word) {
			return nil, ErrUnknownWord.At("/circumstances")
		}
	}
	return []event.Event{CircumstancesRecorded{Elder: s.Elder, Circumstances: held, EffectiveOn: c.EffectiveOn}}, nil
}
