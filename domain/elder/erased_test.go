package elder_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

func erased() person.Erased {
	return person.Erased{Person: id(1), Kind: standing.Elder, Subjects: []uuid.UUID{id(9)}, Reason: person.PeriodOver, Basis: person.FoundByOwnReview}
}

func erasing() []row {
	erase := elder.Erase{Erase: person.Erase{Subjects: []uuid.UUID{id(9)}, Reason: person.PeriodOver, Basis: person.FoundByOwnReview}}
	given := []event.Event{registered(), logged(), died()}
	gone := after(given, erased())
	quiet := visit()
	quiet.Visit, quiet.Note = id(21), nil
	noted := quiet
	noted.Note = sealed("note")
	silent := logged()
	silent.Visit, silent.Note = id(21), nil
	poor := standing.Recorded{Subject: id(1), Kind: standing.Elder, Standing: "poor", Record: id(50), EffectiveOn: day(2022, 5, 1)}
	wrong := func(reason *event.Sealed) elder.Keep {
		return elder.Keep{Command: standing.EnterInError{Record: id(50), Reason: reason}}
	}
	rows := []row{
		{Behaviour: "personal data is erased, of the dead too", Given: given, When: erase, Then: []event.Event{erased()}},
		{Behaviour: "once", Given: gone, When: erase, Refused: person.ErrAlreadyErased},
		{Behaviour: "of somebody who is registered", When: erase, Refused: elder.ErrNotRegistered},
		{Behaviour: "then a visit is logged without a note", Given: gone, When: quiet, Then: []event.Event{silent}},
		{Behaviour: "and a record taken back without a reason", Given: after(gone, poor), When: wrong(nil), Then: []event.Event{
			standing.EnteredInError{Subject: id(1), Kind: standing.Elder, Record: id(50), WasOn: day(2022, 5, 1)},
		}},
	}
	for behaviour, c := range map[string]elder.Command{
		"a note": noted, "the reason of a correction": elder.CorrectHomeVisit{Visit: id(20), OccurredOn: today, Mode: elder.AtHome, Outcome: elder.Seen, Reason: sealed("why")},
		"the reason of an error": elder.EnterHomeVisitInError{Visit: id(20), Reason: sealed("why")},
		"why a death was none":   elder.EnterDeathInError{Reason: sealed("why")}, "why a record was wrong": wrong(sealed("why")),
	} {
		rows = append(rows, row{Behaviour: "nothing personal any more: " + behaviour, Given: after(gone, poor), When: c, Refused: person.ErrErased})
	}
	return rows
}

func TestWhoIsErasedHasNoPersonalValues(t *testing.T) {
	d := elder.Decider()
	s := d.Evolve(d.Zero(), registered())
	if s.Personal == nil || s.Erased {
		t.Fatalf("%+v", s)
	}
	if s = d.Evolve(s, erased()); s.Personal != nil || !s.Erased {
		t.Fatalf("%+v", s)
	}
}
