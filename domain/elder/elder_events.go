package elder

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Registered: a person of 60 or more (老年人) entered a county's register. BirthMonth and Sex stay clear because counting
// needs them; name, ID number, day of birth, phone and address are in Personal.
type Registered struct {
	Elder        uuid.UUID      `json:"elder"`
	Area         string         `json:"area"`
	RegisteredOn calendar.Day   `json:"registered_on"`
	Sex          Sex            `json:"sex"`
	BirthMonth   calendar.Month `json:"birth_month"`
	Household    uuid.UUID      `json:"household,omitzero"`
	Personal     *event.Sealed  `json:"personal,omitempty"`
}

// CircumstancesRecorded: the whole set of circumstances (特殊困难情形) the elder holds from EffectiveOn on; may be empty.
type CircumstancesRecorded struct {
	Elder         uuid.UUID      `json:"elder"`
	Circumstances []Circumstance `json:"circumstances"`
	EffectiveOn   calendar.Day   `json:"effective_on"`
}

// HomeVisitLogged: a contact (探访) with the elder. Note is free text, sealed.
type HomeVisitLogged struct {
	Elder      uuid.UUID     `json:"elder"`
	Visit      uuid.UUID     `json:"visit"`
	OccurredOn calendar.Day  `json:"occurred_on"`
	Mode       Mode          `json:"mode"`
	Outcome    Outcome       `json:"outcome"`
	Note       *event.Sealed `json:"note,omitempty"`
}

// HomeVisitCorrected: what the visit was instead; it replaces day, mode and outcome as a whole. WasOn is the day that
// held until now, so that whoever counts knows which month to count anew.
type HomeVisitCorrected struct {
	Elder      uuid.UUID     `json:"elder"`
	Visit      uuid.UUID     `json:"visit"`
	WasOn      calendar.Day  `json:"was_on"`
	OccurredOn calendar.Day  `json:"occurred_on"`
	Mode       Mode          `json:"mode"`
	Outcome    Outcome       `json:"outcome"`
	Reason     *event.Sealed `json:"reason"`
}

// HomeVisitEnteredInError: the visit never took place and counts nowhere. WasOn is the day that held until now.
type HomeVisitEnteredInError struct {
	Elder  uuid.UUID     `json:"elder"`
	Visit  uuid.UUID     `json:"visit"`
	WasOn  calendar.Day  `json:"was_on"`
	Reason *event.Sealed `json:"reason"`
}

// Admitted: the elder moved into an institution (入住). It commits the admission; the bed was reserved before.
type Admitted struct {
	Elder           uuid.UUID    `json:"elder"`
	Stay            uuid.UUID    `json:"stay"`
	Institution     uuid.UUID    `json:"institution"`
	InstitutionArea string       `json:"institution_area"`
	AdmittedOn      calendar.Day `json:"admitted_on"`
	event.Doubts
}

// Transferred: the stay goes on in another institution (转院).
type Transferred struct {
	Elder           uuid.UUID    `json:"elder"`
	Stay            uuid.UUID    `json:"stay"`
	From            uuid.UUID    `json:"from"`
	FromArea        string       `json:"from_area"`
	Institution     uuid.UUID    `json:"institution"`
	InstitutionArea string       `json:"institution_area"`
	TransferredOn   calendar.Day `json:"transferred_on"`
	event.Doubts
}

// Discharged: the stay ended (退住). DischargedOn is the first day on which the elder is no longer a resident.
type Discharged struct {
	Elder           uuid.UUID       `json:"elder"`
	Stay            uuid.UUID       `json:"stay"`
	Institution     uuid.UUID       `json:"institution"`
	InstitutionArea string          `json:"institution_area"`
	DischargedOn    calendar.Day    `json:"discharged_on"`
	Reason          DischargeReason `json:"reason"`
}

// AdmissionAbandoned: an admission or transfer that did not finish in time is given up. A late one of the same stay
// into the same institution is refused from here on, so that its bed can be released.
type AdmissionAbandoned struct {
	Elder       uuid.UUID `json:"elder"`
	Stay        uuid.UUID `json:"stay"`
	Institution uuid.UUID `json:"institution"`
}

// MovedHome: the elder lives in Area from MovedOn on (迁居). FromArea is where the elder lived until then.
type MovedHome struct {
	Elder    uuid.UUID    `json:"elder"`
	FromArea string       `json:"from_area"`
	Area     string       `json:"area"`
	MovedOn  calendar.Day `json:"moved_on"`
}

// Died: the elder died (去世), and from DiedOn on is not on the register.
type Died struct {
	Elder  uuid.UUID    `json:"elder"`
	DiedOn calendar.Day `json:"died_on"`
}

// DeathEnteredInError: the elder did not die and is on the register of Area as before. WasOn is the day that held until now.
type DeathEnteredInError struct {
	Elder  uuid.UUID     `json:"elder"`
	Area   string        `json:"area"`
	WasOn  calendar.Day  `json:"was_on"`
	Reason *event.Sealed `json:"reason"`
}

func (Registered) EventType() string              { return "ElderRegistered.v1" }
func (CircumstancesRecorded) EventType() string   { return "CircumstancesRecorded.v1" }
func (HomeVisitLogged) EventType() string         { return "HomeVisitLogged.v1" }
func (HomeVisitCorrected) EventType() string      { return "HomeVisitCorrected.v1" }
func (HomeVisitEnteredInError) EventType() string { return "HomeVisitEnteredInError.v1" }
func (Admitted) EventType() string                { return "ElderAdmitted.v1" }
func (Transferred) EventType() string             { return "ElderTransferred.v1" }
func (Discharged) EventType() string              { return "ElderDischarged.v1" }
func (AdmissionAbandoned) EventType() string      { return "AdmissionAbandoned.v1" }
func (MovedHome) EventType() string               { return "ElderMoved.v1" }
func (Died) EventType() string                    { return "ElderDied.v1" }
func (DeathEnteredInError) EventType() string     { return "ElderDeathEnteredInError.v1" }

// Types lists the events of an elder's stream beside those of package standing.
func Types() []event.Type {
	return []event.Type{
		event.TypeOf[Registered](), event.TypeOf[CircumstancesRecorded](), event.TypeOf[HomeVisitLogged](),
		event.TypeOf[HomeVisitCorrected](), event.TypeOf[HomeVisitEnteredInError](), event.TypeOf[Admitted](),
		event.TypeOf[Transferred](), event.TypeOf[Discharged](), event.TypeOf[AdmissionAbandoned](),
		event.TypeOf[MovedHome](), event.TypeOf[Died](), event.TypeOf[DeathEnteredInError](),
	}
}
