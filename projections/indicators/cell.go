package indicators

import (
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

// Cell is one number: an indicator of an area and period by one version of its definition. Value, Expected and the
// targets are in Unit, unrounded (a share of 0.52 is 52 in "%"). Numerator and Denominator are exact counts or sums.
// Position is the ledger number up to which the cell folds the log. Records counts the service records of the period
// that fed it. A pointer is nil where there is no data.
//
// Period is the definition's own ("2022" of a yearly one), counted up to the end of Month. PeriodClosed and Complete are of
// the whole period: a cell of an earlier month of it is never closed.
type Cell struct {
	Code         string            `json:"code"`
	Area         string            `json:"area"`
	Period       string            `json:"period"`
	Month        calendar.Month    `json:"month"`
	Value        *float64          `json:"value"`
	Unit         string            `json:"unit"`
	Numerator    *float64          `json:"numerator"`
	Denominator  *float64          `json:"denominator"`
	Definition   DefinitionRef     `json:"definition"`
	Target       *plan.Assessment  `json:"target"`
	Targets      []plan.Assessment `json:"targets"`
	Expected     *float64          `json:"expected"`
	Status       plan.Status       `json:"status"`
	Words        words.Text        `json:"words"`
	ComputedAt   time.Time         `json:"computed_at"`
	Position     uint64            `json:"position,string"`
	Complete     bool              `json:"complete"`
	PeriodClosed bool              `json:"period_closed"`
	Records      uint64            `json:"records"`
	Stock        bool              `json:"-"` // it says something without a record of its own in the period, as beds do and visits do not
}

// DefinitionRef names the definition that a cell used.
type DefinitionRef struct {
	Version int    `json:"version"`
	Variant string `json:"variant"`
}

// Level says which areas below the asked one a query answers.
type Level string

// The levels of a query.
const (
	Self      Level = "self"
	Counties  Level = "county"
	Townships Level = "township"
)

// Query asks for cells of one period. Codes empty: all. KnownAt zero: as known now; else only what was recorded until
// then counts, or up to a ledger number where there is one.
type Query struct {
	Area    string
	Level   Level
	Period  calendar.Period
	Codes   []string
	KnownAt time.Time
	Number  uint64
}

// TrendQuery asks for one indicator of an area, or of those below it, over the months From to To, inclusive. Variant empty:
// official.
type TrendQuery struct {
	Area     string
	Level    Level
	Code     string
	Variant  string
	From, To calendar.Month
}

// Answer is a set of cells with the ledger number that they fold the log up to. Counted is how far the prefecture's
// projection is: the same, unless less was known at the time that was asked for.
type Answer struct {
	Cells    []Cell
	Frontier uint64
	Counted  uint64
}

// Periods says which months a page should offer: First is the month of the plan's baseline, Newest the newest in which
// some whole county (all of its townships) has visit records, Current the month of today.
type Periods struct {
	First   calendar.Month `json:"first"`
	Newest  calendar.Month `json:"newest_with_records"`
	Current calendar.Month `json:"current"`
}
