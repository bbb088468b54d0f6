package ledger

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Opened is the first event of a ledger: it gives the ledger its id and its first epoch.
type Opened struct {
	Ledger uuid.UUID `json:"ledger"`
	Epoch  int       `json:"epoch"`
}

// Restored: the log was put back as a backup held it. What had come after it is not in this log, and whatever was derived
// from the log that this one replaces is thrown away. Epoch is higher than any before.
type Restored struct {
	Epoch        int       `json:"epoch"`
	BackupMadeAt time.Time `json:"backup_made_at"`
}

// PlanAdopted: a plan is in force from here on, with its whole content, so that what was known then includes by which rule.
type PlanAdopted struct {
	Plan    string          `json:"plan"`
	Content json.RawMessage `json:"content"`
	SHA256  string          `json:"sha256"`
}

// AreasAdopted: a table of areas is in force from here on. Content is the table as CSV.
type AreasAdopted struct {
	Prefecture string `json:"prefecture"`
	Content    string `json:"content"`
	SHA256     string `json:"sha256"`
}

// DayClosed: a statistical day has passed. What time alone changes hangs on it.
type DayClosed struct {
	Day calendar.Day `json:"day"`
}

func (Opened) EventType() string       { return "LedgerOpened.v1" }
func (Restored) EventType() string     { return "LedgerRestored.v1" }
func (PlanAdopted) EventType() string  { return "PlanAdopted.v1" }
func (AreasAdopted) EventType() string { return "AreasAdopted.v1" }
func (DayClosed) EventType() string    { return "DayClosed.v1" }

// Types lists the events about the ledger itself.
func Types() []event.Type {
	return []event.Type{
		event.TypeOf[Opened](), event.TypeOf[Restored](), event.TypeOf[PlanAdopted](), event.TypeOf[AreasAdopted](), event.TypeOf[DayClosed](),
	}
}
