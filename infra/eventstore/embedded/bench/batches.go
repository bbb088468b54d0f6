package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// batches measures appends of 500 events, two writers at a time.
func (b *bench) batches(ctx context.Context) (err error) {
	s, err := b.startServer(ctx, filepath.Join(b.dir, "batches"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	results := &rounds{}
	for n := range b.scale.rounds {
		l := load{writers: 2, size: 500, during: b.scale.round, seed: b.seed, stage: 900 + uint64(n)}
		m, err := l.on(ctx, s)
		if err != nil {
			return fmt.Errorf("append batches: %w", err)
		}
		results.add(m)
	}
	b.report.atLeast(100_000, 0, "appends of 500 events", median(results.rates), "events/s", "2 writers; an append: "+results.details())
	return nil
}
