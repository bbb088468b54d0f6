package registers

import (
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
)

// Elder is a line of the register as the warehouse knows it: pseudonymous, without any personal value.
type Elder struct {
	ID            uuid.UUID
	Area          string
	Sex           string
	BirthMonth    calendar.Month
	Circumstances []string
	LastVisitOn   calendar.Day // zero: never seen
}

// Elders is one page of the register; Total counts the whole area.
type Elders struct {
	Items []Elder
	Total uint64
}

// Alert is an alert as it stands now.
type Alert struct {
	ID         uuid.UUID  `json:"id"`
	Rule       string     `json:"rule"`
	Code       string     `json:"code"`
	Variant    string     `json:"variant"`
	Area       string     `json:"area"`
	Period     string     `json:"period"`
	State      string     `json:"state"` // open or resolved
	RaisedAt   time.Time  `json:"raised_at"`
	ResolvedAt *time.Time `json:"resolved_at"`
	Value      *float64   `json:"value"`
	Expected   *float64   `json:"expected"`
	Unit       string     `json:"unit"`
	Reason     string     `json:"reason"` // behind while open; else why it was resolved
}
