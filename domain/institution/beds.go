package institution

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

const mostBeds = 100_000

// counted refuses what is no number of beds, and a part that is not between none and all of them.
func counted(beds, nursing, operating int) error {
	switch {
	case beds < 1 || beds > mostBeds:
		return ErrBedCount.At("/beds")
	case nursing < 0 || nursing > beds:
		return ErrBedCount.At("/nursing_beds")
	case operating < 0 || operating > beds:
		return ErrBedCount.At("/operating_beds")
	}
	return nil
}

func openBeds(s State, c OpenBeds, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Beds, c.NursingBeds, 0); err != nil {
		return nil, err
	}
	if err := s.dated(c.OpenedOn, today, "/opened_on"); err != nil {
		return nil, err
	}
	return []event.Event{BedsOpened{Institution: s.Institution, Beds: c.Beds, NursingBeds: c.NursingBeds, OpenedOn: c.OpenedOn}}, nil
}

func convertBeds(s State, c ConvertBeds, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Beds, 0, 0); err != nil {
		return nil, err
	}
	if err := s.dated(c.ConvertedOn, today, "/converted_on"); err != nil {
		return nil, err
	}
	if s.Nursing+c.Beds > s.Beds {
		return nil, ErrNursingExceedsBeds.At("/beds")
	}
	return []event.Event{BedsConverted{Institution: s.Institution, Beds: c.Beds, ConvertedOn: c.ConvertedOn}}, nil
}

func operateBeds(s State, c OperateBeds, today calendar.Day) ([]event.Event, error) {
	if err := counted(c.Beds, 0, 0); err != nil {
		return nil, err
	}
	if err := s.dated(c.OperatedOn, today, "/operated_on"); err != nil {
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
	if err := s.dated(c.ClosedOn, today, "/closed_on"); err != nil {
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
	case c.OperatingBeds > 0 && operating < len(s.Reserved): // beds that stand idle may go even where reports overfill the house
		return nil, ErrBedsInUse.At("/operating_beds")
	}
	return []event.Event{BedsClosed{
		Institution: s.Institution, Beds: c.Beds, NursingBeds: c.NursingBeds, OperatingBeds: c.OperatingBeds, ClosedOn: c.ClosedOn,
	}}, nil
}

// FromOn is what a refusal of a reservation's day points at. No client sends the field: whoever reserves names its own.
const FromOn = "/from_on"

func reserveBed(s State, c ReserveBed, today calendar.Day) ([]event.Event, error) {
	if elder, holds := s.Reserved[c.Stay]; holds && elder != c.Elder {
		return nil, ErrStayOfAnother
	} else if holds {
		return nil, ErrBedAlreadyReserved
	}
	if err := dated(c.FromOn, today, FromOn); err != nil {
		return nil, err
	}
	e := BedReserved{Institution: s.Institution, Stay: c.Stay, Elder: c.Elder, FromOn: c.FromOn}
	for _, broken := range s.brokenByReservation(c.FromOn) {
		if !c.Report {
			return nil, broken
		}
		e.Doubts.Doubts = append(e.Doubts.Doubts, broken.Code)
	}
	return []event.Event{e}, nil
}

// brokenByReservation lists the rules that a reservation from a day on would break: asked for, it is refused; reported,
// doubted.
func (s State) brokenByReservation(from calendar.Day) []*fault.Error {
	var broken []*fault.Error
	if from < s.RegisteredOn {
		broken = append(broken, ErrBeforeRegistration)
	}
	if len(s.Reserved) >= s.Operating {
		broken = append(broken, ErrNoVacantBed)
	}
	return broken
}

func releaseBed(s State, c ReleaseBed) ([]event.Event, error) {
	if _, holds := s.Reserved[c.Stay]; !holds {
		return nil, ErrBedNotReserved
	}
	return []event.Event{BedReleased{Institution: s.Institution, Stay: c.Stay, Reason: c.Reason}}, nil
}
