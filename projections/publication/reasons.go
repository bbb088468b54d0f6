package publication

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/area"
)

// Reasons say why there is another revision: which cells are not as they were, and what was recorded in between. They hold
// counts only, nothing of a person.
type Reasons struct {
	Supersedes Superseded `json:"supersedes"`
	Cells      []Change   `json:"cells"`
	Events     []Late     `json:"events"`
}

// events is how many were recorded in between.
func (r Reasons) events() (n uint64) {
	for _, l := range r.Events {
		n += l.Events
	}
	return n
}

// Superseded names the revision before.
type Superseded struct {
	Publication uuid.UUID `json:"publication"`
	Revision    int       `json:"revision"`
	Position    uint64    `json:"position,string"`
	Hash        string    `json:"hash"`
}

// Change is a cell as it was and as it is. Nil: there was, or is, no such cell.
type Change struct {
	Area    string  `json:"area"`
	Code    string  `json:"code"`
	Variant string  `json:"variant"`
	Was     *Values `json:"was"`
	Now     *Values `json:"now"`
}

// Late counts the events of a type and area (of a township or above) that were recorded between two positions.
type Late struct {
	Type   string `json:"type"`
	Area   string `json:"area"`
	Events uint64 `json:"events"`
}

// LateSQL counts the events between two ledger numbers by type and area; parameters @prefecture, @from (not included) and
// @to. {db} stands for the database.
const LateSQL = `SELECT toString(type) AS type, toString(area) AS area, toUInt64(count()) AS events FROM {db}.events FINAL
WHERE prefecture = @prefecture AND number > @from AND number <= @to GROUP BY type, area`

type cellKey struct{ area, code, variant string }

func keyOf(c Cell) cellKey { return cellKey{c.Area, c.Code, c.Variant} }

// changes lists the cells that differ, in the order of now, those that are gone last.
func changes(was, now []Cell) []Change {
	before := make(map[cellKey]Cell, len(was))
	for _, c := range was {
		before[keyOf(c)] = c
	}
	all := []Change{}
	for _, c := range now {
		old, there := before[keyOf(c)]
		delete(before, keyOf(c))
		switch {
		case !there:
			all = append(all, change(c, nil, &c.Values))
		case !reflect.DeepEqual(old.Values, c.Values):
			all = append(all, change(c, &old.Values, &c.Values))
		}
	}
	for _, c := range was {
		if _, gone := before[keyOf(c)]; gone {
			all = append(all, change(c, &c.Values, nil))
		}
	}
	return all
}

func change(c Cell, was, now *Values) Change {
	return Change{Area: c.Area, Code: c.Code, Variant: c.Variant, Was: was, Now: now}
}

// gather adds up what happened in communities to their townships, in order of area and type.
func gather(areas *area.Table, counted []Late) []Late {
	sum := map[Late]uint64{}
	for _, l := range counted {
		if township, below := areas.Township(l.Area); below {
			l.Area = township.Code
		}
		sum[Late{Type: l.Type, Area: l.Area}] += l.Events
	}
	all := make([]Late, 0, len(sum))
	for l, n := range sum {
		l.Events = n
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Late) int { return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Type, b.Type)) })
	return all
}
