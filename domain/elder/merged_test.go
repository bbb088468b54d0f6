package elder_test

import (
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
)

func merging() []row {
	merge := elder.Merge{Merge: person.Merge{Survivor: id(2), Known: true, Area: "532600"}}
	merged := person.Merged{Person: id(1), Kind: standing.Elder, Survivor: id(2), Area: "532600"}
	given := []event.Event{registered(), logged()}
	gone := after(given, merged)
	rows := []row{
		{Behaviour: "a registration is merged", Given: given, When: merge, Then: []event.Event{merged}},
		{Behaviour: "also of the dead, and after a stay that has ended", Given: after(given, admitted(), discharged(), died()), When: merge, Then: []event.Event{merged}},
		{Behaviour: "a current stay is ended first", Given: after(given, admitted()), When: merge, Refused: person.ErrStillHasPlace},
		{Behaviour: "who is not registered is not merged", When: merge, Refused: elder.ErrNotRegistered},
		{Behaviour: "a registration that was merged can still be erased", Given: gone, When: elder.Erase{Erase: person.Erase{Subjects: erased().Subjects, Reason: person.PeriodOver, Basis: person.FoundByOwnReview}}, Then: []event.Event{erased()}},
		{Behaviour: "and a bed that was reserved for it becomes free", Given: gone, When: elder.AbandonAdmission{Stay: id(30), Institution: id(40)}, Then: []event.Event{abandoned()}},
	}
	for behaviour, c := range map[string]elder.Command{
		"a visit": visit(), "a correction": elder.CorrectHomeVisit{Visit: id(20), Reason: sealed("why")}, "circumstances": elder.RecordCircumstances{EffectiveOn: today},
		"an admission": elder.Admit{Stay: id(30), Institution: id(40), AdmittedOn: today, Report: true}, "a move": elder.Move{Area: "532622100", MovedOn: today},
		"a death": elder.RecordDeath{DiedOn: today}, "a standing": elder.Keep{Command: standing.RecordStanding{}}, "another merge": merge,
	} {
		rows = append(rows, row{Behaviour: "a merged registration names the one that stays: " + behaviour, Given: gone, When: c, Refused: person.AlreadyMerged(id(2))})
	}
	return rows
}
