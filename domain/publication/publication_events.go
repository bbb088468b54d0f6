package publication

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Sealed: the values of a month were published as the ledger knew them at Position. The document itself is too large for
// an event; Hash (SHA-256 of its canonical form, in hex) names it, and what stands here is all that is needed to make the
// same bytes again from the log.
//
// Root is the root of the ledger's Merkle tree at Position, in base64. Numbers is the hash of the cells alone. Key is the
// public ed25519 key and Signature what it signed, both in base64. Plan and the two hashes name the rules by which was
// counted, Facts the version of what events are turned into. Recorded counts the events up to Position by county (or the
// prefecture) and type. A first revision supersedes nothing, and has neither changed cells nor late events.
type Sealed struct {
	Publication uuid.UUID      `json:"publication"`
	Area        string         `json:"area"`
	Period      calendar.Month `json:"period"`
	Revision    int            `json:"revision"`
	SealedOn    calendar.Day   `json:"sealed_on"`
	Position    uint64         `json:"position,string"`
	Root        string         `json:"root"`
	Plan        string         `json:"plan"`
	PlanSHA256  string         `json:"plan_sha256"`
	AreasSHA256 string         `json:"areas_sha256"`
	Targets     int            `json:"targets"`
	Facts       int            `json:"facts"`
	Cells       int            `json:"cells"`
	Numbers     string         `json:"numbers"`
	Hash        string         `json:"hash"`
	Key         string         `json:"key"`
	Signature   string         `json:"signature"`
	Supersedes  *uuid.UUID     `json:"supersedes,omitempty"`
	Changed     int            `json:"changed_cells,omitempty"`
	Late        uint64         `json:"late_events,omitempty"`
}

func (Sealed) EventType() string { return "PublicationSealed.v1" }

// Types lists the events of a publications' stream.
func Types() []event.Type { return []event.Type{event.TypeOf[Sealed]()} }
