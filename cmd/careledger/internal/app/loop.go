package app

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// keepRunning runs work again whenever it ends, with pauses from 100 ms to 5 s, until ctx ends.
func keepRunning(ctx context.Context, logger *slog.Logger, name string, work func(ctx context.Context) error) {
	const shortest, longest = 100 * time.Millisecond, 5 * time.Second
	pause := shortest
	for ctx.Err() == nil {
		started := time.Now()
		err := work(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) > time.Minute {
			pause = shortest
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			logger.Warn("a part of the work broke off and is started again", "part", name, "pause", pause, "error", err)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
		pause = min(2*pause, longest)
	}
}
