package alerts

import (
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
)

// Rule is the name of the one rule there is: behind the trajectory of the official target.
const Rule = "behind-trajectory"

// Newest picks, for each indicator and area, the newest complete cell that has records and an official target. A stock
// (beds, places) stands also where nothing of its kind was recorded: it is judged in the newest complete period in which
// the area recorded anything.
func Newest(cells []indicators.Cell) []indicators.Cell {
	recorded := map[string]calendar.Month{} // area → that period
	for _, c := range cells {
		if c.Complete && c.Records > 0 {
			recorded[c.Area] = max(recorded[c.Area], c.Month)
		}
	}
	type subject struct{ code, variant, area string }
	newest := map[subject]int{}
	var picked []indicators.Cell
	for _, c := range cells {
		hasRecords := c.Records > 0 || c.Stock && c.Month <= recorded[c.Area]
		if !c.Complete || !hasRecords || c.Target == nil || c.Value == nil {
			continue
		}
		key := subject{c.Code, c.Definition.Variant, c.Area}
		at, known := newest[key]
		switch {
		case !known:
			newest[key] = len(picked)
			picked = append(picked, c)
		case c.Month > picked[at].Month:
			picked[at] = c
		}
	}
	return picked
}

// Verdict is what must be said so that the open alerts are those that the cells call for.
type Verdict struct {
	Raise   []alert.Raise
	Resolve []Resolution
}

// Resolution ends an open alert.
type Resolution struct {
	Alert uuid.UUID
	alert.Resolve
}

// Judge compares the newest cells with the open alerts. A cell that is missing changes nothing.
func Judge(newest []indicators.Cell, open []registers.Alert) Verdict {
	var v Verdict
	standing := map[uuid.UUID]registers.Alert{}
	for _, a := range open {
		standing[a.ID] = a
	}
	for _, c := range newest {
		id := alert.ID(Rule, c.Code, c.Definition.Variant, c.Area, c.Period)
		for _, a := range open {
			if a.Rule == Rule && a.Code == c.Code && a.Variant == c.Definition.Variant && a.Area == c.Area {
				if reason, over := ended(a, c); over {
					v.Resolve = append(v.Resolve, Resolution{a.ID, alert.Resolve{Reason: reason, Value: c.Value, Expected: c.Expected, Position: c.Position}})
				}
			}
		}
		if _, there := standing[id]; c.Status == plan.Behind && !there && c.Expected != nil {
			v.Raise = append(v.Raise, alert.Raise{
				Alert: id, Rule: Rule, Code: c.Code, Variant: c.Definition.Variant, Area: c.Area, Period: c.Period,
				Value: *c.Value, Expected: *c.Expected, Unit: c.Unit, Position: c.Position,
			})
		}
	}
	return v
}

func ended(a registers.Alert, c indicators.Cell) (alert.Reason, bool) {
	switch {
	case a.Period != c.Period:
		return alert.Superseded, true
	case c.Status != plan.Behind && c.Status != plan.NoData:
		return alert.Recovered, true
	}
	return "", false
}
