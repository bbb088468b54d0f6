package lineage

import (
	"context"
	"slices"
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// Role is what a subject is to a cell.
type Role string

// The roles. Who counts in the numerator mostly counts in the denominator, too.
const (
	Numerator   Role = "numerator"
	Denominator Role = "denominator" // in the denominator only
	Excluded    Role = "excluded"    // in neither
)

// Roles lists the roles in the order of a page.
func Roles() []Role { return []Role{Numerator, Denominator, Excluded} }

// Change is what became of a subject between two states of a cell.
type Change string

// The changes.
const (
	Entered     Change = "entered"
	Left        Change = "left"
	OtherRole   Change = "changed_role"
	OtherAmount Change = "changed_contribution"
)

// Changes lists the changes in the order of a page.
func Changes() []Change { return []Change{Entered, Left, OtherRole, OtherAmount} }

// Key names a subject: the word of its kind, and its id (a UUID), the series of a figure or the code of an area.
type Key struct{ Kind, Subject string }

// Share is what a subject is to one state of a cell. Numerator and Denominator are what it adds to the cell's (below zero:
// takes away). Reason is a code that ReasonOf puts in words.
type Share struct {
	Role        Role
	Reason      string
	Area        string
	Numerator   float64
	Denominator float64
}

// Row is a subject behind a cell, with the events that made it so, by ledger number.
type Row struct {
	Key
	Share
	Events []facts.Event
}

// Totals are of all rows, whatever a page shows. Numerator and Denominator are the cell's.
type Totals struct {
	Numerator, Denominator float64
	Excluded, Rows         uint64
}

// Difference is a subject that makes two states of a cell differ: After is the one asked for, Before what it is held
// against; nil: it is no part of that.
type Difference struct {
	Key
	Change        Change
	Before, After *Share
	Events        []facts.Event
}

// DifferenceTotals are the totals of both states, and how many subjects changed how.
type DifferenceTotals struct {
	Before, After Totals
	Changed       map[Change]uint64
}

// Cell names a state of a cell for the store: the log up to Number. Areas are its area and those below; Whole says that this
// is the whole prefecture. Begin is the first day of the period that Month stands for.
type Cell struct {
	Definition plan.Definition
	Prefecture string
	Area       string
	Areas      []string
	Whole      bool
	Month      calendar.Month
	Begin      calendar.Day
	From       calendar.Day // the first day that cumulative counts begin with
	Number     uint64
	Merges     facts.Merges // as of Number
}

// Of names the indicator and the area of a cell. Variant empty: official.
type Of struct{ Code, Variant, Area string }

// State says which state of a cell is meant: of a period, as known at a time (zero: now). Number is the ledger number that
// this was found to be, on the pages after the first.
type State struct {
	Period  calendar.Period
	KnownAt time.Time
	Number  uint64
}

// Query asks for a page of the rows behind a cell. Role empty: all. After is the last row of the page before, whose totals
// are Totals.
type Query struct {
	Of
	State
	Role   Role
	After  Key
	Totals *Totals
	Limit  int
}

// DifferenceQuery asks for a page of what makes a cell differ from another state of it.
type DifferenceQuery struct {
	Of
	State
	Against State
	After   Place
	Limit   int
}

// Place is where a difference stands: by rank of its change, kind and subject. The zero place is before all.
type Place struct {
	Rank int
	Key
}

// Page is a page of rows. Cell is the number they are behind; More says that others follow. Counted is how far the
// prefecture's projection was.
type Page struct {
	Rows    []Row
	More    bool
	Totals  Totals
	Cell    indicators.Cell
	Counted uint64
}

// DifferencePage is a page of differences between Cell and Against.
type DifferencePage struct {
	Rows          []Difference
	More          bool
	Totals        DifferenceTotals
	Cell, Against indicators.Cell
	Counted       uint64
}

// Last is the place of the page's last row.
func (p DifferencePage) Last() Place {
	last := p.Rows[len(p.Rows)-1]
	return Place{slices.Index(Changes(), last.Change), last.Key}
}

// Window is a part of all subjects of a cell, in the order of kind and subject: behind After up to Until, both zero for all.
type Window struct{ After, Until Key }

// Store runs the package's SQL text.
type Store interface {
	// Merges answers how registrations were merged by a ledger number.
	Merges(ctx context.Context, prefecture string, number uint64) (facts.Merges, error)
	// Rows answers the rows in a window, at most limit.
	Rows(ctx context.Context, c Cell, role Role, w Window, limit int) ([]Row, error)
	// Totals adds up all rows.
	Totals(ctx context.Context, c Cell) (Totals, error)
	// Reach answers a subject that stands about n subjects of a kind behind another; zero where there are not as many.
	Reach(ctx context.Context, c Cell, after Key, n int) (Key, error)
	// Differences answers the subjects that make two states of a cell differ.
	Differences(ctx context.Context, before, after Cell, from Place, limit int) ([]Difference, DifferenceTotals, error)
	// Behind answers the events of subjects that the cell's facts come from, above a ledger number, by number.
	Behind(ctx context.Context, c Cell, above uint64, subjects []Key) (map[Key][]facts.Event, error)
}
