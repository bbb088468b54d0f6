package alert

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/event"
)

// Raised: an indicator of an area fell behind its trajectory. Value and Expected are in Unit; Position is the ledger
// number of the cell that was judged. Alert is UUIDv5(rule, indicator, variant, area, period).
type Raised struct {
	Alert    uuid.UUID `json:"alert"`
	Rule     string    `json:"rule"`
	Code     string    `json:"code"`
	Variant  string    `json:"variant"`
	Area     string    `json:"area"`
	Period   string    `json:"period"`
	Value    float64   `json:"value"`
	Expected float64   `json:"expected"`
	Unit     string    `json:"unit"`
	Position uint64    `json:"position,string"`
}

// Resolved: the alert no longer holds. Reason is recovered, superseded (a newer period is judged) or no_data.
type Resolved struct {
	Alert    uuid.UUID `json:"alert"`
	Reason   Reason    `json:"reason"`
	Value    *float64  `json:"value"`
	Expected *float64  `json:"expected"`
	Position uint64    `json:"position,string"`
}

// Reason is why an alert was resolved.
type Reason string

// Why an alert resolves.
const (
	Recovered  Reason = "recovered"
	Superseded Reason = "superseded"
	NoData     Reason = "no_data"
)

func (Raised) EventType() string   { return "AlertRaised.v1" }
func (Resolved) EventType() string { return "AlertResolved.v1" }

// Types lists the events of an alert's stream.
func Types() []event.Type {
	return []event.Type{event.TypeOf[Raised](), event.TypeOf[Resolved]()}
}
