package person_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

func id(n int) uuid.UUID { return dectest.ID(n) }

func erased() person.Erased {
	return person.Erased{Person: id(1), Kind: standing.Child, Subjects: []uuid.UUID{id(8), id(9)}, Reason: person.ConsentWithdrawn, Basis: person.OnRequest}
}

// noted stands in for any event with a personal value.
type noted struct{ standing.EnteredInError }

// rules are those of this package alone: a command is an erasure, or a personal value to be recorded.
var rules = decider.Decider[bool, any]{
	Zero: func() bool { return false },
	Evolve: func(was bool, e event.Event) bool {
		_, is := e.(person.Erased)
		return was || is
	},
	Decide: func(was bool, c any, _ calendar.Day) ([]event.Event, error) {
		if c, is := c.(person.Erase); is {
			return person.DecideErase(standing.Subject{ID: id(1), Kind: standing.Child}, was, c)
		}
		value, _ := c.(*event.Sealed)
		return []event.Event{noted{}}, person.Takes(was, value)
	},
	Area: func(bool) string { return "532601" },
}

func TestErasing(t *testing.T) {
	ask := person.Erase{Subjects: []uuid.UUID{id(8), id(9)}, Reason: person.ConsentWithdrawn, Basis: person.OnRequest}
	with := func(change func(*person.Erase)) person.Erase { c := ask; change(&c); return c }
	given := []event.Event{erased()}
	rows := []dectest.Row[any]{
		{Behaviour: "the event names whose keys go", When: ask, Then: given},
		{Behaviour: "once", Given: given, When: ask, Refused: person.ErrAlreadyErased},
		{Behaviour: "for a reason of the law's", When: with(func(c *person.Erase) { c.Reason = "for fun" }), Refused: person.ErrUnknownWord.At("/reason")},
		{Behaviour: "on somebody's say", When: with(func(c *person.Erase) { c.Basis = "" }), Refused: person.ErrUnknownWord.At("/basis")},
		{Behaviour: "what names nobody is recorded all the same", Given: given, When: (*event.Sealed)(nil), Then: []event.Event{noted{}}},
	}
	dectest.Run(t, rules, 0, rows)
	if err := person.Takes(true, &event.Sealed{}); err != error(person.ErrErased) {
		t.Errorf("a personal value is refused with %v", err)
	}
	if err := person.Takes(false, &event.Sealed{}); err != nil {
		t.Error(err)
	}
}

func merged() person.Merged {
	return person.Merged{Person: id(1), Kind: standing.Elder, Survivor: id(2), Area: "532600"}
}

func TestMerging(t *testing.T) {
	ask := person.Merge{Survivor: id(2), Known: true, Area: "532600"}
	for behaviour, c := range map[string]struct {
		when    person.Merge
		inUse   bool
		refused *fault.Error
	}{
		"a duplicate counts for the registration that stays": {when: ask},
		"nobody is merged into themselves":                   {person.Merge{Survivor: id(1), Known: true}, false, person.ErrIntoItself.At("/survivor")},
		"nor into somebody who is not there":                 {person.Merge{Survivor: id(2)}, false, person.ErrSurvivorNotFound.At("/survivor")},
		"nor into one that was merged":                       {person.Merge{Survivor: id(2), Known: true, Into: id(3)}, false, person.SurvivorMerged(id(3)).At("/survivor")},
		"nor while it has a place":                           {ask, true, person.ErrStillHasPlace},
	} {
		t.Run(behaviour, func(t *testing.T) {
			got, err := person.DecideMerge(standing.Subject{ID: id(1), Kind: standing.Elder}, c.inUse, c.when)
			if c.refused == nil {
				if err != nil || len(got) != 1 || got[0] != event.Event(merged()) {
					t.Fatalf("%+v, %v", got, err)
				}
				return
			}
			if f, is := fault.Of(err); !is || *f != *c.refused || len(got) > 0 {
				t.Fatalf("%v instead of %v", err, c.refused)
			}
		})
	}
}

func TestReleasedBytes(t *testing.T) { golden.Check(t, person.Types(), erased(), merged()) }
