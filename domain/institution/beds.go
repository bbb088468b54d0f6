package institution

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

const mostBeds = 100_000

func counted(beds int, parts ...int) error {
	if beds < 1 || beds > mostBeds {
		return ErrBedCount.At("/beds")
	}
	for _, part := range parts {
		if part < 0 || part > beds {
			return ErrBedCount
		}
	}
	return nil
}

func openBeds(s State, c OpenBeds, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Beds, c.NursingBeds); err != nil {
		return nil, err
	}
	if err := dated(c.OpenedOn, s.RegisteredOn, today, "/opened_on"); err != nil {
		return nil, err
	}
	return []event.Event{BedsOpened{Institution: s.Institution, Beds: c.Beds, NursingBeds: c.NursingBeds, OpenedOn: c.OpenedOn}}, nil
}

func convertBeds(s State, c ConvertBeds, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Beds); err != nil {
		return nil, err
	}
	if err := dated(c.ConvertedOn, s.RegisteredOn, today, "/converted_on"); err != nil {
		return nil, err
	}
	if s.Nursing+c.Beds > s.Beds {
		return nil, ErrNursingExceedsBeds.At("/beds")
	}
	return []event.Event{BedsConverted{Institution: s.Institution, Beds: c.Beds, ConvertedOn: c.ConvertedOn}}, nil
}

func operateBeds(s State, c OperateBeds, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Beds); err != nil {
		return nil, err
	}
	if err := dated(c.OperatedOn, s.RegisteredOn, today, "/operated_on"); err != nil {
		return nil, err
	}
	if s.Operating+c.Beds > s.Beds {
		return nil, ErrOperatingExceedsBeds.At("/beds")
	}
	return []event.Event{BedsPutIntoOperation{Institution: s.Institution, Beds: c.Beds, OperatedOn: c.OperatedOn}}, nil
}

func closeBeds(s State, c CloseBeds, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Beds, c.NursingBeds, c.OperatingBeds); err != nil {
		return nil, err
	}
	if err := dated(c.ClosedOn, s.RegisteredOn, today, "/closed_on"); err != nil {
		return nil, err
	}
	beds, nursing, operating := s.Beds-c.Beds, s.Nursing-c.NursingBeds, s.Operating-c.OperatingBeds
	switch {
	case beds < 0 || nursing < 0 || operating < 0:
		return nil, ErrNotEnoughBeds
	case nursing > beds:
		return nil, ErrNursingExceedsBeds.At("/nursing_beds")
	case operating > beds:
		return nil, ErrOperatingExceedsBeds.At("/operating_beds")
	case c.OperatingBeds > 0 && operating < len(s.Reserved):
		return nil, ErrBedsInUse.At("/operating_beds")
	}
	return []event.Event{BedsClosed{
		Institution: s.Institution, Beds: c.Beds, NursingBeds: c.NursingBeds, OperatingBeds: c.OperatingBeds, ClosedOn: c.ClosedOn,
	}}, nil
}

func reserveBed(s State, c ReserveBed) ([]event.Event, error) {
	if _, holds := s.Reserved[c.Stay]; holds {
		return nil, ErrBedAlreadyReserved
	}
	e := BedReserved{Institution: s.Institution, Stay: c.Stay, Elder: c.Elder, FromOn: c.FromOn}
	if len(s.Reserved) >= s.Operating {
		if !c.Report {
			return nil, ErrNoVacantBed
		}
		e.Doubts.Doubts = []string{ErrNoVacantBed.Code}
	}
	return []event.Event{e}, nil
}

func releaseBed(s State, c ReleaseBed) ([]event.Event, error) {
	if _, holds := s.Reserved[c.Stay]; !holds {
		return nil, ErrBedNotReserved
	}
	return []event.Event{BedReleased{Institution: s.Institution, Stay: c.Stay, Reason: c.Reason}}, nil
}
