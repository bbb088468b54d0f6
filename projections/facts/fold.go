package facts

import (
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/alert"
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
)

// Fold turns one event into the rows it makes: its envelope first. It depends on the event alone. An event of a type
// that counts nowhere makes its envelope only.
func Fold(r event.Recorded) []Row {
	envelope := Envelope(r)
	if closed, ok := r.Event.(ledger.DayClosed); ok {
		envelope.OccurredOn = closed.Day.Time() // by which is counted what lapses in the month that runs
	}
	rows := []Row{envelope}
	f := fold{key: envelope.Key, id: r.ID, area: r.Metadata.Area, at: r.Metadata.RecordedAt}
	for _, rowsOf := range []func(event.Event) []Row{f.elder, f.home, f.stay, f.institution, f.childcare, f.child, f.other, f.standing, f.derived, f.merge} {
		rows = append(rows, rowsOf(r.Event)...)
	}
	return rows
}

// Envelope is what is known of any event, whatever it says.
func Envelope(r event.Recorded) Event {
	return Event{
		Key: Key{Prefecture: r.Metadata.Prefecture(), Number: r.Number}, EventID: r.ID, Stream: r.Stream, Revision: r.Revision, Type: r.Type,
		RecordedAt: r.Metadata.RecordedAt, ReceivedAt: r.Metadata.ReceivedAt, OccurredOn: r.Metadata.OccurredOn.Time(),
		Actor: r.Metadata.Actor, Device: r.Metadata.Device, Area: r.Metadata.Area,
	}
}

type fold struct {
	key  Key
	id   uuid.UUID
	area string
	at   time.Time
}

func (f fold) elder(e event.Event) []Row {
	switch e := e.(type) {
	case elder.Registered:
		return []Row{ElderState{
			Key: f.key, Elder: e.Elder, Aspect: "area", EffectiveOn: e.RegisteredOn.Time(), Area: e.Area, Sex: string(e.Sex),
			BirthMonth: int32(e.BirthMonth), Circumstances: []string{},
		}}
	case elder.CircumstancesRecorded:
		words := make([]string, len(e.Circumstances))
		for i, c := range e.Circumstances {
			words[i] = string(c)
		}
		return []Row{ElderState{Key: f.key, Elder: e.Elder, Aspect: "circumstances", EffectiveOn: e.EffectiveOn.Time(), Circumstances: words}}
	case elder.HomeVisitLogged:
		return []Row{f.visit(e.Elder, e.Visit, e.OccurredOn, e.Mode, e.Outcome)}
	case elder.HomeVisitCorrected:
		return []Row{
			f.visit(e.Elder, e.Visit, e.OccurredOn, e.Mode, e.Outcome),
			Amendment{Key: f.key, Fact: e.Visit, Kind: Corrected, WasOn: e.WasOn.Time(), Of: e.Elder},
		}
	case elder.HomeVisitEnteredInError:
		// Its own number is above every row of the visit, so none is left that counts.
		return []Row{Amendment{Key: f.key, Fact: e.Visit, Kind: Voided, WasOn: e.WasOn.Time(), Of: e.Elder}}
	}
	return nil
}

// home says where an elder is registered from a day on; without an area the elder is no more.
func (f fold) home(e event.Event) []Row {
	row := func(of uuid.UUID, area string, on calendar.Day) []Row {
		return []Row{ElderState{Key: f.key, Elder: of, Aspect: "area", EffectiveOn: on.Time(), Area: area, Circumstances: []string{}}}
	}
	switch e := e.(type) {
	case elder.MovedHome:
		return row(e.Elder, e.Area, e.MovedOn)
	case elder.Died:
		return row(e.Elder, "", e.DiedOn)
	case elder.DeathEnteredInError:
		return row(e.Elder, e.Area, e.WasOn)
	}
	return nil
}

func (f fold) visit(of, visit uuid.UUID, on calendar.Day, mode elder.Mode, outcome elder.Outcome) Row {
	return Visit{Key: f.key, Elder: of, Visit: visit, OccurredOn: on.Time(), Mode: string(mode), Outcome: string(outcome)}
}

func (f fold) stay(e event.Event) []Row {
	row := func(area string, institution, stay, elder uuid.UUID, on calendar.Day, change int8) Row {
		return StayChange{
			Key: f.key, Area: area, Institution: institution, Stay: stay, Elder: elder, EffectiveOn: on.Time(), Change: change,
		}
	}
	switch e := e.(type) {
	case elder.Admitted:
		return []Row{row(e.InstitutionArea, e.Institution, e.Stay, e.Elder, e.AdmittedOn, 1)}
	case elder.Transferred:
		return []Row{
			row(e.FromArea, e.From, e.Stay, e.Elder, e.TransferredOn, -1),
			row(e.InstitutionArea, e.Institution, e.Stay, e.Elder, e.TransferredOn, 1),
		}
	case elder.Discharged:
		return []Row{row(e.InstitutionArea, e.Institution, e.Stay, e.Elder, e.DischargedOn, -1)}
	}
	return nil
}

func (f fold) institution(e event.Event) []Row {
	row := func(institution uuid.UUID, on calendar.Day, beds, nursing, operating int) []Row {
		return []Row{BedChange{
			Key: f.key, Area: f.area, Institution: institution, EffectiveOn: on.Time(),
			Beds: int64(beds), Nursing: int64(nursing), Operating: int64(operating),
		}}
	}
	switch e := e.(type) {
	case institution.BedsOpened:
		return row(e.Institution, e.OpenedOn, e.Beds, e.NursingBeds, 0)
	case institution.BedsConverted:
		return row(e.Institution, e.ConvertedOn, 0, e.Beds, 0)
	case institution.BedsPutIntoOperation:
		return row(e.Institution, e.OperatedOn, 0, 0, e.Beds)
	case institution.BedsClosed:
		return row(e.Institution, e.ClosedOn, -e.Beds, -e.NursingBeds, -e.OperatingBeds)
	}
	return nil
}

func (f fold) childcare(e event.Event) []Row {
	row := func(of uuid.UUID, on calendar.Day, places, inclusive int) []Row {
		return []Row{PlaceChange{
			Key: f.key, Area: f.area, Childcare: of, EffectiveOn: on.Time(), Places: int64(places), Inclusive: int64(inclusive),
		}}
	}
	switch e := e.(type) {
	case childcare.PlacesOpened:
		return row(e.Childcare, e.OpenedOn, e.Places, e.InclusivePlaces)
	case childcare.PlacesClosed:
		return row(e.Childcare, e.ClosedOn, -e.Places, -e.InclusivePlaces)
	case childcare.Filed:
		return []Row{Filing{Key: f.key, Area: f.area, Childcare: e.Childcare, FiledOn: e.FiledOn.Time()}}
	}
	return nil
}

func (f fold) child(e event.Event) []Row {
	switch e := e.(type) {
	case child.Enrolled:
		return []Row{EnrolmentChange{
			Key: f.key, Area: e.ChildcareArea, Childcare: e.Childcare, Enrolment: e.Enrolment, Child: e.Child,
			BirthMonth: int32(e.BirthMonth), EffectiveOn: e.EnrolledOn.Time(), Change: 1,
		}}
	case child.Withdrawn:
		return []Row{EnrolmentChange{
			Key: f.key, Area: e.ChildcareArea, Childcare: e.Childcare, Enrolment: e.Enrolment, Child: e.Child,
			BirthMonth: int32(e.BirthMonth), EffectiveOn: e.WithdrawnOn.Time(), Change: -1,
		}}
	}
	return nil
}

func (f fold) merge(e event.Event) []Row {
	if e, is := e.(person.Merged); is {
		return []Row{Merge{Key: f.key, Kind: string(e.Kind), Subject: e.Person, Survivor: e.Survivor}}
	}
	return nil
}

func (f fold) other(e event.Event) []Row {
	number := func(area, series, period string, end calendar.Day, value float64, unit string) []Row {
		return []Row{Figure{Key: f.key, Area: area, Series: series, Period: period, PeriodEnd: end.Time(), Value: value, Unit: unit}}
	}
	switch e := e.(type) {
	case retrofit.Accepted:
		return []Row{Retrofit{Key: f.key, Area: f.area, Household: e.Household, Retrofit: e.Retrofit, AcceptedOn: e.AcceptedOn.Time()}}
	case figure.Reported:
		return number(e.Area, e.Series, e.Period, e.PeriodEnd, e.Value, e.Unit)
	case figure.Corrected:
		return number(e.Area, e.Series, e.Period, e.PeriodEnd, e.Value, e.Unit)
	case alert.Raised:
		return []Row{Alert{
			Key: f.key, Alert: e.Alert, State: "open", At: f.at, Rule: e.Rule, Code: e.Code, Variant: e.Variant, Area: e.Area,
			Period: e.Period, Unit: e.Unit, Reason: "behind", Value: &e.Value, Expected: &e.Expected,
		}}
	case alert.Resolved:
		return []Row{Alert{Key: f.key, Alert: e.Alert, State: "resolved", At: f.at, Reason: string(e.Reason), Value: e.Value, Expected: e.Expected}}
	}
	return nil
}
