package oracle

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/retrofit"
)

// ledger is what the events say, by who they are about.
type ledger struct {
	people     map[uuid.UUID]*resident
	visits     map[uuid.UUID]*visit
	beds       []amount
	stays      map[uuid.UUID][]spell
	retrofits  []accepted
	places     []amount
	filings    []filing
	enrolments map[uuid.UUID]*enrolment
	figures    []reported
	subjects   map[uuid.UUID]*subject
	withdrawn  map[uuid.UUID]bool
	closed     calendar.Day // the last day that is over
	merged     map[uuid.UUID]uuid.UUID
}

// dated is what held from a day on, unless something later in the ledger says otherwise for the same day.
type dated[T any] struct {
	from  calendar.Day
	value T
}

type resident struct {
	area          []dated[string]
	circumstances []dated[int] // how many
}

type visit struct {
	elder   uuid.UUID
	on      calendar.Day
	outcome elder.Outcome
	void    bool
}

// amount is what came (or went, below zero) on a day: beds or places, nursing or inclusive ones, those in operation.
type amount struct {
	area                  string
	on                    calendar.Day
	all, special, operate int
}

// spell is a stay in one institution; until is the first day without it, 0 while it lasts.
type spell struct {
	area        string
	from, until calendar.Day
}

type enrolment struct {
	spell
	born calendar.Month
}

type accepted struct {
	area      string
	household uuid.UUID
	on        calendar.Day
}

type filing struct {
	area      string
	childcare uuid.UUID
	on        calendar.Day
}

type reported struct {
	area, series string
	end          calendar.Day
	value        float64
}

// read takes a prefecture's events up to a ledger number in order, each number once.
func read(prefecture string, events []event.Recorded, upTo uint64) *ledger {
	l := &ledger{
		people: map[uuid.UUID]*resident{}, visits: map[uuid.UUID]*visit{}, stays: map[uuid.UUID][]spell{}, enrolments: map[uuid.UUID]*enrolment{},
		subjects: map[uuid.UUID]*subject{}, withdrawn: map[uuid.UUID]bool{}, merged: map[uuid.UUID]uuid.UUID{},
	}
	for _, r := range events {
		if e, is := r.Event.(person.Merged); is && r.Number <= upTo && r.Metadata.Prefecture() == prefecture {
			l.merged[e.Person] = e.Survivor
		}
	}
	last := uint64(0)
	for _, r := range events {
		if r.Number <= last || r.Number > upTo || r.Metadata.Prefecture() != prefecture {
			continue
		}
		last = r.Number
		l.take(r.Event, r.Metadata.Area)
		l.takeOfSubject(r.Event, r.Metadata.Area)
	}
	return l
}

func (l *ledger) take(e event.Event, area string) {
	switch e := e.(type) {
	case institution.BedsOpened:
		l.beds = append(l.beds, amount{area: area, on: e.OpenedOn, all: e.Beds, special: e.NursingBeds})
	case institution.BedsConverted:
		l.beds = append(l.beds, amount{area: area, on: e.ConvertedOn, special: e.Beds})
	case institution.BedsPutIntoOperation:
		l.beds = append(l.beds, amount{area: area, on: e.OperatedOn, operate: e.Beds})
	case institution.BedsClosed:
		l.beds = append(l.beds, amount{area: area, on: e.ClosedOn, all: -e.Beds, special: -e.NursingBeds, operate: -e.OperatingBeds})
	case retrofit.Accepted:
		l.retrofits = append(l.retrofits, accepted{area: area, household: e.Household, on: e.AcceptedOn})
	case childcare.PlacesOpened:
		l.places = append(l.places, amount{area: area, on: e.OpenedOn, all: e.Places, special: e.InclusivePlaces})
	case childcare.PlacesClosed:
		l.places = append(l.places, amount{area: area, on: e.ClosedOn, all: -e.Places, special: -e.InclusivePlaces})
	case childcare.Filed:
		l.filings = append(l.filings, filing{area: area, childcare: e.Childcare, on: e.FiledOn})
	case child.Enrolled:
		l.enrolments[e.Enrolment] = &enrolment{spell: spell{area: e.ChildcareArea, from: e.EnrolledOn}, born: e.BirthMonth}
	case child.Withdrawn:
		l.enrolments[e.Enrolment].until = e.WithdrawnOn
	case figure.Reported:
		l.figures = append(l.figures, reported{area: e.Area, series: e.Series, end: e.PeriodEnd, value: e.Value})
	case figure.Corrected:
		l.figures = append(l.figures, reported{area: e.Area, series: e.Series, end: e.PeriodEnd, value: e.Value})
	default:
		l.takeElder(e)
	}
}

func (l *ledger) takeElder(e event.Event) {
	switch e := e.(type) {
	case elder.Registered:
		p := l.person(e.Elder)
		p.area = append(p.area, dated[string]{e.RegisteredOn, e.Area})
	case elder.MovedHome:
		p := l.person(e.Elder)
		p.area = append(p.area, dated[string]{e.MovedOn, e.Area})
	case elder.Died: // lives nowhere
		p := l.person(e.Elder)
		p.area = append(p.area, dated[string]{e.DiedOn, ""})
	case elder.DeathEnteredInError:
		p := l.person(e.Elder)
		p.area = append(p.area, dated[string]{e.WasOn, e.Area})
	case elder.CircumstancesRecorded:
		p := l.person(e.Elder)
		p.circumstances = append(p.circumstances, dated[int]{e.EffectiveOn, len(e.Circumstances)})
	case elder.HomeVisitLogged:
		l.visits[e.Visit] = &visit{elder: l.who(e.Elder), on: e.OccurredOn, outcome: e.Outcome}
	case elder.HomeVisitCorrected:
		l.visits[e.Visit] = &visit{elder: l.who(e.Elder), on: e.OccurredOn, outcome: e.Outcome}
	case elder.HomeVisitEnteredInError:
		l.visits[e.Visit].void = true
	case elder.Admitted:
		l.stays[e.Stay] = append(l.stays[e.Stay], spell{area: e.InstitutionArea, from: e.AdmittedOn})
	case elder.Transferred:
		l.end(e.Stay, e.TransferredOn)
		l.stays[e.Stay] = append(l.stays[e.Stay], spell{area: e.InstitutionArea, from: e.TransferredOn})
	case elder.Discharged:
		l.end(e.Stay, e.DischargedOn)
	}
}

// who is the registration that stays, of somebody who was registered several times.
func (l *ledger) who(id uuid.UUID) uuid.UUID {
	for into, was := l.merged[id]; was; into, was = l.merged[id] {
		id = into
	}
	return id
}

func (l *ledger) person(id uuid.UUID) *resident {
	id = l.who(id)
	if l.people[id] == nil {
		l.people[id] = &resident{}
	}
	return l.people[id]
}

func (l *ledger) end(stay uuid.UUID, on calendar.Day) {
	spells := l.stays[stay]
	spells[len(spells)-1].until = on
}

// at answers what held on a day: of several with the same day the last in the ledger.
func at[T any](history []dated[T], on calendar.Day) (value T) {
	newest := calendar.Day(-1 << 30)
	for _, d := range history {
		if d.from <= on && d.from >= newest {
			newest, value = d.from, d.value
		}
	}
	return value
}
