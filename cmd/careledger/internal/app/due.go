package app

import (
	"sync/atomic"
	"time"
)

// patienceOfNumbers is how long numbers may take to follow a record before they are said to be incomplete.
const patienceOfNumbers = 5 * time.Second

// due is the ledger number that the numbers should have reached by now: a head that was heard of a while ago. Just after
// the start, when what was there before may have to be counted anew, it is the head itself. heard is called by one
// goroutine.
type due struct {
	number       atomic.Uint64
	next         uint64
	begun, since time.Time
}

func (d *due) heard(head uint64, now time.Time) {
	if d.begun.IsZero() {
		d.begun = now
	}
	switch {
	case now.Sub(d.begun) < 2*patienceOfNumbers:
		d.number.Store(head)
	case now.Sub(d.since) < patienceOfNumbers:
		return
	default:
		d.number.Store(d.next)
	}
	d.next, d.since = head, now
}
