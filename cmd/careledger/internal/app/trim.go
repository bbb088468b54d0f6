package app

import (
	"context"
	"runtime/debug"
	"time"
)

// trim gives memory back to the machine once after each busy time, when the ledger has been quiet for a while. The
// runtime would keep most of what a load of work needed.
func (a *App) trim(ctx context.Context) error {
	const quiet = 5 * time.Second
	ticker := time.NewTicker(quiet)
	defer ticker.Stop()
	var seen, trimmed uint64
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		head := a.head("all").Load()
		if head == seen && head != trimmed {
			debug.FreeOSMemory()
			if a.engines.child != nil {
				if err := a.engines.warehouse.Purge(ctx); err != nil {
					a.options.Logger.Debug("the warehouse did not give memory back", "error", err)
				}
			}
			trimmed = head
		}
		seen = head
	}
}
