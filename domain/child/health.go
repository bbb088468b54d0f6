package child

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

// newbornDays is within how many days of the birth a visit counts as one to a newborn.
const newbornDays = 28

// decideHealth takes the reports of what a child's health care did.
func decideHealth(s State, c Command, today calendar.Day) ([]event.Event, error) {
	switch c := c.(type) {
	case LogCheck:
		return s.logWith(standing.Check, standing.Managed, c.Record, c.OccurredOn, c.NextDueOn, today)
	case LogImmunisation:
		return s.logWith(standing.Immunisation, standing.Immunised, c.Record, c.OccurredOn, c.NextDueOn, today)
	case LogNewbornVisit:
		return logNewbornVisit(s, c, today)
	}
	return nil, ErrUnknownCommand
}

// subject is the child as package standing sees it: records speak of any day from the month of birth on.
func (s State) subject() standing.Subject {
	return standing.Subject{ID: s.Child, Kind: standing.Child, Since: s.BirthMonth.First()}
}

// logWith logs an activity and the standing that it makes hold until the next one is due.
func (s State) logWith(activity, holds string, record uuid.UUID, on, nextDue, today calendar.Day) ([]event.Event, error) {
	logged, err := standing.Decide(s.subject(), s.Known, standing.LogActivity{Activity: activity, Record: record, OccurredOn: on}, today)
	switch {
	case err != nil:
		return nil, err
	case nextDue != 0 && nextDue < on:
		return nil, ErrNextDueTooEarly.At("/next_due_on")
	}
	holding, err := standing.Decide(s.subject(), s.Known, standing.RecordStanding{
		Standing: holds, Record: standing.Companion(record), EffectiveOn: on, Until: nextDue,
	}, today)
	if err != nil {
		return nil, err
	}
	return append(logged, holding...), nil
}

func logNewbornVisit(s State, c LogNewbornVisit, today calendar.Day) ([]event.Event, error) {
	// Born on the last or on the first day of the month: that many days ago.
	least, most := int(c.OccurredOn-s.BirthMonth.Last()), int(c.OccurredOn-s.BirthMonth.First())
	if days := c.DaysSinceBirth; days != nil {
		if *days < max(least, 0) || *days > most {
			return nil, ErrDaysSinceBirth.At("/days_since_birth")
		}
		least, most = *days, *days
	}
	activity := standing.NewbornVisit
	switch {
	case least > newbornDays:
		activity = standing.NewbornVisitLate
	case most > newbornDays:
		return nil, ErrDaysSinceBirth.At("/days_since_birth")
	}
	return standing.Decide(s.subject(), s.Known, standing.LogActivity{Activity: activity, Record: c.Record, OccurredOn: c.OccurredOn}, today)
}
