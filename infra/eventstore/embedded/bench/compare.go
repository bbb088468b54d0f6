package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// rounds are what one subject did, round by round.
type rounds struct {
	rates   []float64
	latency *hdrhistogram.Histogram
	events  int64
	used    used
}

func (r *rounds) add(m measured) {
	r.rates = append(r.rates, m.rate())
	if r.latency == nil {
		r.latency = newHistogram()
	}
	r.latency.Merge(m.latency)
	r.events += m.events
	r.used = r.used.plus(m.used)
}

func (r *rounds) details() string { return percentiles(r.latency) + "; " + r.used.per(r.events) }

// over are the ratios of r's rounds to other's, pair by pair.
func (r *rounds) over(other *rounds) []float64 {
	ratios := make([]float64, min(len(r.rates), len(other.rates)))
	for i := range ratios {
		ratios[i] = r.rates[i] / other.rates[i]
	}
	return ratios
}

// compare measures single-event appends on our store, on a plain table and on message-db, in the same minutes.
func (b *bench) compare(ctx context.Context) (err error) {
	b.report.say("starting PostgreSQL and an event store")
	p, err := startPostgres(ctx, filepath.Join(b.dir, "postgres"))
	if err != nil {
		return err
	}
	defer p.stop() //nolint:errcheck // its data is thrown away
	if err := p.run(ctx, createPlain); err != nil {
		return fmt.Errorf("make the plain table: %w", err)
	}
	if err := p.installMessageDB(ctx, b.messageDB); err != nil {
		return err
	}
	ours, err := b.startServer(ctx, filepath.Join(b.dir, "compared"))
	if err != nil {
		return err
	}
	defer ours.stop() //nolint:errcheck // as above
	if err := b.compareWriters(ctx, 64, ours, plainTable{p}, messageDB{p}); err != nil {
		return err
	}
	return b.compareWriters(ctx, 1, ours, plainTable{p}, messageDB{p})
}

// compareWriters lets the subjects take turns, in one order and then in the other, so that what slows the machine
// down for a while meets both.
func (b *bench) compareWriters(ctx context.Context, writers int, ours, plain, message subject) error {
	subjects := []subject{ours, plain, message}
	results := []*rounds{{}, {}, {}}
	for n := range b.scale.rounds {
		order := []int{0, 1, 2}
		if n%2 == 1 {
			order = []int{2, 1, 0}
		}
		for _, i := range order {
			l := load{writers: writers, size: 1, during: b.scale.round, seed: b.seed, stage: uint64(writers)<<8 | uint64(n)}
			m, err := l.on(ctx, subjects[i])
			if err != nil {
				return fmt.Errorf("%d writers on %s: %w", writers, []string{"our store", "the plain table", "message-db"}[i], err)
			}
			results[i].add(m)
			time.Sleep(b.scale.rest) // for what it left to do in the background
		}
	}
	b.reportWriters(writers, results[0], results[1], results[2])
	return nil
}

func (b *bench) reportWriters(writers int, ours, plain, message *rounds) {
	name := fmt.Sprintf("%d writers, single-event durable appends", writers)
	required, ratio, aim := 18_000.0, 1.0, 1.2
	if writers == 1 {
		name, required, ratio, aim = "one writer, single-event durable appends", 2000, 0, 0.8
	}
	r := b.report
	r.atLeast(required, 0, name, median(ours.rates), "/s", ours.details())
	r.note("… PostgreSQL 15, plain table", median(plain.rates), "/s", plain.details())
	r.note("… message-db 1.3.1 on it", median(message.rates), "/s", message.details())
	pairs := ours.over(plain)
	r.atLeast(ratio, aim, "… ours over the plain table", median(pairs), "×", "pair by pair: "+list(pairs))
	pairs = ours.over(message)
	if writers == 1 {
		r.note("… ours over message-db", median(pairs), "×", "pair by pair: "+list(pairs))
		return
	}
	r.atLeast(5, 0, "… ours over message-db", median(pairs), "×", "pair by pair: "+list(pairs))
}

func list(ratios []float64) string {
	texts := make([]string, len(ratios))
	for i, ratio := range ratios {
		texts[i] = fmt.Sprintf("%.2f", ratio)
	}
	return strings.Join(texts, ", ")
}
