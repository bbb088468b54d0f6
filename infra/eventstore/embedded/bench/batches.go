package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// alone measures single-event appends on our store without PostgreSQL beside it, as a profile wants them.
func (b *bench) alone(writers int) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		s, err := b.startServer(ctx, filepath.Join(b.dir, fmt.Sprintf("alone%d", writers)))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.stop()) }()
		l := load{writers: writers, size: 1, during: b.scale.round, seed: b.seed, stage: 800 + uint64(writers)}
		m, err := l.on(ctx, s)
		if err != nil {
			return fmt.Errorf("append: %w", err)
		}
		b.report.note(fmt.Sprintf("%d writers alone", writers), m.rate(), "/s", percentiles(m.latency)+"; "+m.used.per(m.events))
		return nil
	}
}

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
