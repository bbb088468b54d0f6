package projector

import (
	"time"

	"github.com/careledger/careledger/domain/event"
)

// Meter is told what a projector has done and how long it took.
type Meter interface {
	Wrote(w Written)
	// Counted says that everything up to a ledger number is counted and kept.
	Counted(upTo uint64, took time.Duration)
}

// Written is a batch whose rows are in the warehouse.
type Written struct {
	Events     int
	Last       uint64    // the ledger number of the newest event
	RecordedAt time.Time // when it was recorded
	Took       time.Duration
}

func (p *Projector) wrote(events []event.Recorded, started time.Time) {
	if p.Meter == nil {
		return
	}
	newest := events[len(events)-1]
	p.Meter.Wrote(Written{Events: len(events), Last: newest.Number, RecordedAt: newest.Metadata.RecordedAt, Took: time.Since(started)})
}

func (p *Projector) counted(upTo uint64, started time.Time) {
	if p.Meter != nil {
		p.Meter.Counted(upTo, time.Since(started))
	}
}
