package plan

import (
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// TargetAdopted: an area's value of one of the plan's targets, in force for periods that end on EffectiveOn or later. Area
// is the plan's own (the prefecture), Of the one that the target is for; Target is the id among the targets of Code. The
// kind, the deadline and the way there are the plan's.
type TargetAdopted struct {
	Area        string       `json:"area"`
	Code        string       `json:"code"`
	Target      string       `json:"target"`
	Of          string       `json:"of"`
	Value       float64      `json:"value"`
	EffectiveOn calendar.Day `json:"effective_on"`
	Reason      string       `json:"reason,omitempty"`
}

// TargetRevised: another value from EffectiveOn on; what was in force before stays so for the periods before.
type TargetRevised TargetAdopted

// TargetWithdrawn: from EffectiveOn on the area has no such target.
type TargetWithdrawn struct {
	Area        string       `json:"area"`
	Code        string       `json:"code"`
	Target      string       `json:"target"`
	Of          string       `json:"of"`
	EffectiveOn calendar.Day `json:"effective_on"`
	Reason      string       `json:"reason,omitempty"`
}

func (TargetAdopted) EventType() string   { return "TargetAdopted.v1" }
func (TargetRevised) EventType() string   { return "TargetRevised.v1" }
func (TargetWithdrawn) EventType() string { return "TargetWithdrawn.v1" }

// Types lists the events of a plan's stream that are about targets; the plan's adoption itself is the ledger's.
func Types() []event.Type {
	return []event.Type{event.TypeOf[TargetAdopted](), event.TypeOf[TargetRevised](), event.TypeOf[TargetWithdrawn]()}
}

// Held names the target of an area: the indicator, the id among its targets, the area's code.
type Held struct {
	Code   string `json:"code"`
	Target string `json:"target"`
	Of     string `json:"of"`
}

// AreaTarget is what an event said of the target of an area. RecordedAt is when the log took it.
type AreaTarget struct {
	Held
	Value       float64      `json:"value"`
	Withdrawn   bool         `json:"withdrawn"`
	EffectiveOn calendar.Day `json:"effective_on"`
	Reason      string       `json:"reason"`
	RecordedAt  time.Time    `json:"recorded_at"`
}

// AreaTargetOf reads an event of a plan's stream; ok is false where it is not about a target.
func AreaTargetOf(e event.Event) (a AreaTarget, ok bool) {
	switch e := e.(type) {
	case TargetAdopted:
		return AreaTarget{Held: Held{e.Code, e.Target, e.Of}, Value: e.Value, EffectiveOn: e.EffectiveOn, Reason: e.Reason}, true
	case TargetRevised:
		return AreaTarget{Held: Held{e.Code, e.Target, e.Of}, Value: e.Value, EffectiveOn: e.EffectiveOn, Reason: e.Reason}, true
	case TargetWithdrawn:
		return AreaTarget{Held: Held{e.Code, e.Target, e.Of}, Withdrawn: true, EffectiveOn: e.EffectiveOn, Reason: e.Reason}, true
	}
	return AreaTarget{}, false
}

// InForce answers what was said last, in the log's order, of a target for the newest day not after last.
func InForce(history []AreaTarget, held Held, last calendar.Day) (newest AreaTarget, ok bool) {
	for _, a := range history {
		if a.Held == held && a.EffectiveOn <= last && (!ok || a.EffectiveOn >= newest.EffectiveOn) {
			newest, ok = a, true
		}
	}
	return newest, ok
}
