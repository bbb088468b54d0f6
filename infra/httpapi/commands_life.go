package httpapi

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
)

type moveElder struct {
	Area    string `json:"area" doc:"Township (9 digits), community (12) or county (6)"`
	MovedOn string `json:"moved_on" format:"date" doc:"The first day in the new area"`
}

type recordDeath struct {
	DiedOn string `json:"died_on" format:"date"`
}

type enterDeathInError struct {
	Reason string `json:"reason" maxLength:"500" doc:"Sealed"`
}

func lifeCommands() []spec {
	return []spec{
		define("move-elder", "/elders/{elder}/move", "Record that an elder lives in another area from a day on",
			func(s *server, r request, b moveElder, f *fields) *prepared {
				id, stream := s.existing(r, f, "elder")
				c := elder.Move{Area: f.home("/area", b.Area), MovedOn: f.day("/moved_on", b.MovedOn)}
				return plain(elders, stream, id, c.MovedOn, func() any { return c })
			}),
		define("record-elder-death", "/elders/{elder}/death", "Record that an elder died",
			func(s *server, r request, b recordDeath, f *fields) *prepared {
				id, stream := s.existing(r, f, "elder")
				on := f.day("/died_on", b.DiedOn)
				return plain(elders, stream, id, on, func() any { return elder.RecordDeath{DiedOn: on} })
			}),
		define("enter-elder-death-in-error", "/elders/{elder}/death/entered-in-error", "Take a death back that was none",
			func(s *server, r request, b enterDeathInError, f *fields) *prepared {
				id, stream := s.existing(r, f, "elder")
				var reason *event.Sealed
				p := plain(elders, stream, id, calendar.DayOf(r.ReceivedAt), func() any { return elder.EnterDeathInError{Reason: reason} })
				p.seal(id, "elder", stream+"#reason", f.text("/reason", b.Reason, 500, true), &reason)
				return p
			}),
	}
}

type logDue struct {
	ID         string `json:"id,omitempty" format:"uuid"`
	OccurredOn string `json:"occurred_on" format:"date"`
	NextDueOn  string `json:"next_due_on,omitempty" format:"date" doc:"The last day on which the next one is in time; absent: no other is due"`
}

type logNewbornVisit struct {
	ID             string `json:"id,omitempty" format:"uuid"`
	OccurredOn     string `json:"occurred_on" format:"date"`
	DaysSinceBirth *int   `json:"days_since_birth,omitempty" minimum:"0" doc:"Needed where the month of birth does not tell whether the visit came within 28 days"`
}

func healthCommands() []spec {
	due := func(c func(record uuid.UUID, on, nextDue calendar.Day) any) func(*server, request, logDue, *fields) *prepared {
		return func(s *server, r request, b logDue, f *fields) *prepared {
			_, stream := s.existing(r, f, "child")
			record, on, nextDue := fresh(r, f, "/id", b.ID, "record"), f.day("/occurred_on", b.OccurredOn), f.optionalDay("/next_due_on", b.NextDueOn)
			return plain(children, stream, record, on, func() any { return c(record, on, nextDue) })
		}
	}
	return []spec{
		define("log-child-check", "/children/{child}/checks", "Log a check of the 4-2-1 schedule; until the next one is overdue the child is managed",
			due(func(record uuid.UUID, on, nextDue calendar.Day) any {
				return child.LogCheck{Record: record, OccurredOn: on, NextDueOn: nextDue}
			})),
		define("log-child-immunisation", "/children/{child}/immunisations", "Log a dose; until the next one is overdue the child is immunised",
			due(func(record uuid.UUID, on, nextDue calendar.Day) any {
				return child.LogImmunisation{Record: record, OccurredOn: on, NextDueOn: nextDue}
			})),
		define("log-newborn-visit", "/children/{child}/newborn-visits", "Log a visit to a newborn child",
			func(s *server, r request, b logNewbornVisit, f *fields) *prepared {
				_, stream := s.existing(r, f, "child")
				c := child.LogNewbornVisit{
					Record: fresh(r, f, "/id", b.ID, "record"), OccurredOn: f.day("/occurred_on", b.OccurredOn), DaysSinceBirth: b.DaysSinceBirth,
				}
				return plain(children, stream, c.Record, c.OccurredOn, func() any { return c })
			}),
	}
}
