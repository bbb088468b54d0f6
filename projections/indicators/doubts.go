package indicators

import (
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
)

// Doubt is what parked events may touch: cells of these areas (none: of all), of what lies in them and of what they lie
// in, from a month on.
type Doubt struct {
	Areas []string
	Since calendar.Month
}

// Folded is what a set of cells folds: the log up to Number, but for what was parked then; an event that was settled
// after CountedAt was still parked. Both come from the cells themselves, so that a cell is never said to be complete
// before it is.
type Folded struct {
	Number    uint64
	CountedAt time.Time
}

// factsNow is when cells are counted that are counted from the facts: after everything that is settled.
var factsNow = time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)

// DoubtsSQL joins what parked events may touch; parameters @prefecture, @number, @counted_at (microseconds).
const DoubtsSQL = `SELECT areas, min(since) AS since FROM {db}.parked FINAL
WHERE prefecture = @prefecture AND number <= @number
	AND (toUnixTimestamp64Micro(settled_at) = 0 OR toUnixTimestamp64Micro(settled_at) > @counted_at)
GROUP BY areas`

// doubts says of each area from which month on a parked event may touch it.
type doubts struct {
	since map[string]calendar.Month
	first calendar.Month // of any area
	any   bool
}

func newDoubts(areas *area.Table, all []Doubt) doubts {
	d := doubts{since: map[string]calendar.Month{}}
	for _, one := range all {
		if !d.any || one.Since < d.first {
			d.first = one.Since
		}
		d.any = true
		if len(one.Areas) == 0 {
			one.Areas = []string{areas.Root().Code}
		}
		for _, code := range one.Areas {
			for _, a := range append(areas.Within(code), areas.Ancestors(code)...) {
				if since, there := d.since[a.Code]; !there || one.Since < since {
					d.since[a.Code] = one.Since
				}
			}
		}
	}
	return d
}

// touch reports whether a parked event may touch a number. Where there is none, that may be because nobody in the whole
// prefecture has one yet: then an event of any area may make it a zero.
func (d doubts) touch(n Number) bool {
	if since, there := d.since[n.Area]; there && n.Month >= since {
		return true
	}
	return d.any && n.Value == nil && n.Month >= d.first
}
