package projection

import "github.com/careledger/careledger/domain/event"

// First is the set that a prefecture begins with; it serves until another is promoted. Sets are numbered from it on, and a
// number is never used again.
const First = 1

// RebuildBegun: a set is built from the log, while another serves. Area is the prefecture's; Facts is the version of what
// events are turned into.
type RebuildBegun struct {
	Area   string `json:"area"`
	Set    int    `json:"set"`
	Facts  int    `json:"facts"`
	Reason string `json:"reason,omitempty"`
}

// RebuildPaused: the set is not built further until it is resumed.
type RebuildPaused struct {
	Set int `json:"set"`
}

// RebuildResumed: the set is built further.
type RebuildResumed struct {
	Set int `json:"set"`
}

// RebuildAbandoned: the set will never serve.
type RebuildAbandoned struct {
	Set int `json:"set"`
}

// Promoted: from here on numbers are read from the set. Before stays as it is, and is fed, so that it can serve again.
// Position is the ledger number up to which the set was counted.
type Promoted struct {
	Set      int    `json:"set"`
	Before   int    `json:"before"`
	Position uint64 `json:"position,string"`
}

// RolledBack: numbers are read again from the set that served before.
type RolledBack struct {
	Set  int `json:"set"`
	From int `json:"from"`
}

// Retired: the set is not fed any more and can be thrown away.
type Retired struct {
	Set int `json:"set"`
}

func (RebuildBegun) EventType() string     { return "RebuildBegun.v1" }
func (RebuildPaused) EventType() string    { return "RebuildPaused.v1" }
func (RebuildResumed) EventType() string   { return "RebuildResumed.v1" }
func (RebuildAbandoned) EventType() string { return "RebuildAbandoned.v1" }
func (Promoted) EventType() string         { return "ProjectionPromoted.v1" }
func (RolledBack) EventType() string       { return "ProjectionRolledBack.v1" }
func (Retired) EventType() string          { return "ProjectionRetired.v1" }

// Types lists the events of a projection's stream.
func Types() []event.Type {
	return []event.Type{
		event.TypeOf[RebuildBegun](), event.TypeOf[RebuildPaused](), event.TypeOf[RebuildResumed](), event.TypeOf[RebuildAbandoned](),
		event.TypeOf[Promoted](), event.TypeOf[RolledBack](), event.TypeOf[Retired](),
	}
}
