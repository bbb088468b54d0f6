package child_test

import (
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

func merging() []row {
	merge := child.Merge{Merge: person.Merge{Survivor: id(2), Known: true, Area: "532600"}}
	merged := person.Merged{Person: id(1), Kind: standing.Child, Survivor: id(2), Area: "532600"}
	given := []event.Event{registered()}
	gone := after(given, merged)
	return []row{
		{Behaviour: "a child's registration is merged", Given: after(given, enrolled(), withdrawn()), When: merge, Then: []event.Event{merged}},
		{Behaviour: "a place is given up first", Given: after(given, enrolled()), When: merge, Refused: person.ErrStillHasPlace},
		{Behaviour: "then it names the one that stays", Given: gone, When: enrol(reported), Refused: person.AlreadyMerged(id(2))},
		{Behaviour: "whatever is recorded", Given: gone, When: child.LogCheck{Record: id(50), OccurredOn: today}, Refused: person.AlreadyMerged(id(2))},
		{Behaviour: "a place that was reserved for it becomes free", Given: gone, When: child.AbandonEnrolment{Enrolment: id(30), Childcare: id(40)}, Then: []event.Event{abandoned()}},
	}
}
