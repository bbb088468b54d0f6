package childcare

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Ownership is who runs the childcare institution (托育机构).
type Ownership string

// The words on the wire.
const (
	Public  Ownership = "public"  // 公立
	Private Ownership = "private" // 民办
)

// Registered: a childcare institution entered the register. Name is a public name, at most 100 characters.
type Registered struct {
	Childcare    uuid.UUID    `json:"childcare"`
	Area         string       `json:"area"`
	Name         string       `json:"name"`
	Ownership    Ownership    `json:"ownership"`
	RegisteredOn calendar.Day `json:"registered_on"`
}

// Filed: it is on file with the health commission (备案). FilingNumber is public and may be empty.
type Filed struct {
	Childcare    uuid.UUID    `json:"childcare"`
	FiledOn      calendar.Day `json:"filed_on"`
	FilingNumber string       `json:"filing_number,omitempty"`
}

// PlacesOpened: places (托位) were opened, InclusivePlaces (普惠) of them at the inclusive price.
type PlacesOpened struct {
	Childcare       uuid.UUID    `json:"childcare"`
	Places          int          `json:"places"`
	InclusivePlaces int          `json:"inclusive_places"`
	OpenedOn        calendar.Day `json:"opened_on"`
}

// PlacesClosed: places were given up.
type PlacesClosed struct {
	Childcare       uuid.UUID    `json:"childcare"`
	Places          int          `json:"places"`
	InclusivePlaces int          `json:"inclusive_places"`
	ClosedOn        calendar.Day `json:"closed_on"`
}

// PlaceReserved: a place is held for an enrolment that the child's stream commits.
type PlaceReserved struct {
	Childcare uuid.UUID    `json:"childcare"`
	Enrolment uuid.UUID    `json:"enrolment"`
	Child     uuid.UUID    `json:"child"`
	FromOn    calendar.Day `json:"from_on"`
	event.Doubts
}

// PlaceReleased: the place is free again.
type PlaceReleased struct {
	Childcare uuid.UUID     `json:"childcare"`
	Enrolment uuid.UUID     `json:"enrolment"`
	Reason    ReleaseReason `json:"reason"`
}

// ReleaseReason is why a place was released.
type ReleaseReason string

// Why a place is released.
const (
	NotCommitted ReleaseReason = "not_committed"
	Ended        ReleaseReason = "ended"
)

func (Registered) EventType() string    { return "ChildcareRegistered.v1" }
func (Filed) EventType() string         { return "ChildcareFiled.v1" }
func (PlacesOpened) EventType() string  { return "PlacesOpened.v1" }
func (PlacesClosed) EventType() string  { return "PlacesClosed.v1" }
func (PlaceReserved) EventType() string { return "PlaceReserved.v1" }
func (PlaceReleased) EventType() string { return "PlaceReleased.v1" }

// Types lists the events of a childcare institution's stream beside those of package standing.
func Types() []event.Type {
	return []event.Type{
		event.TypeOf[Registered](), event.TypeOf[Filed](), event.TypeOf[PlacesOpened](), event.TypeOf[PlacesClosed](),
		event.TypeOf[PlaceReserved](), event.TypeOf[PlaceReleased](),
	}
}
