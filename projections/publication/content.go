package publication

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
)

// Format is the version of the document's shape.
const Format = 1

// Content is what is sealed. It says all that a reader needs, so that the document can be read without the product: names
// of areas and indicators stand in it. Numbers are unrounded, in the unit of their definition.
type Content struct {
	Format      int            `json:"format"`
	Publication uuid.UUID      `json:"publication"`
	Prefecture  string         `json:"prefecture"`
	Period      calendar.Month `json:"period"`
	Revision    int            `json:"revision"`
	SealedOn    calendar.Day   `json:"sealed_on"`
	Position    uint64         `json:"position,string"`
	Head        Head           `json:"head"`
	Plan        Plan           `json:"plan"`
	AreasSHA256 string         `json:"areas_sha256"`
	Facts       int            `json:"facts"`
	Areas       []Area         `json:"areas"`
	Definitions []Definition   `json:"definitions"`
	Cells       []Cell         `json:"cells"`
	Reasons     *Reasons       `json:"reasons,omitempty"`
}

// Head is the ledger at the position: its id, how many events it held, and the root of its Merkle tree in base64.
type Head struct {
	Ledger uuid.UUID `json:"ledger"`
	Size   uint64    `json:"size,string"`
	Root   string    `json:"root"`
}

// Plan names the plan by which was counted and judged.
type Plan struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	NameZh     string       `json:"name_zh"`
	Source     string       `json:"source"`
	BaselineOn calendar.Day `json:"baseline_on"`
	Deadline   calendar.Day `json:"deadline"`
	SHA256     string       `json:"sha256"`
}

// Area is an area that has cells.
type Area struct {
	Code   string     `json:"code"`
	Name   string     `json:"name"`
	NameEn string     `json:"name_en,omitempty"`
	Level  area.Level `json:"level"`
	Parent string     `json:"parent,omitempty"`
}

// Definition is how an indicator was counted, and its official target.
type Definition struct {
	Code          string    `json:"code"`
	Variant       string    `json:"variant"`
	Version       int       `json:"version"`
	Number        string    `json:"number,omitempty"`
	Group         string    `json:"group"`
	Name          string    `json:"name"`
	NameZh        string    `json:"name_zh"`
	Unit          string    `json:"unit"`
	Decimals      int       `json:"decimals"`
	NumeratorIs   string    `json:"numerator"`
	NumeratorZh   string    `json:"numerator_zh"`
	DenominatorIs string    `json:"denominator,omitempty"`
	DenominatorZh string    `json:"denominator_zh,omitempty"`
	Source        string    `json:"source"`
	Kind          plan.Kind `json:"target_kind,omitempty"`
	Baseline      *float64  `json:"baseline"`
	Target        *float64  `json:"target"`
}

// Cell is one indicator of one area.
type Cell struct {
	Area     string `json:"area"`
	Code     string `json:"code"`
	Variant  string `json:"variant"`
	Period   string `json:"period"`
	Unit     string `json:"unit"`
	Position uint64 `json:"position,string"`
	Values
}

// Values are what a cell says. A pointer is nil where there is none.
type Values struct {
	Version     int         `json:"version"`
	Value       *float64    `json:"value"`
	Numerator   *float64    `json:"numerator"`
	Denominator *float64    `json:"denominator"`
	Target      *float64    `json:"target"`
	Expected    *float64    `json:"expected"`
	Status      plan.Status `json:"status"`
	Complete    bool        `json:"complete"`
}

// cellsOf brings cells into the document's form and order: areas as in their table, indicators as in the plan.
func cellsOf(counted []indicators.Cell, position uint64) []Cell {
	cells := make([]Cell, len(counted))
	for i, c := range counted {
		cells[i] = Cell{
			Area: c.Area, Code: c.Code, Variant: c.Definition.Variant, Period: c.Period, Unit: c.Unit, Position: position,
			Values: Values{
				Version: c.Definition.Version, Value: c.Value, Numerator: c.Numerator, Denominator: c.Denominator, Expected: c.Expected,
				Status: c.Status, Complete: c.Complete,
			},
		}
		if c.Target != nil {
			value := c.Target.Value
			cells[i].Target = &value
		}
	}
	return cells
}

// numbersOf is the hash of cells but for their position: the same where nothing has changed.
func numbersOf(cells []Cell) (string, error) {
	still := slices.Clone(cells)
	for i := range still {
		still[i].Position = 0
	}
	b, err := Canonical(still)
	return HashOf(b), err
}

// HashOf is SHA-256, in hex.
func HashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func areasOf(t *area.Table) []Area {
	var all []Area
	for _, a := range t.All() {
		all = append(all, Area{Code: a.Code, Name: a.Name, NameEn: a.NameEn, Level: a.Level, Parent: a.Parent})
	}
	return all
}

// definitionsOf are those that count in a month.
func definitionsOf(p *plan.Plan, month calendar.Month) []Definition {
	in := p.In(month)
	all := make([]Definition, len(in))
	for i, d := range in {
		all[i] = Definition{
			Code: d.Code, Variant: d.Variant, Version: d.Version, Number: d.Number, Group: d.Group, Name: d.Name, NameZh: d.NameZh, Unit: d.Unit,
			Decimals: d.Decimals, NumeratorIs: d.NumeratorIs, NumeratorZh: d.NumeratorZh, DenominatorIs: d.DenominatorIs,
			DenominatorZh: d.DenominatorZh, Source: d.Source,
		}
		for _, t := range d.Targets {
			if t.Official {
				value := t.Value
				all[i].Kind, all[i].Baseline, all[i].Target = t.Kind, t.Baseline, &value
			}
		}
	}
	return all
}
