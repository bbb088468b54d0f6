package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/admission"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/enrolment"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/personal"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/freshness"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
)

// Sealer seals personal values and finds people without showing them. Erase destroys what a person's values were sealed
// with; it may be said any number of times.
type Sealer interface {
	Seal(ctx context.Context, plain []personal.Plain) ([]event.Sealed, error)
	Unseal(ctx context.Context, s event.Sealed, associated []byte) ([]byte, error)
	Claim(ctx context.Context, entries []personal.Entry) (holders []string, err error)
	Reassign(ctx context.Context, e personal.Entry, from string) (bool, error)
	Holder(ctx context.Context, kind, value string) (string, bool, error)
	Index(ctx context.Context, entries []personal.Entry) error
	Find(ctx context.Context, kind, value string, limit int) ([]string, error)
	Erase(ctx context.Context, subject uuid.UUID) error
	Hash(body []byte) string
}

// Identity says who calls.
type Identity interface {
	Authenticate(token string) (access.Principal, error)
	Redeem(code string) (session string, p access.Principal, err error)
	Revoke(token string) error
}

// Cells answers indicators.
type Cells interface {
	Cells(ctx context.Context, q indicators.Query) (indicators.Answer, error)
	Trend(ctx context.Context, q indicators.TrendQuery) (indicators.Answer, error)
	Periods(ctx context.Context, area string) (indicators.Periods, error)
	Allotted(ctx context.Context, code string, factors map[string]float64) (indicators.Allotted, error)
}

// Registers answers lists of people and alerts, without personal values. No areas: everywhere.
type Registers interface {
	Elders(ctx context.Context, prefecture string, areas []string, after uuid.UUID, limit int) (registers.Elders, error)
	Alerts(ctx context.Context, prefecture string, areas []string, state string) ([]registers.Alert, error)
}

// Freshness answers when areas and devices of a prefecture were last heard of.
type Freshness interface {
	AreasHeard(ctx context.Context, prefecture string) ([]freshness.AreaHeard, error)
	DevicesHeard(ctx context.Context, prefecture string, since time.Time) ([]freshness.DeviceHeard, error)
}

// History answers a stream's events in order, from a revision on; none where there is no such stream.
type History interface {
	Load(ctx context.Context, stream string, from uint64) ([]event.Recorded, error)
}

// Live hands out what open pages are told. It closes the messages of a subscriber that is too slow.
type Live interface {
	Subscribe() (messages <-chan LiveMessage, cancel func())
}

// LiveMessage is one server-sent event.
type LiveMessage struct {
	Event string
	Data  []byte
}

// Status is how the parts are.
type Status struct {
	Ledger      string             `json:"ledger"`
	Epoch       int                `json:"epoch"`
	Head        uint64             `json:"head,string"`
	Prefectures []PrefectureStatus `json:"prefectures"`
	Log         string             `json:"log" enum:"ok,unavailable,damaged" doc:"damaged: records are taken, and some of those before cannot be read; careledger verify says which"`
	Bus         string             `json:"bus" enum:"ok,unavailable"`
	Warehouse   string             `json:"warehouse" enum:"ok,unavailable"`
}

// PrefectureStatus is how far a prefecture's numbers are behind the log.
type PrefectureStatus struct {
	Code         string  `json:"code"`
	Name         string  `json:"name"`
	NameEn       string  `json:"name_en" doc:"Empty where the area table gives no English name"`
	Frontier     uint64  `json:"frontier,string"`
	Head         uint64  `json:"head,string"`
	BehindEvents uint64  `json:"behind_events"`
	LagSeconds   float64 `json:"lag_seconds" doc:"Since the first event came that the numbers do not fold; 0 while they fold all"`
	Parked       uint64  `json:"parked" doc:"Events that could not be counted"`

	Projection    ProjectionStatus `json:"projection"`
	LongestSilent *SilentArea      `json:"longest_silent" doc:"The county of which nothing was recorded for the longest time; null while the warehouse cannot be asked"`
}

// SilentArea is an area of which nothing was recorded for a while.
type SilentArea struct {
	Area          string     `json:"area"`
	Name          string     `json:"name"`
	NameEn        string     `json:"name_en" doc:"Empty where the area table gives no English name"`
	RecordedAt    *time.Time `json:"recorded_at" doc:"When the newest record was made durable; null: there is none"`
	SilentSeconds *float64   `json:"silent_seconds" doc:"Since the newest record; null: there is none"`
}

// Options wire the door to everything behind it. All are needed but Tracer.
type Options struct {
	Handler    *command.Handler
	Admission  *admission.Process
	Enrolment  *enrolment.Process
	History    History
	Areas      *area.Table
	Plan       *plan.Plan
	Sealer     Sealer
	Erased     error // what Sealer answers for a person whose key is gone
	Identity   Identity
	Unknown    error // what Identity answers for a token or code that nobody bears
	Cells      Cells
	Lineage    Lineage
	Registers  Registers
	Freshness  Freshness
	Projection Projection
	Parked     Parked
	// Publications and Reports: what is sealed, and how it is printed.
	Publications Publications
	Reports      Reports
	Facts        int // the version of what this build turns events into
	Live         Live
	Draining     <-chan struct{} // closed when the server begins to stop: pages are sent away
	Status       func(ctx context.Context) Status
	Head         func() uint64 // the prefecture's newest ledger number
	Due          func() uint64 // the ledger number that the numbers should have reached by now
	Ready        func(ctx context.Context) error
	Page         http.Handler
	AsyncAPI     []byte // the description of what the bus publishes
	Registry     *prometheus.Registry
	Logger       *slog.Logger
	Now          func() time.Time
	Tracer       trace.Tracer // makes a span of each request to the API; nil: requests are not followed
}

// Validate names every option that is missing.
func (o Options) Validate() error {
	var all []error
	for name, missing := range map[string]bool{
		"Handler": o.Handler == nil, "Admission": o.Admission == nil, "Enrolment": o.Enrolment == nil, "History": o.History == nil,
		"Areas": o.Areas == nil, "Plan": o.Plan == nil, "Sealer": o.Sealer == nil, "Erased": o.Erased == nil, "Identity": o.Identity == nil,
		"Unknown": o.Unknown == nil, "Cells": o.Cells == nil, "Lineage": o.Lineage == nil, "Projection": o.Projection == nil, "Registers": o.Registers == nil, "Parked": o.Parked == nil, "Publications": o.Publications == nil, "Reports": o.Reports == nil, "Freshness": o.Freshness == nil, "Live": o.Live == nil,
		"Draining": o.Draining == nil, "Status": o.Status == nil, "Head": o.Head == nil, "Due": o.Due == nil, "Ready": o.Ready == nil, "Page": o.Page == nil,
		"AsyncAPI": o.AsyncAPI == nil,
		"Registry": o.Registry == nil, "Logger": o.Logger == nil, "Now": o.Now == nil,
	} {
		if missing {
			all = append(all, fmt.Errorf("httpapi: option %s is missing", name))
		}
	}
	return errors.Join(all...)
}
