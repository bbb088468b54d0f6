package person

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

// Erased: the personal data of a person was erased (删除个人信息). Whoever keeps keys destroys those of Subjects, under which it
// is sealed: the event is the truth, and the keys follow. What counts was never sealed, so no number changes.
type Erased struct {
	Person   uuid.UUID     `json:"person"`
	Kind     standing.Kind `json:"kind"`
	Subjects []uuid.UUID   `json:"subjects"`
	Reason   Reason        `json:"reason"`
	Basis    Basis         `json:"basis"`
}

// Merged: the registration is a second one of the person registered as Survivor (重复登记合并). From here on all that was recorded
// under it counts for the survivor, in every month, as if it had been recorded there: where they lived on a day is what was
// said last of it, under whichever of the two. Area is the whole prefecture, any part of which may count otherwise now.
type Merged struct {
	Person   uuid.UUID     `json:"person"`
	Kind     standing.Kind `json:"kind"`
	Survivor uuid.UUID     `json:"survivor"`
	Area     string        `json:"area"`
}

// Reason is why personal data is erased (个人信息保护法第四十七条).
type Reason string

// Basis is on whose say it is erased.
type Basis string

// The words on the wire.
const (
	PurposeMet       Reason = "purpose_met"       // 处理目的已实现或不再必要
	PeriodOver       Reason = "period_over"       // 保存期限已届满
	ConsentWithdrawn Reason = "consent_withdrawn" // 撤回同意
	Unlawful         Reason = "unlawful"          // 违法或违约处理

	OnRequest        Basis = "request"         // 本人或其监护人、近亲属申请
	OrderedByOffice  Basis = "authority_order" // 主管部门决定
	OrderedByCourt   Basis = "court_order"     // 法院裁判
	FoundByOwnReview Basis = "own_review"      // 本单位核查
)

func (Erased) EventType() string { return "PersonErased.v1" }
func (Merged) EventType() string { return "RegistrationMerged.v1" }

// Types lists the events, which may stand in the stream of any person.
func Types() []event.Type { return []event.Type{event.TypeOf[Erased](), event.TypeOf[Merged]()} }
