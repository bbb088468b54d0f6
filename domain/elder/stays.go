package elder

import (
	"slices"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

func admit(s State, c Admit, today calendar.Day) ([]event.Event, error) {
	if err := dated(c.AdmittedOn, today, "/admitted_on"); err != nil {
		return nil, err
	}
	_, used := s.Stays[c.Stay]
	switch {
	case s.Abandoned[Reservation{c.Stay, c.Institution}]:
		return nil, ErrAdmissionAbandoned
	case used:
		return nil, ErrStayExists
	case c.AdmittedOn < s.BirthMonth.First():
		return nil, ErrAdmitBeforeBirth.At("/admitted_on")
	case s.DiedOn != 0 && !c.Report:
		return nil, ErrDeceased
	}
	doubts := slices.Clone(c.Doubts)
	for _, broken := range s.brokenByAdmission(c.AdmittedOn) {
		if !c.Report {
			return nil, broken
		}
		doubts = append(doubts, broken.Code)
	}
	return []event.Event{Admitted{
		Elder: s.Elder, Stay: c.Stay, Institution: c.Institution, InstitutionArea: c.InstitutionArea, AdmittedOn: c.AdmittedOn,
		Doubts: event.Doubts{Doubts: doubts},
	}}, nil
}

// brokenByAdmission lists the rules that an admission on a day would break: asked for, it is refused; reported, doubted.
func (s State) brokenByAdmission(on calendar.Day) []*fault.Error {
	var broken []*fault.Error
	if s.deadBefore(on) {
		broken = append(broken, ErrDeceased)
	}
	if _, current := s.Current(); current {
		broken = append(broken, ErrAlreadyAdmitted)
	}
	for _, stay := range s.Stays {
		if stay.Ended && on < stay.EndedOn {
			return append(broken, ErrOverlappingStay)
		}
	}
	return broken
}

func transfer(s State, c Transfer, today calendar.Day) ([]event.Event, error) {
	if err := dated(c.TransferredOn, today, "/transferred_on"); err != nil {
		return nil, err
	}
	stay, found := s.Stays[c.Stay]
	switch {
	case s.Abandoned[Reservation{c.Stay, c.Institution}]:
		return nil, ErrAdmissionAbandoned
	case !found, stay.Ended:
		return nil, ErrNotAdmitted
	case stay.Institution == c.Institution:
		return nil, ErrSameInstitution
	case c.TransferredOn < stay.SinceOn:
		return nil, ErrTransferTooEarly.At("/transferred_on")
	case s.DiedOn != 0 && !c.Report:
		return nil, ErrDeceased
	}
	doubts := slices.Clone(c.Doubts)
	if s.deadBefore(c.TransferredOn) {
		doubts = append(doubts, ErrDeceased.Code)
	}
	return []event.Event{Transferred{
		Elder: s.Elder, Stay: c.Stay, From: stay.Institution, FromArea: stay.InstitutionArea, Institution: c.Institution,
		InstitutionArea: c.InstitutionArea, TransferredOn: c.TransferredOn, Doubts: event.Doubts{Doubts: doubts},
	}}, nil
}

func discharge(s State, c Discharge, today calendar.Day) ([]event.Event, error) {
	stay, found := s.Stays[c.Stay]
	switch {
	case !found:
		return nil, ErrNotAdmitted
	case stay.Ended:
		return nil, ErrAlreadyDischarged // a retry of the same command never gets here
	}
	if err := dated(c.DischargedOn, today, "/discharged_on"); err != nil {
		return nil, err
	}
	switch {
	case c.DischargedOn < stay.SinceOn:
		return nil, ErrDischargeTooEarly.At("/discharged_on")
	case !slices.Contains([]DischargeReason{ToHome, ToHospital, ByDeath, OtherReasons}, c.Reason):
		return nil, ErrUnknownWord.At("/reason")
	}
	return []event.Event{Discharged{
		Elder: s.Elder, Stay: c.Stay, Institution: stay.Institution, InstitutionArea: stay.InstitutionArea,
		DischargedOn: c.DischargedOn, Reason: c.Reason,
	}}, nil
}

// abandonAdmission asks where the stay is now, not where it has ever been: a stay that left an institution and hangs on
// its way back must not keep that bed.
func abandonAdmission(s State, c AbandonAdmission) ([]event.Event, error) {
	if stay, found := s.Stays[c.Stay]; found && stay.Institution == c.Institution && !stay.Ended {
		return nil, ErrAdmissionCommitted
	}
	if s.Abandoned[Reservation(c)] {
		return nil, ErrAlreadyAbandoned
	}
	return []event.Event{AdmissionAbandoned{Elder: s.Elder, Stay: c.Stay, Institution: c.Institution}}, nil
}
