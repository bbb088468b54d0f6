package institution

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Kind is the sort of institution (养老机构).
type Kind string

// Ownership is who runs it.
type Ownership string

// The words on the wire.
const (
	Apartment   Kind = "apartment"    // 老年公寓
	WelfareHome Kind = "welfare_home" // 福利院
	RuralHome   Kind = "rural_home"   // 敬老院
	PrivateHome Kind = "private"      // 社会力量兴办

	Public        Ownership = "public"         // 公办
	Private       Ownership = "private"        // 民办
	PublicPrivate Ownership = "public_private" // 公建民营
)

// Registered: an institution entered the register. Name is a public name, at most 100 characters.
type Registered struct {
	Institution  uuid.UUID    `json:"institution"`
	Area         string       `json:"area"`
	Name         string       `json:"name"`
	Kind         Kind         `json:"kind"`
	Ownership    Ownership    `json:"ownership"`
	RegisteredOn calendar.Day `json:"registered_on"`
}

// BedsOpened: beds were set up (设置), some of them nursing-type (护理型). They are not yet in operation.
type BedsOpened struct {
	Institution uuid.UUID    `json:"institution"`
	Beds        int          `json:"beds"`
	NursingBeds int          `json:"nursing_beds"`
	OpenedOn    calendar.Day `json:"opened_on"`
}

// BedsConverted: beds became nursing-type.
type BedsConverted struct {
	Institution uuid.UUID    `json:"institution"`
	Beds        int          `json:"beds"`
	ConvertedOn calendar.Day `json:"converted_on"`
}

// BedsPutIntoOperation: beds were put into operation (投入运营).
type BedsPutIntoOperation struct {
	Institution uuid.UUID    `json:"institution"`
	Beds        int          `json:"beds"`
	OperatedOn  calendar.Day `json:"operated_on"`
}

// BedsClosed: beds were given up; NursingBeds and OperatingBeds say how many of them were nursing-type and in operation.
type BedsClosed struct {
	Institution   uuid.UUID    `json:"institution"`
	Beds          int          `json:"beds"`
	NursingBeds   int          `json:"nursing_beds"`
	OperatingBeds int          `json:"operating_beds"`
	ClosedOn      calendar.Day `json:"closed_on"`
}

// BedReserved: a bed is held for an admission or transfer that the elder's stream commits.
type BedReserved struct {
	Institution uuid.UUID    `json:"institution"`
	Stay        uuid.UUID    `json:"stay"`
	Elder       uuid.UUID    `json:"elder"`
	FromOn      calendar.Day `json:"from_on"`
	event.Doubts
}

// BedReleased: the bed is free again.
type BedReleased struct {
	Institution uuid.UUID     `json:"institution"`
	Stay        uuid.UUID     `json:"stay"`
	Reason      ReleaseReason `json:"reason"`
}

// ReleaseReason is why a bed was released.
type ReleaseReason string

// Why a bed or place is released.
const (
	NotCommitted ReleaseReason = "not_committed"
	Ended        ReleaseReason = "ended"
	MovedOn      ReleaseReason = "transferred"
)

func (Registered) EventType() string           { return "InstitutionRegistered.v1" }
func (BedsOpened) EventType() string           { return "BedsOpened.v1" }
func (BedsConverted) EventType() string        { return "BedsConverted.v1" }
func (BedsPutIntoOperation) EventType() string { return "BedsPutIntoOperation.v1" }
func (BedsClosed) EventType() string           { return "BedsClosed.v1" }
func (BedReserved) EventType() string          { return "BedReserved.v1" }
func (BedReleased) EventType() string          { return "BedReleased.v1" }

// Types lists the events of an institution's stream beside those of package standing.
func Types() []event.Type {
	return []event.Type{
		event.TypeOf[Registered](), event.TypeOf[BedsOpened](), event.TypeOf[BedsConverted](),
		event.TypeOf[BedsPutIntoOperation](), event.TypeOf[BedsClosed](), event.TypeOf[BedReserved](), event.TypeOf[BedReleased](),
	}
}
