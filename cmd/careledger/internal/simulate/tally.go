package simulate

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/retrofit"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

// tally counts the records of a simulation as they stand on one day, by measures of the plan's names. It is there for the
// table beside the plan; the product's own numbers come from its projections.
type tally struct {
	world    *World
	day      calendar.Day
	towns    map[string]int
	sums     map[string][]int // by township
	subjects map[standing.Kind]map[uuid.UUID]*subject
	figures  map[string]figure.Reported // of the prefecture, by series
}

// subject is somebody or something with what holds on the day.
type subject struct {
	town       int
	since      calendar.Day // of the place where it is registered; 0: it is on no register
	ended      bool
	held       []holding
	happened   []happening
	difficulty calendar.Day // of the newest record of circumstances
	needy      bool
	seen, gone bool
}

type holding struct {
	word      string
	on, until calendar.Day
	holds     bool
}

type happening struct {
	word  string
	times int
}

func (w *World) tally(day calendar.Day, said []Saying) *tally {
	t := &tally{
		world: w, day: day, towns: map[string]int{}, sums: map[string][]int{}, subjects: map[standing.Kind]map[uuid.UUID]*subject{},
		figures: map[string]figure.Reported{},
	}
	for i, town := range w.towns {
		t.towns[town.code] = i
	}
	for _, k := range standing.Kinds() {
		asked := func(measure string) bool {
			return strings.HasPrefix(measure, string(k)) || strings.HasPrefix(measure, "any("+string(k)) || measure != "" && measure[0] == '*' ||
				k == standing.Elder && slices.Contains([]string{"visited", "in_difficulty"}, measure)
		}
		if slices.ContainsFunc(said, func(s Saying) bool { return s.At.Last() == day && (asked(s.Numerator) || asked(s.Denominator)) }) {
			t.subjects[k] = map[uuid.UUID]*subject{}
		}
	}
	return t
}

func (t *tally) subject(k standing.Kind, id uuid.UUID) *subject {
	if t.subjects[k] == nil { // nobody asks for it
		return &subject{}
	}
	s := t.subjects[k][id]
	if s == nil {
		s = &subject{}
		t.subjects[k][id] = s
	}
	return s
}

// take counts a record. What takes effect after the day does not count.
func (t *tally) take(r Record) {
	for _, take := range []func(Record) bool{t.takePerson, t.takeVisit, t.takeStanding, t.takeHouse, t.takeOffice} {
		if take(r) {
			return
		}
	}
}

func (t *tally) registered(k standing.Kind, id uuid.UUID, area string, on calendar.Day) {
	if s := t.subject(k, id); on <= t.day && on >= s.since {
		s.town, s.since = t.towns[area], on
	}
}

func (t *tally) add(measure, area string, on calendar.Day, n int) {
	if t.sums[measure] == nil {
		t.sums[measure] = make([]int, len(t.world.towns))
	}
	if on <= t.day {
		t.sums[measure][t.towns[area]] += n
	}
}

func (t *tally) takePerson(r Record) bool {
	switch e := r.Event.(type) {
	case elder.Registered:
		t.registered(standing.Elder, e.Elder, e.Area, e.RegisteredOn)
	case elder.MovedHome:
		t.registered(standing.Elder, e.Elder, e.Area, e.MovedOn)
	case elder.Died:
		t.end(standing.Elder, e.Elder, e.DiedOn)
	case elder.CircumstancesRecorded:
		if s := t.subject(standing.Elder, e.Elder); e.EffectiveOn <= t.day && e.EffectiveOn >= s.difficulty {
			s.difficulty, s.needy = e.EffectiveOn, len(e.Circumstances) > 0
		}
	case child.Registered:
		if last := (e.BirthMonth + 36).First() - 1; e.BirthMonth.First() <= t.day && t.begin("") <= last+31 { // under 3 in the year, or turns 3
			t.registered(standing.Child, e.Child, e.Area, e.RegisteredOn)
			t.holds(standing.Child, e.Child, holding{standing.Under3, e.BirthMonth.First(), last, true})
			if e.BirthMonth.First() >= t.begin(standing.Birth) {
				t.happens(standing.Child, e.Child, standing.Birth, e.BirthMonth.First(), 1)
			}
		}
	case child.Enrolled:
		t.add("enrolled", e.ChildcareArea, e.EnrolledOn, 1)
		t.add("enrolled_under_3", e.ChildcareArea, e.EnrolledOn, 1)
	case child.Withdrawn:
		t.add("enrolled", e.ChildcareArea, e.WithdrawnOn, -1)
		t.add("enrolled_under_3", e.ChildcareArea, e.WithdrawnOn, -1)
	default:
		return false
	}
	return true
}

func (t *tally) end(k standing.Kind, id uuid.UUID, on calendar.Day) {
	s := t.subject(k, id)
	s.ended = s.ended || on <= t.day
}

func (t *tally) takeVisit(r Record) bool {
	visit := func(id uuid.UUID, on calendar.Day, outcome elder.Outcome) {
		if on.Month() != t.day.Month() {
			return
		}
		s := t.subject(standing.Elder, id)
		switch outcome {
		case elder.Seen:
			s.seen = true
		case elder.Hospitalised, elder.Moved, elder.Deceased:
			s.gone = true
		}
	}
	switch e := r.Event.(type) {
	case elder.HomeVisitLogged:
		visit(e.Elder, e.OccurredOn, e.Outcome)
	case elder.HomeVisitCorrected:
		if e.WasOn.Month() == t.day.Month() { // there is hardly another one in the month
			t.subject(standing.Elder, e.Elder).seen = false
		}
		visit(e.Elder, e.OccurredOn, e.Outcome)
	case elder.HomeVisitEnteredInError:
		if e.WasOn.Month() == t.day.Month() {
			t.subject(standing.Elder, e.Elder).seen = false
		}
	case elder.Admitted:
		t.add("residents", e.InstitutionArea, e.AdmittedOn, 1)
		t.holds(standing.Elder, e.Elder, holding{standing.Stay, e.AdmittedOn, 0, true})
	case elder.Transferred:
		t.add("residents", e.FromArea, e.TransferredOn, -1)
		t.add("residents", e.InstitutionArea, e.TransferredOn, 1)
	case elder.Discharged:
		t.add("residents", e.InstitutionArea, e.DischargedOn, -1)
		t.holds(standing.Elder, e.Elder, holding{standing.Stay, e.DischargedOn, 0, false})
	default:
		return false
	}
	return true
}

func (t *tally) takeStanding(r Record) bool {
	switch e := r.Event.(type) {
	case unit.Registered:
		t.registered(e.Kind, e.Unit, e.Area, e.RegisteredOn)
	case unit.Closed:
		t.end(e.Kind, e.Unit, e.ClosedOn)
	case standing.Recorded:
		t.holds(e.Kind, e.Subject, holding{e.Standing, e.EffectiveOn, e.Until, true})
	case standing.Ended:
		t.holds(e.Kind, e.Subject, holding{e.Standing, e.EndedOn, 0, false})
	case standing.Logged:
		t.happens(e.Kind, e.Subject, e.Activity, e.OccurredOn, 1)
	case standing.EnteredInError: // only of health checks
		t.happens(e.Kind, e.Subject, "health_check", e.WasOn, -1)
	default:
		return false
	}
	return true
}

// known leaves out children who were not under 3 in the year: there are too many of them.
func (t *tally) known(k standing.Kind, id uuid.UUID) *subject {
	if k == standing.Child {
		return t.subjects[k][id]
	}
	return t.subject(k, id)
}

func (t *tally) holds(k standing.Kind, id uuid.UUID, h holding) {
	s := t.known(k, id)
	if s == nil || h.on > t.day {
		return
	}
	for i := range s.held {
		if s.held[i].word == h.word {
			if h.on >= s.held[i].on {
				s.held[i] = h
			}
			return
		}
	}
	s.held = append(s.held, h)
}

func (t *tally) happens(k standing.Kind, id uuid.UUID, word string, on calendar.Day, times int) {
	s := t.known(k, id)
	if s == nil || on > t.day || on < t.begin(word) {
		return
	}
	for i := range s.happened {
		if s.happened[i].word == word {
			s.happened[i].times += times
			return
		}
	}
	s.happened = append(s.happened, happening{word, times})
}

// begin is the first day of the period in which an activity counts: a year, or that of mother and child health.
func (t *tally) begin(activity string) calendar.Day {
	year := int(t.day.Month()) / 12
	if activity != standing.Birth && activity != standing.NewbornVisit {
		return calendar.Date(year, time.January, 1)
	}
	if first := calendar.Date(year, time.October, 1); first <= t.day {
		return first
	}
	return calendar.Date(year-1, time.October, 1)
}

func (t *tally) takeHouse(r Record) bool {
	switch e := r.Event.(type) {
	case institution.Registered:
		t.registered(standing.Institution, e.Institution, e.Area, e.RegisteredOn)
	case institution.BedsOpened:
		t.add("beds_total", r.Area, e.OpenedOn, e.Beds)
		t.add("beds_nursing", r.Area, e.OpenedOn, e.NursingBeds)
	case institution.BedsConverted:
		t.add("beds_nursing", r.Area, e.ConvertedOn, e.Beds)
	case institution.BedsPutIntoOperation:
		t.add("beds_operating", r.Area, e.OperatedOn, e.Beds)
	case institution.BedsClosed:
		t.add("beds_total", r.Area, e.ClosedOn, -e.Beds)
		t.add("beds_nursing", r.Area, e.ClosedOn, -e.NursingBeds)
		t.add("beds_operating", r.Area, e.ClosedOn, -e.OperatingBeds)
	case childcare.Registered:
		t.registered(standing.Childcare, e.Childcare, e.Area, e.RegisteredOn)
	case childcare.Filed:
		t.add("filed", r.Area, e.FiledOn, 1)
	case childcare.PlacesOpened:
		t.add("places", r.Area, e.OpenedOn, e.Places)
		t.add("inclusive_places", r.Area, e.OpenedOn, e.InclusivePlaces)
	default:
		return false
	}
	return true
}

func (t *tally) takeOffice(r Record) bool {
	switch e := r.Event.(type) {
	case figure.Reported:
		t.figure(e)
	case figure.Corrected:
		t.figure(figure.Reported{Area: e.Area, Series: e.Series, PeriodEnd: e.PeriodEnd, Value: e.Value})
	case retrofit.Accepted:
		t.add("retrofitted_households", r.Area, e.AcceptedOn, 1)
	default:
		return false
	}
	return true
}

func (t *tally) figure(e figure.Reported) {
	if last := t.figures[e.Series]; e.Area == t.world.Figures.Prefecture && e.PeriodEnd >= last.PeriodEnd && e.PeriodEnd <= t.day {
		t.figures[e.Series] = e
	}
}

// measure answers a measure by township, or on the whole where it is a reported figure; ok is false where it is not known.
func (t *tally) measure(name string) (towns []int, whole float64, ok bool) {
	if f, reported := t.figures[name]; reported {
		return nil, f.Value, true
	}
	if sums, counted := t.sums[name]; counted {
		return sums, total(sums), true
	}
	if inner, any := strings.CutPrefix(name, "any("); any {
		towns, _, ok := t.measure(strings.TrimSuffix(inner, ")"))
		towns = slices.Clone(towns)
		for i := range towns {
			towns[i] = min(towns[i], 1)
		}
		return towns, total(towns), ok
	}
	if name == "townships" {
		return nil, float64(len(t.towns)), true
	}
	towns, ok = t.people(name)
	return towns, total(towns), ok
}

func total(towns []int) float64 {
	sum := 0
	for _, n := range towns {
		sum += n
	}
	return float64(sum)
}

// people counts subjects: kind, kind:standing+standing, kind#activity, *:standing, visited, in_difficulty.
func (t *tally) people(name string) (towns []int, ok bool) {
	kind, words, _ := strings.Cut(name, ":")
	kind, activity, happened := strings.Cut(kind, "#")
	counts := func(s *subject) bool { return t.onRegister(s) && t.all(s, words) }
	switch {
	case name == "in_difficulty" || name == "visited":
		kind = string(standing.Elder)
		counts = func(s *subject) bool {
			return t.onRegister(s) && s.needy && !s.gone && (name == "in_difficulty" || s.seen)
		}
	case happened:
		counts = func(s *subject) bool {
			for _, h := range s.happened {
				if h.word == activity {
					return h.times > 0
				}
			}
			return false
		}
	}
	towns = make([]int, len(t.world.towns))
	for k, subjects := range t.subjects {
		if kind != "*" && string(k) != kind {
			continue
		}
		ok = true
		for _, s := range subjects {
			if counts(s) {
				towns[s.town]++
			}
		}
	}
	return towns, ok
}

func (t *tally) onRegister(s *subject) bool { return s.since != 0 && !s.ended }

// all reports whether all standings of a list hold; none do of an empty one.
func (t *tally) all(s *subject, words string) bool {
	if words == "" {
		return true
	}
	for word := range strings.SplitSeq(words, "+") {
		if word == "registered" {
			continue
		}
		found := false
		for _, h := range s.held {
			found = found || h.word == word && h.holds && (h.until == 0 || h.until >= t.day)
		}
		if !found {
			return false
		}
	}
	return true
}
