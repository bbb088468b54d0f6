package warehouse_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/retrofit"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

// history draws events as the deciders would let them happen: in any order of days, with corrections of any of them.
type history struct {
	rand      *rand.Rand
	townships []string
	events    []event.Recorded
	ids       uint64
	at        time.Time

	elders     []uuid.UUID
	visits     []visited
	stays      []lasting
	enrolments []lasting
	births     map[uuid.UUID]calendar.Month
	figures    []figure.Reported
	subjects   []subject
	records    []kept
}

// subject is whom standings and activities are recorded of.
type subject struct {
	id   uuid.UUID
	kind standing.Kind
	area string
}

// kept is a record that was not taken back. Standing is empty of an activity, and of the end of a standing.
type kept struct {
	of       subject
	record   uuid.UUID
	on       calendar.Day
	standing string
}

type visited struct {
	elder, visit uuid.UUID
	on           calendar.Day
}

// lasting is a stay or an enrolment that has not ended.
type lasting struct {
	id, who, where uuid.UUID
	area           string
	since          calendar.Day
}

func drawHistory(t *rapid.T, areas *area.Table) []event.Recorded { return drawSteps(t, areas, 1, 100) }

// drawSteps draws a history of so many steps at least and at most.
func drawSteps(t *rapid.T, areas *area.Table, least, most int) []event.Recorded {
	h := &history{rand: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), at: time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC), births: map[uuid.UUID]calendar.Month{}}
	counties := areas.Children(areas.Root().Code)
	for _, county := range counties[:3] { // few, so that things meet
		for _, township := range areas.Children(county.Code)[:2] {
			h.townships = append(h.townships, township.Code)
		}
	}
	steps := []func(){
		h.register, h.circumstances, h.circumstances, h.visit, h.visit, h.visit, h.visit, h.correctVisit, h.correctVisit, h.withdrawVisit,
		h.beds, h.admit, h.transfer, h.discharge, h.retrofit, h.places, h.file, h.enrol, h.withdraw, h.report, h.correctFigure, h.other,
		h.enter, h.enter, h.enter, h.hold, h.hold, h.hold, h.hold, h.end, h.happen, h.happen, h.happen, h.takeBack, h.takeBack, h.leave, h.move, h.erase, h.merge, h.merge, h.closeDay,
	}
	h.register()
	h.circumstances()
	for range rapid.IntRange(least, most).Draw(t, "steps") {
		one(h, steps)()
	}
	return h.events
}

func (h *history) id() uuid.UUID {
	h.ids++
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], h.ids)
	return uuid.NewSHA1(uuid.NameSpaceOID, b[:])
}

func (h *history) day() calendar.Day {
	first, last := calendar.Date(2022, 3, 1), calendar.Date(2022, 7, 10) // few months, so that things meet
	if h.rand.IntN(4) == 0 {
		first = calendar.Date(2020, 11, 1)
	}
	return first + calendar.Day(h.rand.IntN(int(last-first)+1))
}

// dayFrom draws one of the days after another, mostly the next ones.
func (h *history) dayFrom(d calendar.Day) calendar.Day {
	return d + calendar.Day(one(h, []int{0, 1, 1, 20, 31, 100, 365}))
}

func (h *history) township() string { return one(h, h.townships) }

func (h *history) add(e event.Event, area string) {
	h.at = h.at.Add(time.Duration(h.rand.IntN(3)) * time.Second)
	number := uint64(len(h.events) + 1)
	h.events = append(h.events, event.Recorded{
		ID: h.id(), Stream: "drawn", Revision: number - 1, Number: number, Type: e.EventType(), Event: e,
		Metadata: event.Metadata{Area: area, RecordedAt: h.at, ReceivedAt: h.at, Actor: "test"},
	})
}

func pick[T any](h *history, from []T) (one T, at int, any bool) {
	if len(from) == 0 {
		return one, 0, false
	}
	at = h.rand.IntN(len(from))
	return from[at], at, true
}

func one[T any](h *history, from []T) T { return from[h.rand.IntN(len(from))] }

func (h *history) register() {
	if len(h.elders) == 6 {
		return // few, so that things meet
	}
	e, area := h.id(), h.township()
	h.elders = append(h.elders, e)
	h.add(elder.Registered{Elder: e, Area: area, RegisteredOn: h.day(), Sex: elder.Female, BirthMonth: calendar.MonthOf(1957, 4)}, area)
	h.subjects = append(h.subjects, subject{e, standing.Elder, area})
}

func (h *history) circumstances() {
	e, _, _ := pick(h, h.elders)
	sets := [][]elder.Circumstance{{}, {elder.Childless}, {elder.LivingAlone}, {elder.LivingAlone, elder.Disabled}}
	h.add(elder.CircumstancesRecorded{Elder: e, Circumstances: one(h, sets), EffectiveOn: h.day()}, h.townships[0])
}

func (h *history) outcome() elder.Outcome {
	return one(h, []elder.Outcome{
		elder.Seen, elder.Seen, elder.Seen, elder.Absent, elder.Absent, elder.Moved, elder.Hospitalised, elder.Deceased,
	})
}

func (h *history) visit() {
	e, _, _ := pick(h, h.elders)
	v := visited{e, h.id(), h.day()}
	h.visits = append(h.visits, v)
	h.add(elder.HomeVisitLogged{Elder: e, Visit: v.visit, OccurredOn: v.on, Mode: elder.AtHome, Outcome: h.outcome()}, h.townships[0])
}

func (h *history) correctVisit() {
	if v, at, any := pick(h, h.visits); any {
		on := h.day()
		h.add(elder.HomeVisitCorrected{Elder: v.elder, Visit: v.visit, WasOn: v.on, OccurredOn: on, Mode: elder.AtHome, Outcome: h.outcome()}, h.townships[0])
		h.visits[at].on = on
	}
}

func (h *history) withdrawVisit() {
	if v, at, any := pick(h, h.visits); any {
		h.add(elder.HomeVisitEnteredInError{Elder: v.elder, Visit: v.visit, WasOn: v.on}, h.townships[0])
		h.visits = append(h.visits[:at], h.visits[at+1:]...)
	}
}

func (h *history) beds() {
	i, area, on := h.id(), h.township(), h.day()
	h.add(institution.BedsOpened{Institution: i, Beds: 30, NursingBeds: 10, OpenedOn: on}, area)
	h.add(institution.BedsPutIntoOperation{Institution: i, Beds: 20, OperatedOn: h.dayFrom(on)}, area)
	h.add(institution.BedsConverted{Institution: i, Beds: 5, ConvertedOn: h.dayFrom(on)}, area)
	h.add(institution.BedsClosed{Institution: i, Beds: 8, NursingBeds: 3, OperatingBeds: 4, ClosedOn: h.dayFrom(on)}, area)
}

func (h *history) admit() {
	e, _, _ := pick(h, h.elders)
	s := lasting{id: h.id(), who: e, where: h.id(), area: h.township(), since: h.day()}
	h.stays = append(h.stays, s)
	h.add(elder.Admitted{Elder: e, Stay: s.id, Institution: s.where, InstitutionArea: s.area, AdmittedOn: s.since}, h.townships[0])
}

func (h *history) transfer() {
	if s, at, any := pick(h, h.stays); any {
		to, area, on := h.id(), h.township(), h.dayFrom(s.since)
		h.add(elder.Transferred{
			Elder: s.who, Stay: s.id, From: s.where, FromArea: s.area, Institution: to, InstitutionArea: area, TransferredOn: on,
		}, h.townships[0])
		h.stays[at].where, h.stays[at].area, h.stays[at].since = to, area, on
	}
}

func (h *history) discharge() {
	if s, at, any := pick(h, h.stays); any {
		h.add(elder.Discharged{
			Elder: s.who, Stay: s.id, Institution: s.where, InstitutionArea: s.area, DischargedOn: h.dayFrom(s.since),
		}, h.townships[0])
		h.stays = append(h.stays[:at], h.stays[at+1:]...)
	}
}

func (h *history) retrofit() {
	household, area := h.id(), h.township()
	for range 1 + h.rand.IntN(2) {
		h.add(retrofit.Accepted{Retrofit: h.id(), Household: household, AcceptedOn: h.day()}, area)
	}
}

func (h *history) places() {
	c, area, on := h.id(), h.township(), h.day()
	h.add(childcare.PlacesOpened{Childcare: c, Places: 40, InclusivePlaces: 25, OpenedOn: on}, area)
	h.add(childcare.PlacesClosed{Childcare: c, Places: 10, InclusivePlaces: 5, ClosedOn: h.dayFrom(on)}, area)
}

func (h *history) file() { h.add(childcare.Filed{Childcare: h.id(), FiledOn: h.day()}, h.township()) }

func (h *history) enrol() {
	s := lasting{id: h.id(), who: h.id(), where: h.id(), area: h.township(), since: h.day()}
	h.births[s.who] = s.since.Month() - calendar.Month(30+h.rand.IntN(10))
	h.enrolments = append(h.enrolments, s)
	h.add(child.Enrolled{
		Child: s.who, Enrolment: s.id, Childcare: s.where, ChildcareArea: s.area, BirthMonth: h.births[s.who], EnrolledOn: s.since,
	}, h.townships[0])
}

func (h *history) withdraw() {
	if s, at, any := pick(h, h.enrolments); any {
		h.add(child.Withdrawn{
			Child: s.who, Enrolment: s.id, Childcare: s.where, ChildcareArea: s.area, BirthMonth: h.births[s.who], WithdrawnOn: h.dayFrom(s.since),
		}, h.townships[0])
		h.enrolments = append(h.enrolments[:at], h.enrolments[at+1:]...)
	}
}

func (h *history) report() {
	year := 2020 + h.rand.IntN(3)
	f := figure.Reported{
		Area:   one(h, []string{"532600", "532601"}),
		Series: one(h, []string{"population", "population_60_plus", "population_under_3"}),
		Period: calendar.MonthPeriod(calendar.MonthOf(year, 3)).String(), PeriodEnd: calendar.MonthOf(year, 3).Last(),
		Value: float64(1 + h.rand.IntN(1000)), Unit: "persons",
	}
	h.figures = append(h.figures, f)
	h.add(f, f.Area)
}

func (h *history) correctFigure() {
	if f, _, any := pick(h, h.figures); any {
		h.add(figure.Corrected{
			Area: f.Area, Series: f.Series, Period: f.Period, PeriodEnd: f.PeriodEnd, Unit: f.Unit, Value: f.Value + 1,
		}, f.Area)
	}
}

// other is what moves no number: it belongs to no measure.
func (h *history) other() {
	h.add(institution.BedReserved{Institution: h.id(), Stay: h.id(), Elder: h.id(), FromOn: h.day()}, h.township())
}

// enter puts somebody or something on the register.
func (h *history) enter() {
	s := subject{h.id(), one(h, standing.Kinds()), h.township()}
	on := h.day()
	switch s.kind {
	case standing.Elder:
		h.register()
		return
	case standing.Child:
		h.add(child.Registered{Child: s.id, Area: s.area, RegisteredOn: on, BirthMonth: on.Month() - calendar.Month(h.rand.IntN(40))}, s.area)
	case standing.Institution:
		h.add(institution.Registered{Institution: s.id, Area: s.area, RegisteredOn: on}, s.area)
	case standing.Childcare:
		h.add(childcare.Registered{Childcare: s.id, Area: s.area, RegisteredOn: on}, s.area)
	default:
		h.add(unit.Registered{Unit: s.id, Kind: s.kind, Area: s.area, RegisteredOn: on}, s.area)
	}
	h.subjects = append(h.subjects, s)
}

func (h *history) hold() {
	s, _, any := pick(h, h.subjects)
	words := standing.WordsOf(s.kind).Standings
	if !any || len(words) == 0 {
		return
	}
	r := kept{of: s, record: h.id(), on: h.day(), standing: one(h, words)}
	until := calendar.Day(0)
	if h.rand.IntN(2) == 0 {
		until = h.dayFrom(r.on)
	}
	h.records = append(h.records, r)
	h.add(standing.Recorded{Subject: s.id, Kind: s.kind, Standing: r.standing, Record: r.record, EffectiveOn: r.on, Until: until}, s.area)
}

func (h *history) end() {
	if r, _, any := pick(h, h.records); any && r.standing != "" {
		ended := kept{of: r.of, record: h.id(), on: h.dayFrom(r.on)}
		h.records = append(h.records, ended)
		h.add(standing.Ended{
			Subject: r.of.id, Kind: r.of.kind, Standing: r.standing, Record: ended.record, Ends: r.record, EndedOn: ended.on,
		}, r.of.area)
	}
}

func (h *history) happen() {
	s, _, any := pick(h, h.subjects)
	if words := standing.WordsOf(s.kind).Activities; any && len(words) > 0 {
		r := kept{of: s, record: h.id(), on: h.day()}
		h.records = append(h.records, r)
		h.add(standing.Logged{Subject: s.id, Kind: s.kind, Activity: one(h, words), Record: r.record, OccurredOn: r.on}, s.area)
	}
}

func (h *history) takeBack() {
	if r, at, any := pick(h, h.records); any {
		h.add(standing.EnteredInError{Subject: r.of.id, Kind: r.of.kind, Record: r.record, WasOn: r.on}, r.of.area)
		h.records = append(h.records[:at], h.records[at+1:]...)
	}
}

// leave takes somebody or something off the register, perhaps in error.
func (h *history) leave() {
	s, _, any := pick(h, h.subjects)
	on, wrong := h.day(), h.rand.IntN(3) == 0
	switch {
	case any && s.kind == standing.Elder:
		h.add(elder.Died{Elder: s.id, DiedOn: on}, s.area)
		if wrong {
			h.add(elder.DeathEnteredInError{Elder: s.id, Area: s.area, WasOn: on}, s.area)
		}
	case any && slices.Contains(standing.UnitKinds(), s.kind):
		h.add(unit.Closed{Unit: s.id, Kind: s.kind, ClosedOn: on}, s.area)
		if wrong {
			h.add(unit.ClosureEnteredInError{Unit: s.id, Kind: s.kind, Area: s.area, WasOn: on}, s.area)
		}
	}
}

func (h *history) move() {
	if s, at, any := pick(h, h.subjects); any && s.kind == standing.Elder {
		h.subjects[at].area = h.township()
		h.add(elder.MovedHome{Elder: s.id, FromArea: s.area, Area: h.subjects[at].area, MovedOn: h.day()}, h.subjects[at].area)
	}
}

// merge finds that somebody was registered twice: nothing more is recorded under the duplicate. A stay of it has ended.
func (h *history) merge() {
	double, _, any := pick(h, slices.DeleteFunc(slices.Clone(h.subjects), func(s subject) bool {
		person := s.kind == standing.Elder || s.kind == standing.Child
		return !person || slices.ContainsFunc(h.stays, func(l lasting) bool { return l.who == s.id })
	}))
	stays, _, others := pick(h, slices.DeleteFunc(slices.Clone(h.subjects), func(s subject) bool { return s.kind != double.kind || s.id == double.id }))
	if !any || !others {
		return
	}
	h.subjects = slices.DeleteFunc(h.subjects, func(s subject) bool { return s.id == double.id })
	h.elders = slices.DeleteFunc(h.elders, func(e uuid.UUID) bool { return e == double.id })
	h.visits = slices.DeleteFunc(h.visits, func(v visited) bool { return v.elder == double.id })
	h.records = slices.DeleteFunc(h.records, func(r kept) bool { return r.of.id == double.id })
	h.add(person.Merged{Person: double.id, Kind: double.kind, Survivor: stays.id, Area: "532600"}, double.area)
}

// erase takes somebody's personal data away, which no number was ever made of.
func (h *history) erase() {
	if s, _, any := pick(h, h.subjects); any && (s.kind == standing.Elder || s.kind == standing.Child) {
		h.add(person.Erased{Person: s.id, Kind: s.kind, Subjects: []uuid.UUID{h.id()}, Reason: person.PurposeMet, Basis: person.OnRequest}, s.area)
	}
}

func (h *history) closeDay() { h.add(ledger.DayClosed{Day: h.day()}, "532600") }
