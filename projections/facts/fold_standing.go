package facts

import (
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

// standing turns what was recorded of a subject into rows. What is recorded in place of others ends them by the same
// record, so that they hold again when it is withdrawn.
func (f fold) standing(e event.Event) []Row {
	switch e := e.(type) {
	case standing.Recorded:
		rows := []Row{f.holds(e.Kind, e.Subject, e.Standing, e.EffectiveOn, e.Until).of(e.Record)}
		for _, other := range standing.Replaces(e.Kind, e.Standing) {
			rows = append(rows, f.ends(e.Kind, e.Subject, other, e.EffectiveOn).of(e.Record))
		}
		return rows
	case standing.Ended:
		return []Row{f.ends(e.Kind, e.Subject, e.Standing, e.EndedOn).of(e.Record)}
	case standing.Logged:
		return []Row{f.happened(e.Kind, e.Subject, e.Activity, e.OccurredOn, e.Record)}
	case standing.EnteredInError:
		return []Row{Amendment{Key: f.key, Fact: e.Record, Kind: Withdrawn, WasOn: date(e.WasOn)}}
	}
	return nil
}

// derived turns what follows from other events into rows of the same kind. Nobody counts before the registration, so what
// an age makes hold begins with it at the earliest: whoever counts need not go back further.
func (f fold) derived(e event.Event) []Row {
	switch e := e.(type) {
	case elder.Registered:
		return []Row{
			f.registered(standing.Elder, e.Elder, e.Area, e.RegisteredOn),
			f.holds(standing.Elder, e.Elder, standing.Aged65, max((e.BirthMonth+65*12).First(), e.RegisteredOn), 0),
		}
	case elder.MovedHome:
		return []Row{f.registered(standing.Elder, e.Elder, e.Area, e.MovedOn)}
	case elder.Died:
		return []Row{f.ends(standing.Elder, e.Elder, standing.Registered, e.DiedOn)}
	case elder.DeathEnteredInError:
		return []Row{f.registered(standing.Elder, e.Elder, e.Area, e.WasOn)}
	case elder.Admitted:
		return []Row{f.holds(standing.Elder, e.Elder, standing.Stay, e.AdmittedOn, 0)}
	case elder.Discharged:
		return []Row{f.ends(standing.Elder, e.Elder, standing.Stay, e.DischargedOn)}
	case child.Registered:
		born, third := e.BirthMonth.First(), (e.BirthMonth + 3*12).First()
		return []Row{
			f.registered(standing.Child, e.Child, e.Area, e.RegisteredOn),
			f.holds(standing.Child, e.Child, standing.Under3, max(born, e.RegisteredOn), third-1),
			f.happened(standing.Child, e.Child, standing.Birth, born, f.id),
		}
	case institution.Registered:
		return []Row{f.registered(standing.Institution, e.Institution, e.Area, e.RegisteredOn)}
	case childcare.Registered:
		return []Row{f.registered(standing.Childcare, e.Childcare, e.Area, e.RegisteredOn)}
	case unit.Registered:
		return []Row{f.registered(e.Kind, e.Unit, e.Area, e.RegisteredOn)}
	case unit.Closed:
		return []Row{f.ends(e.Kind, e.Unit, standing.Registered, e.ClosedOn)}
	case unit.ClosureEnteredInError:
		return []Row{f.registered(e.Kind, e.Unit, e.Area, e.WasOn)}
	}
	return nil
}

func (f fold) registered(kind standing.Kind, subject uuid.UUID, area string, on calendar.Day) Row {
	s := f.holds(kind, subject, standing.Registered, on, 0)
	s.Area = area
	return s
}

// holds is a standing from a day on, to until (0: without an end).
func (f fold) holds(kind standing.Kind, subject uuid.UUID, word string, on, until calendar.Day) Standing {
	s := f.ends(kind, subject, word, on)
	s.Holds = 1
	if until != 0 {
		s.Until = date(until)
	}
	return s
}

// ends is a standing that holds no more from a day on.
func (f fold) ends(kind standing.Kind, subject uuid.UUID, word string, on calendar.Day) Standing {
	return Standing{
		Key: f.key, Subject: subject, Kind: string(kind), Standing: word, Area: f.area, EffectiveOn: date(on), Until: Forever(), Record: f.id,
	}
}

func (s Standing) of(record uuid.UUID) Standing {
	s.Record = record
	return s
}

func (f fold) happened(kind standing.Kind, subject uuid.UUID, word string, on calendar.Day, record uuid.UUID) Row {
	return Activity{Key: f.key, Subject: subject, Kind: string(kind), Activity: word, Area: f.area, OccurredOn: date(on), Record: record}
}

// date is a day as a column can hold it: from 1900 to Forever.
func date(on calendar.Day) time.Time {
	first, last := calendar.Date(1900, time.January, 1), calendar.DayOf(Forever())
	return min(max(on, first), last).Time()
}
