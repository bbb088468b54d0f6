package elder

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

// decideLife takes the commands of where an elder lives, of the death, and of the registration itself.
func decideLife(s State, c Command, today calendar.Day) ([]event.Event, error) {
	switch c := c.(type) {
	case Move:
		return move(s, c, today)
	case RecordDeath:
		return recordDeath(s, c, today)
	case EnterDeathInError:
		return enterDeathInError(s, c)
	case Erase:
		return person.DecideErase(s.subject(), s.Erased, c.Erase)
	case Merge:
		_, current := s.Current()
		return person.DecideMerge(s.subject(), current, c.Merge)
	}
	return nil, ErrUnknownCommand
}

// subject is the elder as package standing sees it: records speak of any day from the month of birth to the death.
func (s State) subject() standing.Subject {
	return standing.Subject{ID: s.Elder, Kind: standing.Elder, Since: s.BirthMonth.First(), Last: s.DiedOn}
}

// deadBefore reports whether the elder died before a day.
func (s State) deadBefore(on calendar.Day) bool { return s.DiedOn != 0 && on > s.DiedOn }

// homeOn answers where the elder lived on a day: of several moves of one day the last recorded counts.
func (s State) homeOn(on calendar.Day) (home Home) {
	for _, h := range s.Homes {
		if h.SinceOn <= on && (home.Area == "" || h.SinceOn >= home.SinceOn) {
			home = h
		}
	}
	return home
}

func move(s State, c Move, today calendar.Day) ([]event.Event, error) {
	if err := dated(c.MovedOn, today, "/moved_on"); err != nil {
		return nil, err
	}
	from := s.homeOn(c.MovedOn).Area
	switch {
	case c.MovedOn < s.RegisteredOn:
		return nil, ErrMovedTooEarly.At("/moved_on")
	case s.deadBefore(c.MovedOn + 1): // on the day of death nobody moves
		return nil, ErrDeceased.At("/moved_on")
	case from == c.Area:
		return nil, ErrSameArea.At("/area")
	}
	return []event.Event{MovedHome{Elder: s.Elder, FromArea: from, Area: c.Area, MovedOn: c.MovedOn}}, nil
}

func recordDeath(s State, c RecordDeath, today calendar.Day) ([]event.Event, error) {
	if s.DiedOn != 0 {
		return nil, ErrDeceased
	}
	if err := dated(c.DiedOn, today, "/died_on"); err != nil {
		return nil, err
	}
	for _, h := range s.Homes {
		if c.DiedOn < h.SinceOn {
			return nil, ErrDiedTooEarly.At("/died_on")
		}
	}
	return []event.Event{Died{Elder: s.Elder, DiedOn: c.DiedOn}}, nil
}

func enterDeathInError(s State, c EnterDeathInError) ([]event.Event, error) {
	switch {
	case s.DiedOn == 0:
		return nil, ErrNotDied
	case c.Reason == nil:
		return nil, ErrReasonMissing.At("/reason")
	}
	return []event.Event{DeathEnteredInError{Elder: s.Elder, Area: s.Area, WasOn: s.DiedOn, Reason: c.Reason}}, nil
}
