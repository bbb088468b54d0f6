package person

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/standing"
)

// The refusals of a merge.
var (
	ErrIntoItself       = fault.New(fault.Invalid, "merge-into-itself", "不能把一份登记合并到它自己，请核对保留的编号。", "A registration cannot be merged into itself; check the id of the one that stays.")
	ErrSurvivorNotFound = fault.New(fault.NotFound, "survivor-not-found", "没有要保留的这份登记（须同为老年人或同为儿童），请核对编号。", "There is no registration of this kind with the id of the one that is to stay; check it.")
	ErrStillHasPlace    = fault.New(fault.Refused, "registration-in-use", "重复的登记仍在住（或在托）：请先在该登记下办理退住（退托），再在保留的登记下办理，然后合并。", "The duplicate still has a stay or an enrolment: end it there, record it under the registration that stays, then merge.")
)

// Merge asks to merge a registration into another one. Known and Into are what the survivor's stream says: that there is such
// a person, and what it was merged into itself.
type Merge struct {
	Survivor uuid.UUID
	Known    bool
	Into     uuid.UUID
	Area     string
}

// DecideMerge answers the event of a merge, or a refusal. InUse says that the duplicate has a stay or an enrolment that lasts.
func DecideMerge(who standing.Subject, inUse bool, c Merge) ([]event.Event, error) {
	switch {
	case c.Survivor == who.ID:
		return nil, ErrIntoItself.At("/survivor")
	case !c.Known:
		return nil, ErrSurvivorNotFound.At("/survivor")
	case c.Into != uuid.Nil:
		return nil, SurvivorMerged(c.Into).At("/survivor")
	case inUse:
		return nil, ErrStillHasPlace
	}
	return []event.Event{Merged{Person: who.ID, Kind: who.Kind, Survivor: c.Survivor, Area: c.Area}}, nil
}

// AlreadyMerged is the refusal of a command on a registration that was merged into another.
func AlreadyMerged(into uuid.UUID) *fault.Error {
	return fault.New(fault.Refused, "registration-merged", "该登记是重复登记，已合并到 "+into.String()+"，请在那份登记下办理。",
		"This registration was a duplicate and has been merged into "+into.String()+"; use that one.")
}

// SurvivorMerged is the refusal to merge into a registration that was merged itself.
func SurvivorMerged(into uuid.UUID) *fault.Error {
	return fault.New(fault.Refused, "survivor-merged", "要保留的登记自身已合并到 "+into.String()+"，请改为合并到那一份。",
		"The registration that is to stay has itself been merged into "+into.String()+"; merge into that one.")
}
