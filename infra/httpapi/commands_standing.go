package httpapi

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/ability"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

type recordStanding struct {
	ID          string `json:"id,omitempty" format:"uuid" doc:"The record's own id; derived from the command when absent"`
	Standing    string `json:"standing"`
	EffectiveOn string `json:"effective_on" format:"date" doc:"The first day on which it holds"`
	Until       string `json:"until,omitempty" format:"date" doc:"The last day on which it holds; absent: without an end so far. A certificate needs it"`
}

type assessAbility struct {
	ID          string `json:"id,omitempty" format:"uuid" doc:"The record's own id; derived from the command when absent"`
	Score       int    `json:"score" minimum:"0" maximum:"90" doc:"The total over self-care, basic movement, mental state, and perception and social participation"`
	Level       string `json:"level,omitempty" enum:"ability_1,ability_2,ability_3,ability_4,ability_5" doc:"The level that the assessor has found; refused where it does not follow from the score"`
	EffectiveOn string `json:"effective_on" format:"date" doc:"The day of the assessment, from which on the level holds"`
	Until       string `json:"until,omitempty" format:"date" doc:"The last day on which it holds; absent: until the next assessment"`
}

type endStanding struct {
	ID      string `json:"id,omitempty" format:"uuid" doc:"The id of this end, by which it can be taken back"`
	EndedOn string `json:"ended_on" format:"date" doc:"The first day on which it holds no more"`
}

type logActivity struct {
	ID         string `json:"id,omitempty" format:"uuid"`
	Activity   string `json:"activity"`
	OccurredOn string `json:"occurred_on" format:"date"`
}

type enterRecordInError struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Sealed"`
}

// kept is a kind of subject of which standings and activities are recorded: how it is called, and how a command of
// package standing becomes one of its stream.
type kept struct {
	noun, path string
	runner     runner
	kinds      []standing.Kind
	command    func(c standing.Command) any
}

func keptKinds() []kept {
	return []kept{
		{"elder", "/elders", elders, []standing.Kind{standing.Elder}, func(c standing.Command) any { return elder.Keep{Command: c} }},
		{"institution", "/institutions", institutions, []standing.Kind{standing.Institution}, func(c standing.Command) any { return institution.Keep{Command: c} }},
		{"childcare", "/childcare", childcares, []standing.Kind{standing.Childcare}, func(c standing.Command) any { return childcare.Keep{Command: c} }},
		{"child", "/children", children, []standing.Kind{standing.Child}, func(c standing.Command) any { return child.Keep{Command: c} }},
		{"unit", "/units", units, standing.UnitKinds(), func(c standing.Command) any { return unit.Keep{Command: c} }},
	}
}

// standingCommands are the same for every kind of subject; activities only where the kind has any.
func standingCommands() []spec {
	var all []spec
	for _, k := range keptKinds() {
		standings, activities := k.words()
		at := k.path + "/{" + k.noun + "}"
		all = append(all, define("record-"+k.noun+"-standing", at+"/standings", "Record that a standing holds, one of "+standings, k.recordStanding),
			define("end-"+k.noun+"-standing", at+"/standings/{record}/end", "End a standing", k.endStanding))
		if slices.Contains(k.kinds, standing.Elder) {
			all = append(all, define("assess-elder-ability", at+"/assessments",
				"Record an ability assessment (GB/T 42195-2022) by its total score: a standing, whose level follows by the plan's ability_cut_offs", k.assessAbility))
		}
		if activities != "" {
			all = append(all, define("log-"+k.noun+"-activity", at+"/activities", "Log something that happened, one of "+activities, k.logActivity))
		}
		all = append(all, define("enter-"+k.noun+"-record-in-error", at+"/records/{record}/entered-in-error",
			"Take a wrong record back, with what it brought along", k.enterInError))
	}
	return all
}

// words lists the standings and activities of the kinds that share a path.
func (k kept) words() (standings, activities string) {
	of := func(words func(standing.Words) []string) string {
		var all []string
		for _, kind := range k.kinds {
			list := strings.Join(words(standing.WordsOf(kind)), ", ")
			if len(k.kinds) > 1 && list != "" {
				list = string(kind) + ": " + list
			}
			if list != "" {
				all = append(all, list)
			}
		}
		return strings.Join(all, "; ")
	}
	return of(func(w standing.Words) []string { return w.Standings }), of(func(w standing.Words) []string { return w.Activities })
}

func (k kept) recordStanding(s *server, r request, b recordStanding, f *fields) *prepared {
	c := standing.RecordStanding{
		Standing: b.Standing, Record: fresh(r, f, "/id", b.ID, "record"), EffectiveOn: f.day("/effective_on", b.EffectiveOn),
		Until: f.optionalDay("/until", b.Until),
	}
	return k.report(s, r, f, c.Record, c.EffectiveOn, c)
}

// assessAbility records the level that follows from a score, as what it is: a standing.
func (k kept) assessAbility(s *server, r request, b assessAbility, f *fields) *prepared {
	level, err := ability.LevelOf(b.Score, b.Level, s.Plan.AbilityCutOffs)
	if err != nil {
		return &prepared{broken: err}
	}
	return k.recordStanding(s, r, recordStanding{ID: b.ID, Standing: level, EffectiveOn: b.EffectiveOn, Until: b.Until}, f)
}

func (k kept) endStanding(s *server, r request, b endStanding, f *fields) *prepared {
	c := standing.EndStanding{
		Of: f.id("/target/record", r.target["record"]), Record: fresh(r, f, "/id", b.ID, "record"), EndedOn: f.day("/ended_on", b.EndedOn),
	}
	return k.report(s, r, f, c.Record, c.EndedOn, c)
}

func (k kept) logActivity(s *server, r request, b logActivity, f *fields) *prepared {
	c := standing.LogActivity{Activity: b.Activity, Record: fresh(r, f, "/id", b.ID, "record"), OccurredOn: f.day("/occurred_on", b.OccurredOn)}
	return k.report(s, r, f, c.Record, c.OccurredOn, c)
}

func (k kept) enterInError(s *server, r request, b enterRecordInError, f *fields) *prepared {
	id, stream := s.existing(r, f, k.noun)
	record := f.id("/target/record", r.target["record"])
	var reason *event.Sealed
	p := plain(k.runner, stream, record, calendar.DayOf(r.ReceivedAt), func() any {
		return k.command(standing.EnterInError{Record: record, Reason: reason})
	})
	p.seal(id, k.noun, stream+"#reason", f.text("/reason", b.Reason, 500, false), &reason)
	return p
}

func (k kept) report(s *server, r request, f *fields, record uuid.UUID, on calendar.Day, c standing.Command) *prepared {
	_, stream := s.existing(r, f, k.noun)
	return plain(k.runner, stream, record, on, func() any { return k.command(c) })
}
