package child_test

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

func happened(activity string, on calendar.Day) standing.Logged {
	return standing.Logged{Subject: id(1), Kind: standing.Child, Activity: activity, Record: id(50), OccurredOn: on}
}

func holding(word string, on, until calendar.Day) standing.Recorded {
	return standing.Recorded{
		Subject: id(1), Kind: standing.Child, Standing: word, Record: standing.Companion(id(50)), EffectiveOn: on, Until: until,
	}
}

func caring() []row {
	given := []event.Event{registered()} // born in October 2020
	checked := child.LogCheck{Record: id(50), OccurredOn: day(2021, 10, 9), NextDueOn: day(2022, 4, 30)}
	is := []event.Event{happened("check", day(2021, 10, 9)), holding("managed", day(2021, 10, 9), day(2022, 4, 30))}
	last := checked
	last.NextDueOn = 0
	wrong := checked
	wrong.NextDueOn = day(2021, 10, 8)
	early := checked
	early.OccurredOn = day(2020, 9, 30)
	visit := func(on calendar.Day, days ...int) child.LogNewbornVisit {
		c := child.LogNewbornVisit{Record: id(50), OccurredOn: on}
		if days != nil {
			c.DaysSinceBirth = &days[0]
		}
		return c
	}
	logged := func(activity string, on calendar.Day) []event.Event { return []event.Event{happened(activity, on)} }
	days := child.ErrDaysSinceBirth.At("/days_since_birth")
	return []row{
		{Behaviour: "a check makes a child managed until the next one is overdue", Given: given, When: checked, Then: is},
		{
			Behaviour: "after the last check no other is due", Given: given, When: last,
			Then: []event.Event{happened("check", day(2021, 10, 9)), holding("managed", day(2021, 10, 9), 0)},
		},
		{Behaviour: "the next is not due before this one", Given: given, When: wrong, Refused: child.ErrNextDueTooEarly.At("/next_due_on")},
		{Behaviour: "no check is before birth", Given: given, When: early, Refused: standing.ErrTooEarly.At("/occurred_on")},
		{Behaviour: "a check is logged once", Given: after(given, is...), When: checked, Refused: standing.ErrRecordExists.At("/id")},
		{
			Behaviour: "a dose makes a child immunised until the next one is overdue", Given: given,
			When: child.LogImmunisation(checked),
			Then: []event.Event{happened("immunisation", day(2021, 10, 9)), holding("immunised", day(2021, 10, 9), day(2022, 4, 30))},
		},
		{
			Behaviour: "a check that never was is taken back with what it made hold", Given: after(given, is...),
			When: child.Keep{Command: standing.EnterInError{Record: id(50), Reason: sealed(id(9), "why")}},
			Then: []event.Event{
				standing.EnteredInError{Subject: id(1), Kind: standing.Child, Record: id(50), WasOn: day(2021, 10, 9), Reason: sealed(id(9), "why")},
				standing.EnteredInError{Subject: id(1), Kind: standing.Child, Record: standing.Companion(id(50)), WasOn: day(2021, 10, 9)},
			},
		},
		{
			Behaviour: "whoever was born in this month is a newborn child, 28 days after its first day", Given: given,
			When: visit(day(2020, 10, 29)), Then: logged("newborn_visit", day(2020, 10, 29)),
		},
		{Behaviour: "a day later that depends on the day of birth", Given: given, When: visit(day(2020, 10, 30)), Refused: days},
		{Behaviour: "28 days after birth is in time", Given: given, When: visit(day(2020, 11, 14), 28), Then: logged("newborn_visit", day(2020, 11, 14))},
		{Behaviour: "29 days are late", Given: given, When: visit(day(2020, 11, 14), 29), Then: logged("newborn_visit_late", day(2020, 11, 14))},
		{
			Behaviour: "28 days after the last day of the month it still depends on it", Given: given,
			When: visit(day(2020, 11, 28)), Refused: days,
		},
		{Behaviour: "later than that everybody is late", Given: given, When: visit(day(2020, 11, 29)), Then: logged("newborn_visit_late", day(2020, 11, 29))},
		{Behaviour: "nobody was born in another month", Given: given, When: visit(day(2020, 11, 14), 45), Refused: days},
		{Behaviour: "nor after the visit", Given: given, When: visit(day(2020, 10, 14), -1), Refused: days},
		{Behaviour: "a visit has a day", Given: given, When: visit(0), Refused: standing.ErrDayMissing.At("/occurred_on")},
		{
			Behaviour: "a family is guided before the registration too", Given: given,
			When: child.Keep{Command: standing.LogActivity{Activity: "guidance", Record: id(50), OccurredOn: day(2021, 3, 1)}},
			Then: logged("guidance", day(2021, 3, 1)),
		},
	}
}
