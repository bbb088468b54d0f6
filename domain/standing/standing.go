package standing

import (
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Subject is whom records are of. Since is the first day that they may speak of (the registration, or for a person the
// first day of the month of birth), Last the last one (0: there is no such day yet).
type Subject struct {
	ID          uuid.UUID
	Kind        Kind
	Since, Last calendar.Day
}

// State is what has been recorded of one subject, in the order of the ledger.
type State struct{ Records []Record }

// Form tells the records apart.
type Form uint8

// The forms of a record.
const (
	Begin Form = iota + 1
	End
	Happening
)

// Record is one record. Word is its standing or activity; On the day on which it takes effect or happened; Until, of a
// Begin, the last day (0: without an end); Ends, of an End, the record that held until then.
type Record struct {
	ID      uuid.UUID
	Form    Form
	Word    string
	On      calendar.Day
	Until   calendar.Day
	Ends    uuid.UUID
	InError bool
}

// Evolve folds one event; those of other packages leave the state as it is.
func Evolve(s State, e event.Event) State {
	switch e := e.(type) {
	case Recorded:
		s.Records = append(s.Records, Record{ID: e.Record, Form: Begin, Word: e.Standing, On: e.EffectiveOn, Until: e.Until})
	case Ended:
		s.Records = append(s.Records, Record{ID: e.Record, Form: End, Word: e.Standing, On: e.EndedOn, Ends: e.Ends})
	case Logged:
		s.Records = append(s.Records, Record{ID: e.Record, Form: Happening, Word: e.Activity, On: e.OccurredOn})
	case EnteredInError:
		for i := range s.Records {
			s.Records[i].InError = s.Records[i].InError || s.Records[i].ID == e.Record
		}
	}
	return s
}

// Find answers a record by its id.
func (s State) Find(id uuid.UUID) (Record, bool) {
	i := slices.IndexFunc(s.Records, func(r Record) bool { return r.ID == id })
	if i < 0 {
		return Record{}, false
	}
	return s.Records[i], true
}

// InForce answers the record by which a standing holds on a day, if it does: the newest that speaks of it, by its day and
// then by the ledger, leaving out those entered in error. One that takes another's place speaks of both.
func (s State) InForce(k Kind, standing string, on calendar.Day) (Record, bool) {
	var newest Record
	others := Replaces(k, standing)
	for _, r := range s.Records {
		speaks := r.Form != Happening && r.Word == standing || r.Form == Begin && slices.Contains(others, r.Word)
		if speaks && !r.InError && r.On <= on && (newest.Form == 0 || r.On >= newest.On) {
			newest = r
		}
	}
	holds := newest.Form == Begin && newest.Word == standing && (newest.Until == 0 || newest.Until >= on)
	return newest, holds
}

// Companion is the id of the record of a standing that an activity makes hold. Both are taken back together.
func Companion(record uuid.UUID) uuid.UUID { return uuid.NewSHA1(record, []byte("companion")) }
