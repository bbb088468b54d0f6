package elder

import (
	"slices"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

func logHomeVisit(s State, c LogHomeVisit, today calendar.Day) ([]event.Event, error) {
	if err := visited(s, c.OccurredOn, c.Mode, c.Outcome, today); err != nil {
		return nil, err
	}
	if _, taken := s.Visits[c.Visit]; taken {
		return nil, ErrVisitLogged
	}
	return []event.Event{HomeVisitLogged{
		Elder: s.Elder, Visit: c.Visit, OccurredOn: c.OccurredOn, Mode: c.Mode, Outcome: c.Outcome, Note: c.Note,
	}}, nil
}

func correctHomeVisit(s State, c CorrectHomeVisit, today calendar.Day) ([]event.Event, error) {
	was, found := s.Visits[c.Visit]
	switch {
	case !found:
		return nil, ErrVisitNotFound
	case was.InError:
		return nil, ErrVisitInError
	case c.Reason == nil:
		return nil, ErrReasonMissing.At("/reason")
	}
	if err := visited(s, c.OccurredOn, c.Mode, c.Outcome, today); err != nil {
		return nil, err
	}
	return []event.Event{HomeVisitCorrected{
		Elder: s.Elder, Visit: c.Visit, WasOn: was.OccurredOn, OccurredOn: c.OccurredOn, Mode: c.Mode, Outcome: c.Outcome, Reason: c.Reason,
	}}, nil
}

func enterHomeVisitInError(s State, c EnterHomeVisitInError) ([]event.Event, error) {
	was, found := s.Visits[c.Visit]
	switch {
	case !found:
		return nil, ErrVisitNotFound
	case was.InError:
		return nil, ErrVisitInError
	case c.Reason == nil:
		return nil, ErrReasonMissing.At("/reason")
	}
	return []event.Event{HomeVisitEnteredInError{Elder: s.Elder, Visit: c.Visit, WasOn: was.OccurredOn, Reason: c.Reason}}, nil
}

// visited checks what a visit says. One from before the registration is a report like any other.
func visited(s State, on calendar.Day, mode Mode, outcome Outcome, today calendar.Day) error {
	if err := dated(on, today, "/occurred_on"); err != nil {
		return err
	}
	switch {
	case on < s.BirthMonth.First():
		return ErrVisitBeforeBirth.At("/occurred_on")
	case !slices.Contains([]Mode{AtHome, ByTelephone, ByVideo}, mode):
		return ErrUnknownWord.At("/mode")
	case !slices.Contains([]Outcome{Seen, Absent, Declined, Moved, Hospitalised, Deceased}, outcome):
		return ErrUnknownWord.At("/outcome")
	}
	return nil
}
