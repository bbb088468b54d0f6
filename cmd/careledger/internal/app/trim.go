package app

import (
	"context"
	"runtime/debug"
	"time"
)

// How far the heap may grow, in percent, before it is collected: while the ledger grows or is projected, and while it rests. At the lower
// one collecting took an eighth of the server's time under load; beyond 200 what is left over at rest is too scattered.
const busyHeap, restingHeap = 200, 100

// trim lets the heap grow while the ledger does or sets are built, and gives memory back to the machine after each busy time: once when
// the ledger has come to rest, and again when the bus has let go of what it had read.
func (a *App) trim(ctx context.Context) error {
	const pause, first, second = 5 * time.Second, 2, 4
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	var seen uint64
	for quiet := 0; ; quiet++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		if busy := a.head(wholeLedger).Load() + a.metrics.following.moved(); busy != seen {
			seen, quiet = busy, 0
			debug.SetGCPercent(busyHeap)
		}
		if quiet != first && quiet != second {
			continue
		}
		debug.SetGCPercent(restingHeap)
		debug.FreeOSMemory()
		if a.engines.child != nil {
			if err := a.engines.warehouse.Purge(ctx); err != nil {
				a.options.Logger.Debug("the warehouse did not give memory back", "error", err)
			}
		}
	}
}
