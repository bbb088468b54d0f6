package projector

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// gather folds an event and marks what its rows touch.
func (p *Projector) gather(r event.Recorded, marks indicators.Marks, span indicators.Months) []facts.Row {
	rows := p.fold(r)
	for _, row := range rows {
		marks.Mark(row, span)
	}
	if closed, ok := r.Event.(ledger.DayClosed); ok {
		marks.DayClosed(closed.Day, span)
	}
	return rows
}

// fold makes an event's rows. One that cannot be folded keeps its envelope and is parked, as the last row, with its
// reason: the projection goes on and says that it is incomplete.
func (p *Projector) fold(r event.Recorded) (rows []facts.Row) {
	defer func() {
		if broken := recover(); broken != nil {
			parked := p.park(r, facts.ReasonBroken)
			parked.Panic, parked.Stack = fmt.Sprintf("%T", broken), stack()
			p.Logger.Error("an event broke its fold and is parked", "number", r.Number, "type", r.Type, "event", r.ID, "panic", parked.Panic)
			rows = []facts.Row{facts.Envelope(r), parked}
		}
	}()
	if r.Event == nil {
		p.Logger.Error("an event that this build cannot read is parked", "number", r.Number, "type", r.Type, "event", r.ID)
		return []facts.Row{facts.Envelope(r), p.park(r, facts.ReasonUnknown)}
	}
	if p.Fold != nil {
		return p.Fold(r)
	}
	return facts.Fold(r)
}

// stillParked answers the last of an event's rows where it says that the event is parked.
func stillParked(rows []facts.Row) (facts.Parked, bool) {
	if len(rows) == 0 {
		return facts.Parked{}, false
	}
	parked, ok := rows[len(rows)-1].(facts.Parked)
	return parked, ok
}

func (p *Projector) park(r event.Recorded, reason string) facts.Parked {
	now := p.Now().UTC()
	parked := facts.Parked{
		Key: facts.Envelope(r).Key, EventID: r.ID, Type: r.Type, Reason: reason, Stack: []string{}, Stream: r.Stream, Revision: r.Revision,
		Area: r.Metadata.Area, ParkedAt: now, TriedAt: now, SettledAt: facts.Never(),
	}
	if r.Metadata.OccurredOn != 0 {
		parked.OccurredIn = int32(r.Metadata.OccurredOn.Month())
	}
	areas, since := reach(r, p.Engine.Areas, p.span().First)
	parked.Areas, parked.Since = areas, int32(since)
	return parked
}

// Of a stack, at most so many frames are kept.
const mostFrames = 24

// stack is where a panic came from, as far as it is our own code: function (file:line), innermost first. It holds no
// argument and no message. It is asked for while the panic is recovered.
func stack() []string {
	ours := strings.TrimSuffix(reflect.TypeFor[Projector]().PkgPath(), "projections/projector")
	callers := make([]uintptr, 128)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	kept, panicked := []string{}, false
	for more := true; more && len(kept) < mostFrames; {
		var f runtime.Frame
		f, more = frames.Next()
		function, own := strings.CutPrefix(f.Function, ours)
		switch {
		case f.Function == "runtime.gopanic":
			panicked = true
		case panicked && own:
			kept = append(kept, fmt.Sprintf("%s (%s:%d)", function, filepath.Base(f.File), f.Line))
		}
	}
	return kept
}
