package app

import (
	"context"

	"github.com/careledger/careledger/infra/httpapi"
	"github.com/careledger/careledger/projections/freshness"
)

// standing is how a prefecture's numbers follow the log, and its sets and counties. What the warehouse cannot say just now
// is left out.
func (p *prefecture) standing(ctx context.Context) (s httpapi.PrefectureStatus, err error) {
	w, code, root := p.sets.serving(), p.code(), p.areas.Root()
	s = httpapi.PrefectureStatus{Code: code, Name: root.Name, NameEn: root.NameEn, Head: p.app.newest(code), Projection: p.setsStanding(ctx)}
	if s.Frontier, err = w.Frontier(ctx, code); err != nil {
		return s, err
	}
	s.Head = max(s.Head, s.Frontier)
	s.BehindEvents = s.Head - s.Frontier
	s.Parked, _ = w.ParkedCount(ctx, code) // asked just before: an outage in between shows next time
	if s.BehindEvents > 0 {
		at, _ := w.Projected(ctx, code) // as above
		s.LagSeconds = p.app.lag(code, s.Frontier, at)
	}
	if heard, err := w.AreasHeard(ctx, code); err == nil { // as above
		s.LongestSilent = p.longestSilent(heard)
	}
	return s, nil
}

// longestSilent is the area below the prefecture of which nothing was recorded for the longest time.
func (p *prefecture) longestSilent(heard []freshness.AreaHeard) *httpapi.SilentArea {
	all := freshness.Areas(p.areas, p.areas.Root().Code, heard, nil, p.app.options.Now())
	if len(all) < 2 {
		return nil
	}
	longest := all[1]
	a, _ := p.areas.Find(longest.Area) // it is one of the table's
	return &httpapi.SilentArea{Area: a.Code, Name: a.Name, NameEn: a.NameEn, RecordedAt: longest.RecordedAt, SilentSeconds: longest.SilentSeconds}
}
