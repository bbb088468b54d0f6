package app

import (
	"context"
	"runtime/debug"
	"time"
)

// trim gives memory back to the machine after each busy time: once when the ledger has come to rest, and again when the
// bus has let go of what it had read. The runtime would keep most of what a load of work needed.
func (a *App) trim(ctx context.Context) error {
	const pause, first, second = 5 * time.Second, 2, 5
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	var seen uint64
	for quiet := 0; ; quiet++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		if head := a.head("all").Load(); head != seen {
			seen, quiet = head, 0
		}
		if quiet != first && quiet != second {
			continue
		}
		debug.FreeOSMemory()
		if a.engines.child != nil {
			if err := a.engines.warehouse.Purge(ctx); err != nil {
				a.options.Logger.Debug("the warehouse did not give memory back", "error", err)
			}
		}
	}
}
