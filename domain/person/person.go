package person

import (
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/standing"
)

// The refusals.
var (
	ErrErased        = fault.New(fault.Refused, "person-erased", "该人员的个人信息已按要求删除，不能再登记姓名、备注、原因等个人信息；请去掉这些内容后重新提交。", "This person's personal data has been erased, and no name, note or reason can be recorded any more; send it without them.")
	ErrAlreadyErased = fault.New(fault.Refused, "already-erased", "该人员的个人信息此前已删除，无需再次操作。", "This person's personal data has been erased before; there is nothing left to do.")
	ErrUnknownWord   = fault.New(fault.Invalid, "unknown-word", "该字段的取值不在允许范围内，请从 /docs 所列的取值中选择。", "The value is not one of the allowed words; /docs lists them.")
)

// Erase asks to erase the personal data of a person. Subjects are the key-subjects under which it is sealed.
type Erase struct {
	Subjects []uuid.UUID
	Reason   Reason
	Basis    Basis
}

// DecideErase answers the event of an erasure, or a refusal. Erased says that there was one before.
func DecideErase(who standing.Subject, erased bool, c Erase) ([]event.Event, error) {
	switch {
	case erased:
		return nil, ErrAlreadyErased
	case !slices.Contains([]Reason{PurposeMet, PeriodOver, ConsentWithdrawn, Unlawful}, c.Reason):
		return nil, ErrUnknownWord.At("/reason")
	case !slices.Contains([]Basis{OnRequest, OrderedByOffice, OrderedByCourt, FoundByOwnReview}, c.Basis):
		return nil, ErrUnknownWord.At("/basis")
	}
	return []event.Event{Erased{Person: who.ID, Kind: who.Kind, Subjects: c.Subjects, Reason: c.Reason, Basis: c.Basis}}, nil
}

// Takes refuses personal values of somebody whose data was erased: they could be sealed with a key that is on its way to
// be destroyed, or was brought back with an old vault.
func Takes(erased bool, value *event.Sealed) error {
	if erased && value != nil {
		return ErrErased
	}
	return nil
}
