package app

import (
	"sync/atomic"
	"time"
)

// patienceOfNumbers is how long numbers may take to follow a record before they are said to be incomplete.
const patienceOfNumbers = 5 * time.Second

// due is the ledger number that the numbers should have reached by now: a head that was heard of a while ago, or the
// first that was. heard is called by one goroutine.
type due struct {
	number atomic.Uint64
	next   uint64
	since  time.Time
}

func (d *due) heard(head uint64, now time.Time) {
	if d.since.IsZero() {
		d.number.Store(head)
	} else if now.Sub(d.since) < patienceOfNumbers {
		return
	}
	d.number.Store(max(d.next, d.number.Load()))
	d.next, d.since = head, now
}
