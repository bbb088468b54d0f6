package facts_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
	"github.com/careledger/careledger/projections/facts"
)

var (
	someone = uuid.MustParse("0190a000-0000-7000-8000-000000000001")
	record  = uuid.MustParse("0190a000-0000-7000-8000-000000000002")
	eventID = uuid.MustParse("0190a000-0000-7000-8000-000000000003")
)

const home = "532601001"

func day(year int, month time.Month, on int) calendar.Day { return calendar.Date(year, month, on) }

// folded are the rows of an event beside its envelope.
func folded(e event.Event, number uint64) []facts.Row {
	return facts.Fold(event.Recorded{ID: eventID, Number: number, Type: e.EventType(), Event: e, Metadata: event.Metadata{Area: home}})[1:]
}

func row(kind, word string, from calendar.Day, holds uint8, of uuid.UUID) facts.Standing {
	return facts.Standing{
		Key: facts.Key{Prefecture: "5326", Number: 7}, Subject: someone, Kind: kind, Standing: word, Area: home,
		EffectiveOn: from.Time(), Until: facts.Forever(), Holds: holds, Record: of,
	}
}

func until(s facts.Standing, last calendar.Day) facts.Standing { s.Until = last.Time(); return s }

func in(s facts.Standing, area string) facts.Standing { s.Area = area; return s }

func activity(kind, word string, on calendar.Day, of uuid.UUID) facts.Activity {
	return facts.Activity{Key: facts.Key{Prefecture: "5326", Number: 7}, Subject: someone, Kind: kind, Activity: word, Area: home, OccurredOn: on.Time(), Record: of}
}

func TestWhatStandingsFollow(t *testing.T) {
	key := facts.Key{Prefecture: "5326", Number: 7}
	lives := func(area string, on calendar.Day) facts.ElderState {
		return facts.ElderState{Key: key, Elder: someone, Aspect: "area", EffectiveOn: on.Time(), Area: area, Circumstances: []string{}}
	}
	born := lives(home, day(2022, 1, 5))
	born.BirthMonth, born.Sex = int32(calendar.MonthOf(1960, 3)), "female"
	on := day(2022, 5, 1)
	for _, c := range []struct {
		behaviour string
		event     event.Event
		rows      []facts.Row
	}{
		{
			"a standing with an end", standing.Recorded{Subject: someone, Kind: standing.Childcare, Standing: "fire_safety", Record: record, EffectiveOn: on, Until: day(2025, 6, 30)},
			[]facts.Row{until(row("childcare", "fire_safety", on, 1, record), day(2025, 6, 30))},
		},
		{
			"a level of ability ends the others by the same record", standing.Recorded{Subject: someone, Kind: standing.Elder, Standing: "ability_2", Record: record, EffectiveOn: on},
			[]facts.Row{
				row("elder", "ability_2", on, 1, record), row("elder", "ability_1", on, 0, record), row("elder", "ability_3", on, 0, record),
				row("elder", "ability_4", on, 0, record), row("elder", "ability_5", on, 0, record),
			},
		},
		{"an end", standing.Ended{Subject: someone, Kind: standing.Elder, Standing: "poor", Record: record, Ends: eventID, EndedOn: on}, []facts.Row{row("elder", "poor", on, 0, record)}},
		{
			"an activity", standing.Logged{Subject: someone, Kind: standing.Elder, Activity: "health_check", Record: record, OccurredOn: on},
			[]facts.Row{activity("elder", "health_check", on, record)},
		},
		{
			"a record entered in error", standing.EnteredInError{Subject: someone, Kind: standing.Elder, Record: record, WasOn: on},
			[]facts.Row{facts.Amendment{Key: key, Fact: record, Kind: facts.Withdrawn, WasOn: on.Time()}},
		},
		{
			"an elder is registered, and 65 from the month of the birthday on",
			elder.Registered{Elder: someone, Area: home, RegisteredOn: day(2022, 1, 5), Sex: elder.Female, BirthMonth: calendar.MonthOf(1960, 3)},
			[]facts.Row{born, row("elder", "registered", day(2022, 1, 5), 1, eventID), row("elder", "aged_65", day(2025, 3, 1), 1, eventID)},
		},
		{
			"an elder moves", elder.MovedHome{Elder: someone, FromArea: home, Area: "532622101", MovedOn: on},
			[]facts.Row{lives("532622101", on), in(row("elder", "registered", on, 1, eventID), "532622101")},
		},
		{"an elder dies", elder.Died{Elder: someone, DiedOn: on}, []facts.Row{lives("", on), row("elder", "registered", on, 0, eventID)}},
		{
			"an elder did not die", elder.DeathEnteredInError{Elder: someone, Area: "532622101", WasOn: on},
			[]facts.Row{lives("532622101", on), in(row("elder", "registered", on, 1, eventID), "532622101")},
		},
		{
			"a child is registered, born and under 3",
			child.Registered{Child: someone, Area: home, RegisteredOn: day(2021, 1, 20), BirthMonth: calendar.MonthOf(2020, 12)},
			[]facts.Row{
				row("child", "registered", day(2021, 1, 20), 1, eventID), until(row("child", "under_3", day(2021, 1, 20), 1, eventID), day(2023, 11, 30)),
				activity("child", "birth", day(2020, 12, 1), eventID),
			},
		},
		{"an erasure changes nothing", person.Erased{Person: someone, Kind: standing.Elder}, []facts.Row{}},
		{
			"a registration counts for another", person.Merged{Person: someone, Kind: standing.Child, Survivor: record, Area: "532600"},
			[]facts.Row{facts.Merge{Key: key, Kind: "child", Subject: someone, Survivor: record}},
		},
		{"an institution is registered", institution.Registered{Institution: someone, Area: home, RegisteredOn: on}, []facts.Row{row("institution", "registered", on, 1, eventID)}},
		{"so is a childcare institution", childcare.Registered{Childcare: someone, Area: home, RegisteredOn: on}, []facts.Row{row("childcare", "registered", on, 1, eventID)}},
		{
			"and a unit, under its kind, however old", unit.Registered{Unit: someone, Kind: standing.Hospital, Area: home, RegisteredOn: day(1890, 1, 1)},
			[]facts.Row{row("hospital", "registered", day(1900, 1, 1), 1, eventID)},
		},
		{"a unit is closed", unit.Closed{Unit: someone, Kind: standing.Staff, ClosedOn: on}, []facts.Row{row("staff", "registered", on, 0, eventID)}},
		{
			"a unit was not closed", unit.ClosureEnteredInError{Unit: someone, Kind: standing.Staff, Area: home, WasOn: on},
			[]facts.Row{row("staff", "registered", on, 1, eventID)},
		},
	} {
		t.Run(c.behaviour, func(t *testing.T) { require.Equal(t, c.rows, folded(c.event, 7)) })
	}
}

func TestAStayHoldsFromAdmissionToDischarge(t *testing.T) {
	on := day(2022, 5, 1)
	admitted := folded(elder.Admitted{Elder: someone, Stay: record, InstitutionArea: "532622101", AdmittedOn: on}, 7)
	require.Contains(t, admitted, facts.Row(row("elder", "stay", on, 1, eventID)), "where the elder is registered, not where the house is")
	require.Len(t, folded(elder.Transferred{Elder: someone, Stay: record, TransferredOn: on}, 7), 2, "a transfer changes nothing of it")
	discharged := folded(elder.Discharged{Elder: someone, Stay: record, DischargedOn: on}, 7)
	require.Contains(t, discharged, facts.Row(row("elder", "stay", on, 0, eventID)))
}
