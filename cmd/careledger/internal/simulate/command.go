package simulate

import (
	"encoding/json"
	"iter"
	"time"

	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/retrofit"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

type (
	target = map[string]string
	body   = map[string]any
)

// reason stands for what people would write.
const reason = "演示：登记有误"

// Command is the command that causes the event; ok is false where that of another record does. Its key is the record's
// id, so that the same seed sends the same commands.
func (r Record) Command() (c demo.Command, ok bool) {
	if r.Caused {
		return c, false
	}
	for _, of := range []func() (string, target, body){r.ofElder, r.ofStay, r.ofHouse, r.ofChild, r.ofUnit, r.ofOffice} {
		if kind, at, b := of(); kind != "" {
			raw, err := json.Marshal(b)
			if err != nil { // texts, numbers and flags always marshal
				raw = []byte("{}")
			}
			return demo.Command{Key: "simulate/" + r.ID.String(), Type: kind, Target: at, Body: raw}, true
		}
	}
	return c, false
}

// to is a target: the record's subject, and what else is named.
func (r Record) to(more ...string) target {
	at := target{r.Category: r.Subject.String()}
	for i := 0; i+1 < len(more); i += 2 {
		at[more[i]] = more[i+1]
	}
	return at
}

func (r Record) ofElder() (kind string, at target, b body) {
	switch e := r.Event.(type) {
	case elder.Registered:
		return "register-elder", nil, body{
			"id": e.Elder, "area": e.Area, "registered_on": e.RegisteredOn, "sex": e.Sex, "name": name(r.Number), "born_on": r.Born,
		}
	case elder.CircumstancesRecorded:
		return "record-circumstances", r.to(), body{"circumstances": e.Circumstances, "effective_on": e.EffectiveOn}
	case elder.HomeVisitLogged:
		return "log-home-visit", r.to(), body{"id": e.Visit, "occurred_on": e.OccurredOn, "mode": e.Mode, "outcome": e.Outcome}
	case elder.HomeVisitCorrected:
		return "correct-home-visit", r.to("visit", e.Visit.String()), body{
			"occurred_on": e.OccurredOn, "mode": e.Mode, "outcome": e.Outcome, "reason": reason,
		}
	case elder.HomeVisitEnteredInError:
		return "enter-home-visit-in-error", r.to("visit", e.Visit.String()), body{"reason": reason}
	case elder.MovedHome:
		return "move-elder", r.to(), body{"area": e.Area, "moved_on": e.MovedOn}
	case elder.Died:
		return "record-elder-death", r.to(), body{"died_on": e.DiedOn}
	}
	return "", nil, nil
}

func (r Record) ofStay() (kind string, at target, b body) {
	switch e := r.Event.(type) {
	case elder.Admitted:
		return "admit-elder", r.to(), body{"id": e.Stay, "institution": e.Institution, "admitted_on": e.AdmittedOn}
	case elder.Transferred:
		return "transfer-elder", r.to("stay", e.Stay.String()), body{"institution": e.Institution, "transferred_on": e.TransferredOn}
	case elder.Discharged:
		return "discharge-elder", r.to("stay", e.Stay.String()), body{"discharged_on": e.DischargedOn, "reason": e.Reason}
	}
	return "", nil, nil
}

func (r Record) ofHouse() (kind string, at target, b body) {
	switch e := r.Event.(type) {
	case institution.Registered:
		return "register-institution", nil, body{
			"id": e.Institution, "area": e.Area, "name": e.Name, "kind": e.Kind, "ownership": e.Ownership, "registered_on": e.RegisteredOn,
		}
	case institution.BedsOpened:
		return "open-beds", r.to(), body{"beds": e.Beds, "nursing_beds": e.NursingBeds, "opened_on": e.OpenedOn}
	case institution.BedsConverted:
		return "convert-beds", r.to(), body{"beds": e.Beds, "converted_on": e.ConvertedOn}
	case institution.BedsPutIntoOperation:
		return "operate-beds", r.to(), body{"beds": e.Beds, "operated_on": e.OperatedOn}
	case institution.BedsClosed:
		return "close-beds", r.to(), body{
			"beds": e.Beds, "nursing_beds": e.NursingBeds, "operating_beds": e.OperatingBeds, "closed_on": e.ClosedOn,
		}
	case childcare.Registered:
		return "register-childcare", nil, body{
			"id": e.Childcare, "area": e.Area, "name": e.Name, "ownership": e.Ownership, "registered_on": e.RegisteredOn,
		}
	case childcare.Filed:
		return "file-childcare", r.to(), body{"filed_on": e.FiledOn, "filing_number": e.FilingNumber}
	case childcare.PlacesOpened:
		return "open-places", r.to(), body{"places": e.Places, "inclusive_places": e.InclusivePlaces, "opened_on": e.OpenedOn}
	}
	return "", nil, nil
}

func (r Record) ofChild() (kind string, at target, b body) {
	switch e := r.Event.(type) {
	case child.Registered:
		return "register-child", nil, body{
			"id": e.Child, "area": e.Area, "registered_on": e.RegisteredOn, "sex": e.Sex, "name": name(r.Number) + "儿", "born_on": r.Born,
			"guardian": body{"name": name(r.Number + 7)},
		}
	case child.Enrolled:
		return "enrol-child", r.to(), body{"id": e.Enrolment, "childcare": e.Childcare, "class": e.Class, "enrolled_on": e.EnrolledOn}
	case child.Withdrawn:
		return "withdraw-child", r.to("enrolment", e.Enrolment.String()), body{"withdrawn_on": e.WithdrawnOn, "reason": e.Reason}
	case standing.Logged:
		switch e.Activity {
		case standing.NewbornVisit, standing.NewbornVisitLate:
			return "log-newborn-visit", r.to(), body{"id": e.Record, "occurred_on": e.OccurredOn, "days_since_birth": int(e.OccurredOn - r.Born)}
		case standing.Check:
			return "log-child-check", r.to(), body{"id": e.Record, "occurred_on": e.OccurredOn, "next_due_on": r.Until}
		case standing.Immunisation:
			return "log-child-immunisation", r.to(), body{"id": e.Record, "occurred_on": e.OccurredOn, "next_due_on": r.Until}
		}
	}
	return "", nil, nil
}

// ofUnit is what units have, and what is recorded of any subject.
func (r Record) ofUnit() (kind string, at target, b body) {
	switch e := r.Event.(type) {
	case unit.Registered:
		b = body{"id": e.Unit, "kind": e.Kind, "area": e.Area, "registered_on": e.RegisteredOn, "name": e.Name}
		if e.Kind == standing.Staff {
			b["name"] = name(r.Number)
		}
		return "register-unit", nil, b
	case unit.Closed:
		return "close-unit", r.to(), body{"closed_on": e.ClosedOn}
	case standing.Recorded:
		b = body{"id": e.Record, "standing": e.Standing, "effective_on": e.EffectiveOn}
		if e.Until != 0 {
			b["until"] = e.Until
		}
		return "record-" + r.Category + "-standing", r.to(), b
	case standing.Ended:
		return "end-" + r.Category + "-standing", r.to("record", e.Ends.String()), body{"id": e.Record, "ended_on": e.EndedOn}
	case standing.Logged:
		return "log-" + r.Category + "-activity", r.to(), body{"id": e.Record, "activity": e.Activity, "occurred_on": e.OccurredOn}
	case standing.EnteredInError:
		return "enter-" + r.Category + "-record-in-error", r.to("record", e.Record.String()), body{"reason": reason}
	}
	return "", nil, nil
}

func (r Record) ofOffice() (kind string, at target, b body) {
	switch e := r.Event.(type) {
	case figure.Reported:
		return "report-figure", nil, body{
			"area": e.Area, "series": e.Series, "period": e.Period, "value": e.Value, "unit": e.Unit, "source": e.Source,
		}
	case figure.Corrected:
		return "correct-figure", target{"area": e.Area, "series": e.Series, "period": e.Period}, body{
			"value": e.Value, "source": e.Source, "reason": e.Reason,
		}
	case retrofit.Applied:
		return "apply-for-retrofit", nil, body{"id": e.Retrofit, "area": e.Area, "household": e.Household, "applied_on": e.AppliedOn}
	case retrofit.Approved:
		return "approve-retrofit", r.to(), body{"approved_on": e.ApprovedOn}
	case retrofit.Accepted:
		return "accept-retrofit", r.to(), body{"accepted_on": e.AcceptedOn}
	}
	return "", nil, nil
}

var surnames = []rune("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许")

// name is plainly invented: a surname, 例 (example) and a number.
func name(n int32) string {
	return string(surnames[int(n)%len(surnames)]) + "例" + numeral(int(n)%10_000)
}

// Batches parts the commands of what is received until an instant, in their order, so many at a time. Of each batch those
// of houses come first: the others may need a house's beds, and a batch takes its streams beside each other.
func Batches(records iter.Seq[Record], until time.Time, size int) iter.Seq2[[]demo.Command, []demo.Command] {
	return func(yield func(houses, others []demo.Command) bool) {
		var houses, others []demo.Command
		for r := range records {
			if r.Received.After(until) {
				break
			}
			c, ok := r.Command()
			switch {
			case !ok:
				continue
			case r.Category == "institution" || r.Category == "childcare":
				houses = append(houses, c)
			default:
				others = append(others, c)
			}
			if len(houses)+len(others) == size {
				if !yield(houses, others) {
					return
				}
				houses, others = nil, nil
			}
		}
		yield(houses, others)
	}
}
