package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/careledger/careledger/infra/warehouse"
)

// tables asks a warehouse of its own how far its schema is.
func tables(ctx context.Context, url, database, cluster string) finding {
	f := finding{what: "warehouse schema"}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	w, err := warehouse.Open(warehouse.Options{URL: url, Database: database, Cluster: cluster, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.found, f.mend = "not asked", err.Error()
		return f
	}
	defer func() { _ = w.Close() }() // nothing was changed
	applied, known, err := w.Standing(ctx)
	switch {
	case errors.Is(err, warehouse.ErrNewer), errors.Is(err, warehouse.ErrOtherwise):
		f.found, f.mend = "not this one's", err.Error()
	case err != nil:
		f.found, f.mend = "not known", "ClickHouse does not answer: start it, or correct --clickhouse / ClickHouse 没有响应，请启动它或改正 --clickhouse"
	case applied < known:
		f.found = fmt.Sprintf("%d of %d steps (the projector makes the rest / 其余由 projector 补齐)", applied, known)
	default:
		f.found = fmt.Sprintf("%d of %d steps", applied, known)
	}
	return f
}
