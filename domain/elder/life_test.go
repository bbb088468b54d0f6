package elder_test

import (
	"testing"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

func movedHome(area string, on calendar.Day) elder.MovedHome {
	return elder.MovedHome{Elder: id(1), FromArea: "532601001", Area: area, MovedOn: on}
}

func died() elder.Died { return elder.Died{Elder: id(1), DiedOn: day(2022, 8, 1)} }

func revived() elder.DeathEnteredInError {
	return elder.DeathEnteredInError{Elder: id(1), Area: "532601001", WasOn: day(2022, 8, 1), Reason: sealed("why")}
}

func living() []row {
	given := []event.Event{registered()}
	dead := after(given, died())
	move := func(area string, on calendar.Day) elder.Move { return elder.Move{Area: area, MovedOn: on} }
	from := func(from, to string, on calendar.Day) []event.Event {
		e := movedHome(to, on)
		e.FromArea = from
		return []event.Event{e}
	}
	admit := elder.Admit{Stay: id(31), Institution: id(41), InstitutionArea: "532622100", AdmittedOn: day(2022, 7, 1)}
	report := admit
	report.Report = true
	late := report
	late.AdmittedOn = day(2022, 8, 2)
	in := elder.Admitted{Elder: id(1), Stay: id(31), Institution: id(41), InstitutionArea: "532622100", AdmittedOn: day(2022, 7, 1)}
	doubted := in
	doubted.AdmittedOn, doubted.Doubts.Doubts = day(2022, 8, 2), []string{"elder-deceased"}
	onward := elder.Transfer{Stay: id(31), Institution: id(42), InstitutionArea: "532622101", TransferredOn: day(2022, 8, 3)}
	told := onward
	told.Report = true
	gone := elder.Transferred{
		Elder: id(1), Stay: id(31), From: id(41), FromArea: "532622100", Institution: id(42), InstitutionArea: "532622101",
		TransferredOn: day(2022, 8, 3), Doubts: event.Doubts{Doubts: []string{"elder-deceased"}},
	}
	poor := elder.Keep{Command: standing.RecordStanding{Standing: "poor", Record: id(50), EffectiveOn: day(2022, 8, 1)}}
	tooLate := elder.Keep{Command: standing.RecordStanding{Standing: "poor", Record: id(50), EffectiveOn: day(2022, 8, 2)}}
	young := elder.Keep{Command: standing.RecordStanding{Standing: "poor", Record: id(50), EffectiveOn: day(1948, 2, 29)}}
	checked := elder.Keep{Command: standing.LogActivity{Activity: "health_check", Record: id(50), OccurredOn: day(2021, 5, 1)}}
	return []row{
		{Behaviour: "an elder moves", Given: given, When: move("532622100", day(2022, 5, 1)), Then: []event.Event{movedHome("532622100", day(2022, 5, 1))}},
		{
			Behaviour: "and on, from there", Given: after(given, movedHome("532622100", day(2022, 5, 1))),
			When: move("532601001", day(2022, 6, 1)), Then: from("532622100", "532601001", day(2022, 6, 1)),
		},
		{
			Behaviour: "an earlier move may become known later", Given: after(given, movedHome("532622100", day(2022, 5, 1))),
			When: move("532601002", day(2022, 2, 1)), Then: from("532601001", "532601002", day(2022, 2, 1)),
		},
		{
			Behaviour: "a wrong move is answered by a move of the same day", Given: after(given, movedHome("532622100", day(2022, 5, 1))),
			When: move("532601001", day(2022, 5, 1)), Then: from("532622100", "532601001", day(2022, 5, 1)),
		},
		{Behaviour: "nobody moves to where they live", Given: given, When: move("532601001", today), Refused: elder.ErrSameArea.At("/area")},
		{Behaviour: "nor before the registration", Given: given, When: move("532622100", day(2022, 1, 4)), Refused: elder.ErrMovedTooEarly.At("/moved_on")},
		{Behaviour: "nor in the future", Given: given, When: move("532622100", today+2), Refused: elder.ErrInTheFuture.At("/moved_on")},
		{Behaviour: "nor on the day of death or later", Given: dead, When: move("532622100", day(2022, 8, 1)), Refused: elder.ErrDeceased.At("/moved_on")},
		{
			Behaviour: "a move before death is reported later", Given: dead, When: move("532622100", day(2022, 5, 1)),
			Then: []event.Event{movedHome("532622100", day(2022, 5, 1))},
		},
		{Behaviour: "a death is recorded", Given: given, When: elder.RecordDeath{DiedOn: day(2022, 8, 1)}, Then: []event.Event{died()}},
		{Behaviour: "once", Given: dead, When: elder.RecordDeath{DiedOn: day(2022, 8, 1)}, Refused: elder.ErrDeceased},
		{Behaviour: "not in the future", Given: given, When: elder.RecordDeath{DiedOn: today + 2}, Refused: elder.ErrInTheFuture.At("/died_on")},
		{
			Behaviour: "nor before a move", Given: after(given, movedHome("532622100", day(2022, 9, 1))),
			When: elder.RecordDeath{DiedOn: day(2022, 8, 31)}, Refused: elder.ErrDiedTooEarly.At("/died_on"),
		},
		{Behaviour: "a death that was none is taken back", Given: dead, When: elder.EnterDeathInError{Reason: sealed("why")}, Then: []event.Event{revived()}},
		{Behaviour: "with a reason", Given: dead, When: elder.EnterDeathInError{}, Refused: elder.ErrReasonMissing.At("/reason")},
		{Behaviour: "only a death is taken back", Given: given, When: elder.EnterDeathInError{Reason: sealed("why")}, Refused: elder.ErrNotDied},
		{Behaviour: "after death nobody is admitted by asking", Given: dead, When: admit, Refused: elder.ErrDeceased},
		{Behaviour: "a report of an earlier admission is taken", Given: dead, When: report, Then: []event.Event{in}},
		{Behaviour: "one of a later admission is doubted", Given: dead, When: late, Then: []event.Event{doubted}},
		{Behaviour: "after death nobody is transferred by asking", Given: after(dead, in), When: onward, Refused: elder.ErrDeceased},
		{Behaviour: "a report of it is doubted", Given: after(dead, in), When: told, Then: []event.Event{gone}},
		{Behaviour: "a death taken back holds nobody up", Given: after(dead, revived()), When: admit, Then: []event.Event{in}},
		{
			Behaviour: "no circumstance holds from a day after death", Given: dead, When: elder.RecordCircumstances{EffectiveOn: day(2022, 8, 2)},
			Refused: elder.ErrDeceased.At("/effective_on"),
		},
		{
			Behaviour: "what is known of the elder is recorded, to the day of death", Given: dead, When: poor,
			Then: []event.Event{standing.Recorded{Subject: id(1), Kind: standing.Elder, Standing: "poor", Record: id(50), EffectiveOn: day(2022, 8, 1)}},
		},
		{Behaviour: "not later", Given: dead, When: tooLate, Refused: standing.ErrTooLate.At("/effective_on")},
		{Behaviour: "nor of the time before birth", Given: given, When: young, Refused: standing.ErrTooEarly.At("/effective_on")},
		{
			Behaviour: "what was before the registration is recorded", Given: given, When: checked,
			Then: []event.Event{standing.Logged{Subject: id(1), Kind: standing.Elder, Activity: "health_check", Record: id(50), OccurredOn: day(2021, 5, 1)}},
		},
	}
}

func TestTheAreaIsThatOfTheLastMove(t *testing.T) {
	d := elder.Decider()
	s := d.Zero()
	for _, step := range []struct {
		event event.Event
		area  string
	}{
		{registered(), "532601001"},
		{movedHome("532622100", day(2022, 5, 1)), "532622100"},
		{movedHome("532601002", day(2022, 2, 1)), "532622100"},
		{movedHome("532601003", day(2022, 5, 1)), "532601003"},
		{died(), "532601003"},
	} {
		s = d.Evolve(s, step.event)
		if d.Area(s) != step.area {
			t.Fatalf("%s instead of %s after %+v", d.Area(s), step.area, step.event)
		}
	}
}
