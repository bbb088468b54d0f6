package child_test

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

func erasing() []row {
	erase := child.Erase{Erase: person.Erase{Subjects: []uuid.UUID{id(8), id(9)}, Reason: person.ConsentWithdrawn, Basis: person.OnRequest}}
	erased := person.Erased{Person: id(1), Kind: standing.Child, Subjects: []uuid.UUID{id(8), id(9)}, Reason: person.ConsentWithdrawn, Basis: person.OnRequest}
	given := []event.Event{registered(), happened("guidance", day(2022, 3, 1))}
	gone := after(given, erased)
	record := given[1].(standing.Logged).Record
	wrong := func(reason *event.Sealed) child.Keep {
		return child.Keep{Command: standing.EnterInError{Record: record, Reason: reason}}
	}
	return []row{
		{Behaviour: "a child's personal data is erased with the guardian's", Given: given, When: erase, Then: []event.Event{erased}},
		{Behaviour: "once", Given: gone, When: erase, Refused: person.ErrAlreadyErased},
		{Behaviour: "then no reason is taken", Given: gone, When: wrong(sealed(id(8), "why")), Refused: person.ErrErased},
		{Behaviour: "what has none is", Given: gone, When: wrong(nil), Then: []event.Event{
			standing.EnteredInError{Subject: id(1), Kind: standing.Child, Record: record, WasOn: day(2022, 3, 1)},
		}},
	}
}
